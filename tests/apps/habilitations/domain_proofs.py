"""A domain to prove, and the DNS that says whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from apps.habilitations.rights_kit import (
    HOSPITAL,
    NOW,
    appoint,
    grant,
    structure,
)
from guichet.habilitations import dns as guichet_dns
from guichet.habilitations.models import DomainProof
from guichet.habilitations.operations import proving
from kit import dns_server
from kit.dns_server import Zone

DOMAIN = "hopital.fr"
RECORD = "_guichet-challenge.hopital.fr"


@pytest.fixture
def zone(settings) -> Iterator[Zone]:
    """The DNS, as the portal and the clerk see it."""
    with dns_server.serving() as found:
        settings.GUICHET = replace(settings.GUICHET, dns_resolver=found.address)
        yield found


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is noticed soon."""
    monkeypatch.setattr(guichet_dns, "LIFETIME_S", 0.4)
    monkeypatch.setattr(guichet_dns, "TRY_S", 0.2)


@pytest.fixture(autouse=True)
def _hospital(db: None) -> None:
    """A structure whose card holds a right."""
    structure()
    grant()


@pytest.fixture
def jean(enter):
    """Its representative."""
    return appoint(enter("Jean", "DUPONT", email="jean@hopital.fr"))


def challenge(by, domain: str = DOMAIN) -> DomainProof:
    """What to publish for a domain."""
    pk = proving.challenge(national_id=HOSPITAL, domain=domain, by=by.actor, at=NOW)
    return DomainProof.objects.get(pk=pk)


def check(row: DomainProof, by, at=NOW) -> bool:
    """Look for it now."""
    return proving.check(
        pk=row.pk, national_id=HOSPITAL, resolver=guichet_dns.resolver(), by=by.actor, at=at
    )


def proved(zone: Zone, by) -> DomainProof:
    """A domain that was proved."""
    row = challenge(by)
    zone.publish(RECORD, row.token)
    assert check(row, by)
    row.refresh_from_db()
    return row
