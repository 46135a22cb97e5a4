"""The terms accepted with a dossier: a new version asks again, and each deposit keeps its own."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations.models import Revision
from guichet.habilitations.operations import depositing, drafting
from guichet.terms.documents import Kind
from guichet.terms.models import TermsVersion
from guichet.terms.originals import NUMBER, original

pytestmark = pytest.mark.django_db


def test_a_tick_is_for_the_version_it_was_made_for(applicant: Any, known_registers: Any) -> None:
    """A draft ticked before a new version is deposited only once it is ticked again."""
    number = dossiers.complete_draft(applicant.actor)
    at = timezone.now()
    TermsVersion.objects.create(
        kind=Kind.TERMS.value,
        number="2027-01",
        text_fr="Autres.",
        text_en="Others.",
        in_force_from=at,
        state="in-force",
        author=1,
        written_at=at,
    )
    with pytest.raises(Refusal) as refused:
        depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    assert [one.code for one in refused.value.all] == [Code.TERMS_NOT_ACCEPTED]
    page = applicant.get(f"/habilitations/dossiers/{number}/formulaire/").content.decode()
    assert "/conditions/terms/2027-01/" in page
    now = timezone.now()
    drafting.save(number=number, changes={"terms": "on"}, by=applicant.actor, at=now)
    depositing.deposit(number=number, by=applicant.actor, at=now)
    kept = Revision.objects.get()
    assert (kept.terms_version, len(kept.terms_sha256)) == ("2027-01", 64)


def test_the_text_that_came_with_the_counter_is_a_version(
    applicant: Any, known_registers: Any
) -> None:
    number = dossiers.complete_draft(applicant.actor)
    depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    kept = Revision.objects.get()
    assert (kept.terms_version, kept.terms_sha256) == (NUMBER, original(Kind.TERMS).sha256)
