"""Who calls the API in tests, and with what."""

import json
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.http import HttpResponse
from django.test import Client

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.habilitations import operations as habilitations
from guichet.identities.actors import Actor
from kit import pki

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
STRUCTURES = {"10B0135356": "HOPITAL DES 3 DAMES", "10B0288882": "LABORATOIRE DU PORT"}


def actor(card: str, *roles: str) -> Actor:
    """An administrator known by the card."""
    return Actor(
        ref=f"card:{card}",
        label="DIRECTRICE-CH143590001 / SOPHIE",
        card_number=card,
        account_id=1,
        roles=frozenset(roles or {"administrator"}),
        email="sophie@hopital.test",
        authenticated_by="card",
        display_name="SOPHIE DIRECTRICE-CH143590001",
        given_names="SOPHIE",
        surname="DIRECTRICE-CH143590001",
    )


SOPHIE = actor("2800143590")
JEANNE = actor("0203040506")


class Api:
    """Calls the API as one card holder."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.client.get(f"/api/v1{path}", secure=True, headers=headers)  # type: ignore[return-value]

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self._send("POST", path, body, headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self._send("PATCH", path, body, headers)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> HttpResponse:
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.generic(  # type: ignore[return-value]
            method,
            f"/api/v1{path}",
            content,
            content_type="application/json",
            secure=True,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )


def grant(
    to: Actor, structure: str, offer: Offer, usages: set[Usage], domains: tuple[str, ...] = ()
) -> None:
    """Open a right since EPOCH."""
    asked = habilitations.RightAsked(
        card_number=to.card_number or "",
        structure_id=structure,
        offer=offer,
        usages=frozenset(usages),
        domains=domains,
        starts_at=EPOCH,
    )
    habilitations.grant_right(asked=asked, by="test", at=EPOCH)


def csr_pem(kind: str = "p-256") -> str:
    """A good request, PEM."""
    return x509.load_der_x509_csr(pki.csr(pki.fresh_key(kind))).public_bytes(Encoding.PEM).decode()
