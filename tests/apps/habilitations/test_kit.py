"""The kit of these tests is right by default."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from guichet.domain.dossier import checks, parsing
from guichet.habilitations import registers

pytestmark = pytest.mark.django_db


def test_the_deck_s_case_has_no_objection_and_good_verdicts(applicant, known_registers) -> None:
    """ACCEPTED. Every register knows what the deck types."""
    number = dossiers.complete_draft(applicant.actor)
    form = dossiers.typed(number)
    assert parsing.objections(form) == ()
    at = timezone.now()
    declared = parsing.parse(form)
    found = checks.verdicts(declared, registers.facts_about(declared, at), at.date())
    assert checks.all_green(found), found


def test_the_registers_know_closed_undisclosed_and_unknown(known_registers) -> None:
    """One company of each answer."""
    sirets = (dossiers.AGENCY, dossiers.CLOSED, dossiers.UNDISCLOSED, dossiers.UNKNOWN)
    answers = [dossiers.company(siret)["answer"] for siret in sirets]
    assert answers == ["open", "closed", "undisclosed", "unknown"]
    assert dossiers.company(dossiers.AGENCY)["legal_name"] == dossiers.AGENCY_NAME


def test_two_hundred_administrators_are_typed(applicant) -> None:
    """Rows are named by their place."""
    number = dossiers.complete_draft(applicant.actor, dossiers.many_administrators(12))
    assert len(parsing.parse(dossiers.typed(number)).administrators) == 12


def test_people_reach_the_portal(applicant, instructor) -> None:
    """Both are logged in on the portal."""
    for person in (applicant, instructor):
        actor = person.get("/").context["actor"]
        assert replace(actor, proved_at=None) == person.actor
