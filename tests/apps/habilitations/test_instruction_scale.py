"""The instruction of many dossiers: a thousand in the list, two hundred people in one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as kit
from apps.habilitations.dossiers import Person
from guichet.domain.dossier.typed import Typed
from guichet.habilitations.models import Dossier, Revision
from guichet.habilitations.queries import queue
from guichet.habilitations.queries.instruction import Tab

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def thousand(applicant: Person, instructor: Person) -> int:
    """A thousand copies of one dossier."""
    model = dossiers.row(dossiers.deposited(applicant.actor, at=NOW))
    revision = model.revisions.get()
    copies = Dossier.objects.bulk_create(
        [
            Dossier(
                **{
                    **{f.attname: getattr(model, f.attname) for f in Dossier._meta.concrete_fields},
                    "id": None,
                    "number": 9_100_000 + n,
                    "search_text": f"{9_100_000 + n} AGENCE {n}",
                }
            )
            for n in range(1000)
        ]
    )
    Revision.objects.bulk_create(
        [
            Revision(
                dossier=copy,
                n=1,
                content=revision.content,
                sha256=revision.sha256,
                code=f"COPY{copy.number}"[:12],
                terms_version="x",
                deposited_by="x",
                deposited_at=NOW,
            )
            for copy in copies
        ]
    )
    return len(copies)


def test_queries_do_not_grow_with_the_list(
    thousand: int, instructor: Person, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    """A thousand dossiers or one: the same queries; every filter at once adds none."""
    assert queue.counts(instructor.actor)[Tab.ALL] == thousand + 1
    instructor.get(kit.LIST)
    with CaptureQueriesContext(
        connection,
    ) as few:
        instructor.get(kit.LIST, onglet="tous", taille="20")
    with CaptureQueriesContext(connection) as many:
        page = instructor.get(kit.LIST, onglet="tous", taille="200")
    assert len(page.context["page"].object_list) == 200
    assert len(many) == len(few) <= 24
    everything = {"q": "agence", "etat": "filed", "type": "org", "departement": "75",
                  "attribue": "personne", "vert": "on", "nouvelles": "on"}  # fmt: skip
    with django_assert_max_num_queries(len(few)):
        instructor.get(kit.LIST, onglet="tous", **everything)


def test_a_dossier_of_the_thousand_is_as_quick(thousand: int, instructor: Person) -> None:
    """Neighbours are found in one query, whatever the list's length."""
    page = instructor.get(kit.at(9_100_500), onglet="tous", tri="number")
    assert (page.context["before"], page.context["after"]) == (9_100_499, 9_100_501)


def test_two_hundred_administrators_take_the_same_queries(
    applicant: Person, instructor: Person, known_registers
) -> None:
    """The page of a dossier reads the database as often for two hundred as for two."""
    counts = []
    for size in (2, 200):
        number = dossiers.deposited(applicant.actor, dossiers.many_administrators(size))
        instructor.get(kit.at(number))
        with CaptureQueriesContext(connection) as queries:
            answer = instructor.get(kit.at(number))
        assert answer.status_code == 200
        assert len(Typed.from_json(dossiers.row(number).draft).ids("administrators")) == size
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 45
