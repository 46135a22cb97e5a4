"""Figures: volumes, delays, outcomes, corrections; the catalogue of reasons."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as kit
from guichet.habilitations import reasons
from guichet.habilitations.operations import depositing
from guichet.habilitations.queries.statistics import delay, statistics
from guichet.habilitations.reasons import Purpose, ReasonsError

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.get_default_timezone())
DAY = timedelta(days=1)


@pytest.mark.django_db
def test_figures_of_a_small_counter(applicant, instructor) -> None:
    """Three decided, one in instruction, one waiting; corrections by field, rows together."""
    for days, kind in ((40, "close"), (20, "close"), (10, "refuse")):
        number = dossiers.deposited(applicant.actor, at=NOON - days * DAY)
        kit.take(number, instructor.actor, NOON - (days - 2) * DAY)
        kit.decide(number, instructor.actor, kind, NOON - (days - 5) * DAY)
    kit.take(dossiers.deposited(applicant.actor, at=NOON - 4 * DAY), instructor.actor, NOON)
    waiting = dossiers.deposited(applicant.actor, at=NOON - DAY)
    path = f"administrators.{kit.rows(waiting)[0]}.phone"
    kit.ask(waiting, instructor.actor, path, NOON)
    dossiers.fill(waiting, applicant.actor, {path: "0102030406"}, NOON)
    depositing.deposit(number=waiting, by=applicant.actor, at=NOON)
    kit.ask(waiting, instructor.actor, path, NOON)
    dossiers.deposited(applicant.actor, at=NOON - 500 * DAY)
    dossiers.complete_draft(applicant.actor, at=NOON)
    found = statistics(NOON)
    assert dict(found.states) == {
        "filed": 2,
        "in-instruction": 1,
        "accepted": 0,
        "refused-dossier": 1,
        "closed": 2,
    }
    assert len(found.months) == 12
    assert [(m.first, m.filed, m.refused, m.closed) for m in found.months[-2:]] == [
        (date(2026, 10, 1), 1, 0, 1),
        (date(2026, 11, 1), 4, 1, 1),
    ]
    assert (found.to_taken.count, found.to_taken.p50, found.to_taken.p90) == (4, 2 * DAY, 4 * DAY)
    assert (found.to_decided.count, found.to_decided.p90) == (3, 3 * DAY)
    assert found.whole.p50 == 5 * DAY
    assert found.decided == (("accept", 0, 0), ("refuse", 1, 33), ("close", 2, 67))
    assert found.fields == (("administrators.phone", 2),)
    assert found.reasons == (("incomplete", 2),)
    assert found.corrected == 1


@pytest.mark.django_db
def test_the_page_and_its_csv(applicant, instructor, auditor) -> None:
    """Each bar's figure is in its row; the same figures leave as CSV; an empty counter too."""
    empty = kit.text_of(instructor.get(f"{kit.LIST}statistiques/"))
    assert "aucun dossier" in empty
    number = dossiers.deposited(applicant.actor)
    kit.ask(number, instructor.actor)
    page = kit.text_of(auditor.get(f"{kit.LIST}statistiques/"))
    assert "Solution utilisée" in page
    assert 'width="100"' in page
    answer = instructor.get(f"{kit.LIST}statistiques.csv")
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith('\ufeff"table";"label";"count";"value"\r\n')
    assert '"Dossiers par état, aujourd’hui";"En construction";"1";""' in text
    month = timezone.localdate().strftime("%Y-%m")
    assert f'"{month} filed";"1"' in text


def test_percentiles_are_of_nearest_rank() -> None:
    """Half and nine tenths of dossiers take at most that; none of none."""
    spans = [timedelta(days=n) for n in range(1, 11)]
    found = delay(reversed(spans))
    assert (found.count, found.p50, found.p90) == (10, 5 * DAY, 9 * DAY)
    assert delay([DAY]).p90 == DAY
    assert delay([]).p50 is None
    assert delay([-DAY]).count == 0


def test_every_purpose_has_reasons_in_two_languages() -> None:
    """Titles to choose by, texts for the applicant, neither left empty."""
    for purpose in Purpose:
        found = reasons.reasons(purpose)
        assert found, purpose
        for reason in found:
            for language in ("fr", "en"):
                assert reason.title(language)
                assert reason.text(language).endswith(".")
            assert reason.text("fr") != reason.text("en")
    assert reasons.text_of("nothing", "fr") == ""
    assert reasons.text_of("use", "de") == reasons.text_of("use", "fr")


def test_an_operator_s_own_catalogue(tmp_path: Path, settings) -> None:
    """It takes the place of ours, and is read again when it changes."""
    own = tmp_path / "reasons.toml"
    own.write_text(CATALOGUE)
    with override_settings(GUICHET=replace(settings.GUICHET, state=tmp_path)):
        assert [reason.code for reason in reasons.catalogue()] == ["own"]
        assert reasons.reasons(Purpose.REFUSE) == ()
        own.write_text(CATALOGUE.replace('"own"', '"other"'))
        os.utime(own, ns=(1, 1))
        assert [reason.code for reason in reasons.catalogue()] == ["other"]
    assert len(reasons.catalogue()) > 10


@pytest.mark.parametrize(
    "text", ["", "x", '[[reason]]\ncode = "a"', '[[reason]]\ncode = "a"\nfor = ["king"]']
)
def test_a_catalogue_that_cannot_be_used_is_told(text: str) -> None:
    with pytest.raises(ReasonsError):
        reasons.parse(text)


def test_a_code_stands_once() -> None:
    with pytest.raises(ReasonsError, match="twice"):
        reasons.parse(CATALOGUE + CATALOGUE)


CATALOGUE = """
[[reason]]
code = "own"
for = ["close"]
[reason.fr]
title = "Le nôtre"
text = "Texte."
[reason.en]
title = "Ours"
text = "Text."
"""
