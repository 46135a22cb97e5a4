"""Rights that dossiers gave: found again, suspended or merged by what becomes of a dossier."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations.rights_kit import (
    _structures,  # noqa: F401 the fixtures
    grant_org,
    structure,
)
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.dossier.declaration import CertificateType
from guichet.domain.dossier.states import DossierAct
from guichet.domain.refusals import Code
from guichet.habilitations import queries
from guichet.habilitations.models import Delegation, Right, Structure
from guichet.habilitations.operations import deciding, instructing, lives
from guichet.habilitations.operations.deciding import Choice
from guichet.habilitations.operations.lives import Kept
from guichet.identities.holders import holders
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db
WHY = "Le prestataire est parti."


def accept(number: int, by, at) -> None:
    instructing.take(number=number, by=by.actor, at=at)
    rows = dossiers.typed(number).ids("administrators")
    choice = Choice(
        act=DossierAct.ACCEPT, rows=frozenset(rows), types=frozenset({CertificateType.ORG})
    )
    deciding.decide(number=number, choice=choice, by=by.actor, at=at)


def test_an_accepted_card_may_log_in(known_registers, applicant, instructor) -> None:
    """An administrator who never logged in has an account as soon as the dossier is accepted."""
    assert dossiers.JEANNE_CARD not in holders([dossiers.JEANNE_CARD])
    accept(dossiers.deposited(applicant.actor), instructor, timezone.now())
    found = holders([dossiers.JEANNE_CARD])[dossiers.JEANNE_CARD]
    assert (found.name, found.email) == ("JEANNE CHARLES", "monemaildadmin@sante.fr")


def test_reopening_suspends_also_what_was_narrowed_and_for_staff_alone(
    known_registers, applicant, instructor, supervisor
) -> None:
    """The rights that a dossier gave are found again whatever they became since."""
    at = timezone.now()
    number = dossiers.deposited(applicant.actor, at=at)
    accept(number, instructor, at)
    row = Right.objects.get(card_number=dossiers.JEANNE_CARD)
    kept = Kept(usages=frozenset({Usage.AUTH_CLI}))
    heir = lives.narrow(key=str(row.key), kept=kept, because=WHY, by=applicant.actor, at=at)
    deciding.reopen(number=number, reason="erreur", by=supervisor.actor, at=at)
    assert queries.rights_of(dossiers.JEANNE_CARD, at) == ()
    with assert_refused(Code.RIGHT_SUSPENDED_BY_STAFF):
        lives.resume(key=heir, because="", by=applicant.actor, at=at)


def test_a_delegated_right_is_not_merged_into_a_dossier_s(
    known_registers, applicant, instructor
) -> None:
    """What a card held by delegation ends when its own right is granted: it is no longer lent."""
    at = timezone.now()
    national_id = structure(f"3{dossiers.AGENCY}", dossiers.AGENCY_NAME, dossiers.AGENCY)
    lent = Delegation.objects.create(
        structure=Structure.objects.get(national_id=national_id),
        editor_siret="40393866500037",
        editor_name="EDITEUR",
        starts_at=at - timedelta(days=1),
        ends_at=at + timedelta(days=9),
        given_by="x",
        given_at=at,
    )
    grant_org(
        card_number=dossiers.JEANNE_CARD,
        structure_id=national_id,
        usages=frozenset({Usage.AUTH_CLI}),
        delegation_id=lent.pk,
        offer=Offer.ORG,
    )
    accept(dossiers.deposited(applicant.actor, at=at), instructor, at)
    own = Right.objects.get(card_number=dossiers.JEANNE_CARD, closed_at=None)
    assert own.delegation is None
    assert own.usages == ["AUTH_CLI", "CONF", "SIGN"]
