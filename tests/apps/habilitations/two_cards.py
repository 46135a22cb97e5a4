"""A person with a new card beside the one that their rights are for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from apps.habilitations.rights_kit import (
    CLINIC,
    NOW,
    know_card,
    mails,
    structure,
)
from guichet.habilitations import queries, registers
from guichet.habilitations.policy import CarryOver, DossierPolicy
from guichet.identities.models import Account, Card
from guichet.identities.queries import actor_of

OLD, NEW, PERSON = "0203040506", "2800203049", "899700203047"
MIDNIGHT = NOW.replace(hour=0, minute=0, second=0)
OLD_END, NEW_END = MIDNIGHT + timedelta(days=20), MIDNIGHT + timedelta(days=900)
LATER = NOW + timedelta(hours=1)


def know_both(settings: Any, folder: Path) -> None:
    """The register knows both cards of Jeanne CHARLES."""
    settings.GUICHET = replace(settings.GUICHET, state=folder)
    for number, end in ((OLD, OLD_END), (NEW, NEW_END)):
        know_card(registers.register(), number, "CHARLES", "JEANNE", PERSON, end)
    structure()
    structure(CLINIC, "CLINIQUE DU PORT")


def logged_in(enter: Callable[..., Any]) -> Any:
    """Logged in with the new card; the old one is registered too."""
    person = enter("Jeanne", "CHARLES", email="jeanne@hopital.fr", card=OLD, national_id=PERSON)
    account = Account.objects.get(pk=person.actor.account_id)
    Card.objects.filter(number=OLD).update(opened_at=NOW - timedelta(days=900))
    card = Card.objects.create(
        number=NEW, account=account, holder_name="CHARLES / JEANNE", opened_at=NOW
    )
    return replace(person, actor=actor_of(account, card, "ecps"))


def under(settings: Any, mode: CarryOver) -> None:
    settings.GUICHET_HABILITATIONS = DossierPolicy(report_habilitation=mode)


def link(place: int = 0) -> str:
    """What the link of an e-mail ends with."""
    found = re.search(r"/renouvellements/(\S+)/", mails("renewal-asked")[place].text)
    assert found
    return found[1]


def held(number: str, at: datetime = LATER) -> list[str]:
    return sorted(found.offer.value for found in queries.rights_of(number, at))
