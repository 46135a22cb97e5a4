"""Delegations of the hospital to an editor: who gives, who declares, what a card holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from apps.habilitations.rights_kit import (
    EDITOR,
    EDITOR_SIRET,
    HOSPITAL,
    HOSPITAL_SIRET,
    NOW,
    appoint,
    grant,
    grant_org,
    structure,
)
from guichet.domain.catalogue.offers import Offer
from guichet.domain.identifiers import Siret
from guichet.habilitations import queries
from guichet.habilitations.models import Right
from guichet.habilitations.operations import delegating, staffing
from guichet.habilitations.operations.delegating import DelegationAsked

PIA, LEO = "2800999991", "2800999992"
LATER = NOW + timedelta(hours=1)


def today() -> date:
    return timezone.localtime(NOW).date()


def asked(**changes) -> DelegationAsked:
    values = {
        "editor_siret": Siret(EDITOR_SIRET),
        "offers": frozenset({Offer.SERV, Offer.ORG}),
        "domains": ("hopital.fr", "www.autre.fr"),
        "starts_on": today(),
        "ends_on": today() + timedelta(days=30),
    }
    return DelegationAsked(**{**values, **changes})


@pytest.fixture(autouse=True)
def _held() -> None:
    """The hospital's own card holds a SERV and an ORG right."""
    structure(siret=HOSPITAL_SIRET)
    structure(EDITOR, "EDITEUR DE LOGICIEL", EDITOR_SIRET)
    grant()
    grant_org()


@pytest.fixture
def jean(enter):
    return appoint(enter("Jean", "DUPONT", email="jean@hopital.fr"))


@pytest.fixture
def eve(enter):
    return appoint(enter("Eve", "EDITRICE", email="eve@editeur.fr"), EDITOR)


def give(by, at=NOW, **changes) -> int:
    return delegating.give(national_id=HOSPITAL, asked=asked(**changes), by=by.actor, at=at)


def declare(by, card: str = PIA, name: str = "Pia COLLABORATRICE", at=NOW) -> int:
    return staffing.declare(
        siret=EDITOR_SIRET,
        card_number=card,
        name=name,
        email=f"{card}@editeur.fr",
        by=by.actor,
        at=at,
    )


def held(card: str = PIA, at=LATER) -> dict[str, Right]:
    return {
        found.offer.value: Right.objects.get(key=found.id) for found in queries.rights_of(card, at)
    }
