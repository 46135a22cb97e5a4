"""Structures with rights, representatives and editors, as tests of rights need them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from guichet.directories import schema
from guichet.directories.days import number_of_day
from guichet.directories.register import Register
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.habilitations import operations
from guichet.habilitations.models import Right
from guichet.notifications.models import OutboxMail

NOW = timezone.now().replace(microsecond=0)
START = NOW - timedelta(days=30)
END = NOW.replace(hour=0, minute=0, second=0) + timedelta(days=200)
HOSPITAL = "10B0135356"
CLINIC = "10B0288882"
EDITOR = "340393866500037"
EDITOR_SIRET = "40393866500037"
HOSPITAL_SIRET = "99999003900011"
CARD = "2800143590"
OTHER_CARD = "2800143591"


def structure(
    national_id: str = HOSPITAL, name: str = "HOPITAL DES 3 DAMES", siret: str = ""
) -> str:
    facts = operations.StructureFacts(
        national_id=national_id,
        legal_name=name,
        siret=siret,
        department_name="Paris",
        department_number="75",
    )
    return operations.register_structure(facts=facts, by="test", at=START)


def grant(**changes: Any) -> str:
    """A SERV right of CARD for the hospital, until END; its key."""
    asked: dict[str, Any] = {
        "card_number": CARD,
        "structure_id": HOSPITAL,
        "offer": Offer.SERV,
        "usages": frozenset({Usage.SSL_SERV, Usage.SMIME}),
        "domains": ("hopital.fr",),
        "servers": ("www.autre.fr",),
        "mail_domains": ("hopital.fr",),
        "starts_at": START,
        "ends_at": END,
    }
    asked.update(changes)
    return operations.grant_right(asked=operations.RightAsked(**asked), by="test", at=START)


def grant_org(**changes: Any) -> str:
    """An ORG right of CARD for the hospital."""
    return grant(
        **{
            "offer": Offer.ORG,
            "usages": frozenset({Usage.AUTH_CLI}),
            "domains": (),
            "servers": (),
            "mail_domains": (),
            **changes,
        }
    )


def appoint(who: Any, national_id: str = HOSPITAL) -> Any:
    """Make somebody a representative."""
    operations.appoint_representative(
        account_id=who.actor.account_id, structure_id=national_id, by="test", at=START
    )
    return who


def right(key: str) -> Right:
    return Right.objects.get(key=key)


def mails(template: str) -> list[OutboxMail]:
    """What was written with a template, in order."""
    return list(OutboxMail.objects.filter(dedupe_key__contains=f":{template}:").order_by("pk"))


def written_to(template: str) -> list[str]:
    return sorted(mail.to[0] for mail in mails(template))


def know_card(
    register: Register,
    number: str,
    surname: str,
    given: str,
    person: str,
    until: datetime,
    *,
    opposed: bool = False,
) -> None:
    """Put a card in the register; its last day is the day before `until`."""
    row = (
        number,
        "CPE",
        "Carte",
        person,
        surname,
        given,
        "2020-01-01",
        (until - timedelta(days=1)).date().isoformat(),
        "2026-01-01" if opposed else "",
        "",
        "",
        number_of_day(NOW.date()),
    )
    with register.writer() as writer:
        writer.upsert(schema.CARD_HOLDERS, [row])


@pytest.fixture(autouse=True)
def _structures(db: None) -> None:
    """The hospital, and a clinic."""
    structure()
    structure(CLINIC, "CLINIQUE DU PORT")
