"""Something at every address of the pages of rights, and people on all sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.habilitations.rights_kit import (
    CARD,
    CLINIC,
    EDITOR,
    EDITOR_SIRET,
    HOSPITAL,
    HOSPITAL_SIRET,
    NOW,
    appoint,
    grant,
    structure,
)
from guichet.domain.catalogue.offers import Offer
from guichet.domain.identifiers import Siret
from guichet.habilitations import dns
from guichet.habilitations.operations import delegating, proving, staffing
from guichet.habilitations.operations.delegating import DelegationAsked
from guichet.identities.actors import Actor
from kit.kept_rows import KEPT

BASE = "/habilitations/"
TOKEN = "x.1.y"


@pytest.fixture
def representative(enter):
    """Of the hospital."""
    KEPT.make("the hospital", lambda: structure(siret=HOSPITAL_SIRET))
    who = enter("Jean", "DUPONT", email="jean@hopital.fr")
    KEPT.make("its representative", lambda: appoint(who))
    return who


@pytest.fixture
def elsewhere(enter):
    """Representative of another structure."""
    structure(CLINIC, "CLINIQUE DU PORT")
    return appoint(enter("Denise", "AUTRE", email="denise@clinique.fr"), CLINIC)


@pytest.fixture
def editor(enter):
    """Representative of the editor."""
    KEPT.make("the editor", lambda: structure(EDITOR, "EDITEUR DE LOGICIEL", EDITOR_SIRET))
    who = enter("Eve", "EDITRICE", email="eve@editeur.fr")
    KEPT.make("the editor's representative", lambda: appoint(who, EDITOR))
    return who


def _world(representative: Actor, editor: Actor) -> tuple[Any, Any, Any, Any]:
    """A right, a delegation, an editor's collaborator, a domain to prove: their keys."""
    key = grant()
    today = timezone.localtime(NOW).date()
    asked = DelegationAsked(
        editor_siret=Siret(EDITOR_SIRET),
        offers=frozenset({Offer.SERV}),
        domains=("hopital.fr",),
        starts_on=today,
        ends_on=today + timedelta(days=30),
    )
    delegation = delegating.give(national_id=HOSPITAL, asked=asked, by=representative, at=NOW)
    staff = staffing.declare(
        siret=EDITOR_SIRET,
        card_number="2800999991",
        name="Pia COLLABORATRICE",
        email="pia@editeur.fr",
        by=editor,
        at=NOW,
    )
    proof = proving.challenge(national_id=HOSPITAL, domain="hopital.fr", by=representative, at=NOW)
    return key, delegation, staff, proof


@pytest.fixture
def world(representative, editor, settings, monkeypatch) -> dict[str, str]:
    """Something at every address: what to put into each. The DNS never answers."""
    settings.GUICHET = replace(settings.GUICHET, dns_resolver="127.0.0.1:9")
    monkeypatch.setattr(dns, "LIFETIME_S", 0.02)
    key, delegation, staff, proof = KEPT.make(
        "world of rights", lambda: _world(representative.actor, editor.actor)
    )
    one = f"{BASE}structures/{HOSPITAL}/"
    return {
        "structures": f"{BASE}structures/",
        "structure": one,
        "structure-departure": f"{one}depart/",
        "departure": f"{one}cartes/{CARD}/depart/",
        "right": f"{one}droits/{key}/",
        "right-narrow": f"{one}droits/{key}/restreindre/",
        "right-change": f"{one}droits/{key}/suspendre/",
        "domains": f"{one}domaines/",
        "domain-check": f"{one}domaines/{proof}/verifier/",
        "delegations": f"{one}delegations/",
        "delegate": f"{one}delegations/nouvelle/",
        "delegation": f"{BASE}delegations/{delegation}/",
        "delegation-accept": f"{BASE}delegations/{delegation}/accepter/",
        "delegation-end": f"{BASE}delegations/{delegation}/terminer/",
        "editor": f"{BASE}editeur/",
        "editor-declare": f"{BASE}editeur/{EDITOR_SIRET}/cartes/",
        "editor-withdraw": f"{BASE}editeur/cartes/{staff}/retirer/",
        "renewal": f"{BASE}renouvellement/",
        "renewal-consent": f"{BASE}renouvellements/{TOKEN}/",
    }
