"""Two rights of one card, structure and offer never overlap, however many ask at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from apps.habilitations.rights_kit import (
    CARD,
    CLINIC,
    END,
    NOW,
    OTHER_CARD,
    START,
    grant,
    grant_org,
    right,
    structure,
)
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations.models import Right
from guichet.habilitations.operations import rights
from kit import races
from kit.refusals import assert_refused

TICK = timedelta(microseconds=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("starts_at", "ends_at"),
    [
        (START, END),
        (START + TICK, END - TICK),
        (START - timedelta(days=1), START + TICK),
        (END - TICK, END + timedelta(days=1)),
        (END - TICK, None),
        (START - timedelta(days=1), None),
    ],
)
def test_an_overlapping_right_is_refused_by_name(starts_at, ends_at) -> None:
    """REFUSED. Half-open periods that share one instant overlap."""
    structure()
    grant()
    with assert_refused(Code.RIGHT_OVERLAPS, card=CARD, offer="SERV"):
        grant(starts_at=starts_at, ends_at=ends_at)
    assert Right.objects.count() == 1


@pytest.mark.django_db
def test_the_database_itself_refuses() -> None:
    """REFUSED. Also for who goes round the operation."""
    structure()
    row = right(grant())
    row.pk, row.key = None, "11111111-1111-4111-8111-111111111111"
    with pytest.raises(IntegrityError, match="right_never_overlaps"), transaction.atomic():
        row.save(force_insert=True)
    other = right(grant(starts_at=END, ends_at=None))
    other.starts_at = END - TICK
    with pytest.raises(IntegrityError, match="right_never_overlaps"), transaction.atomic():
        other.save()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("starts_at", "ends_at"),
    [(END, None), (START - timedelta(days=9), START), (START, START), (END - TICK, END - TICK)],
)
def test_adjacent_and_empty_periods_pass(starts_at, ends_at) -> None:
    """ACCEPTED. One period ends at the very instant when the other begins."""
    structure()
    grant()
    grant(starts_at=starts_at, ends_at=ends_at)
    assert Right.objects.count() == 2


@pytest.mark.django_db
def test_another_card_structure_or_offer_does_not_overlap() -> None:
    """ACCEPTED."""
    structure()
    structure(CLINIC, "CLINIQUE")
    grant()
    grant(card_number=OTHER_CARD)
    grant(structure_id=CLINIC)
    grant_org()
    assert Right.objects.count() == 4


@pytest.mark.django_db
def test_another_fault_of_the_database_is_not_called_an_overlap() -> None:
    """A right that ends before it starts is a bug of the caller, not a refusal."""
    structure()
    with pytest.raises(IntegrityError, match="right_ends_after_it_starts"), transaction.atomic():
        grant(starts_at=END, ends_at=START)


@pytest.mark.django_db
def test_a_closed_right_makes_room_at_once() -> None:
    """ACCEPTED. Closing and opening at the same instant, in one transaction."""
    structure()
    key = grant()
    with transaction.atomic():
        rights.close_row(right(key), by="test", at=NOW)
        grant(starts_at=NOW)
    assert Right.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_granted(tmp_path: Path) -> None:
    """Eight connections ask for the same right at the same moment, on this very database."""
    assert races.told_by(race, tmp_path) == ["granted", *["right-overlaps"] * 7]


def race() -> list[str]:
    """What eight threads are told, sorted."""
    structure()
    told: list[str] = []

    def ask() -> None:
        try:
            grant()
            told.append("granted")
        except Refusal as refusal:
            told.append(refusal.code.value)

    races.at_once(ask)
    return sorted(told)
