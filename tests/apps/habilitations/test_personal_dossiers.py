"""A person’s dossiers, once they want to be forgotten: drafts at once, decided ones in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations.instruction_kit import decide, take
from apps.orders.counter import everything_stored
from guichet.habilitations.models import Dossier, PurgedDossier, Representation
from guichet.journal.queries import recent
from guichet.processes import personal_data

EMAIL = "monmail@sante.fr"
MARKS = (EMAIL, "DUPONT", "899700102033")
YEAR = timedelta(days=365)


@pytest.mark.usefixtures("known_registers")
def test_dossiers_are_forgotten(applicant, instructor, other_applicant) -> None:
    """Not while one is undecided; then drafts; the record when law lets go, and nobody else's."""
    dossiers.complete_draft(applicant.actor)
    number = dossiers.deposited(applicant.actor)
    other = dossiers.begin_draft(other_applicant.actor)
    at = timezone.now()
    with pytest.raises(personal_data.HinderedError, match=f"dossier {number} is not decided"):
        personal_data.erase(personal_data.named(EMAIL), "asked", at)
    take(number, instructor.actor)
    decide(number, instructor.actor)
    Representation.objects.all().delete()

    told = personal_data.erase(personal_data.named(EMAIL), "asked", at)
    assert {row.number for row in Dossier.objects.all()} == {number, other}
    assert PurgedDossier.objects.count() == 0
    kept = {one.table: one.why for one in told.done.kept}
    assert "record of registration" in kept["habilitations_revision"]
    assert "DUPONT" in everything_stored()

    personal_data.erase(personal_data.named(EMAIL), "asked", at + 11 * YEAR)
    assert [row.number for row in PurgedDossier.objects.all()] == [number]
    stored = everything_stored().casefold()
    assert [mark for mark in MARKS if mark.casefold() in stored] == []
    assert [entry.event for entry in recent(1)] == ["person-erased"]
