"""An ACME client of tests: josepy signs, Django's test client carries."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from acme import jws
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from josepy.json_util import encode_b64jose
from josepy.jwa import ES256, HS256
from josepy.jwk import JWKEC, JWKOct

from apps.automation.callers import SOPHIE
from guichet.domain.machines import CredentialKind
from guichet.identities import machines
from guichet.identities.machines import MachineFacts
from guichet.identities.operations import machines as opening
from kit import pki

SITE = "https://localhost:8443"


def url(path: str) -> str:
    return f"{SITE}/acme/{path}"


def p256() -> JWKEC:
    return JWKEC(key=ec.generate_private_key(ec.SECP256R1()))


class Acme:
    """One account key, and the account once it is open (`kid`)."""

    def __init__(self, key: Any = None, alg: Any = ES256) -> None:
        self.client = Client()
        self.key, self.alg = key or p256(), alg
        self.kid: str | None = None

    def nonce(self) -> str:
        answer = self.client.head("/acme/new-nonce", secure=True)
        return answer.headers["Replay-Nonce"]

    def signed(self, address: str, payload: Any, **header: Any) -> dict[str, Any]:
        """The members of a message; `header` changes its protected header, None takes away."""
        content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        own = {"alg": self.alg.name, "nonce": self.nonce(), "url": address}
        named = {"kid": self.kid} if self.kid else {"jwk": self.key.public_key().to_json()}
        told = {n: v for n, v in (own | named | header).items() if v is not None}
        return sealed(told, content, self.alg.sign, self.key.key)

    def send(self, address: str, body: Any, **headers: str) -> HttpResponse:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        parts = urlsplit(address)
        place = parts.path + (f"?{parts.query}" if parts.query else "")
        kind = headers.pop("content_type", "application/jose+json")
        return self.client.post(  # type: ignore[return-value]
            place, content, content_type=kind, secure=True, headers=headers
        )

    def post(self, address: str, payload: Any = b"", **header: Any) -> HttpResponse:
        """Sign and send; no payload is a POST-as-GET."""
        return self.send(address, self.signed(address, payload, **header))

    def open(self, machine: MachineFacts, **changes: Any) -> HttpResponse:
        """Open an account by an EAB key made for the machine account."""
        payload = {
            "termsOfServiceAgreed": True,
            "contact": ["mailto:exploitation@hopital.fr"],
            "externalAccountBinding": binding(self.key, eab(machine)),
        }
        answer = self.post(url("new-account"), payload | changes)
        self.kid = answer.headers.get("Location")
        return answer

    def order(self, *names: str, kind: str = "dns", **members: Any) -> HttpResponse:
        asked = {"identifiers": [{"type": kind, "value": name} for name in names]}
        return self.post(url("new-order"), asked | members)

    def finalize(self, order: Mapping[str, Any], csr: bytes) -> HttpResponse:
        return self.post(order["finalize"], {"csr": encode_b64jose(csr)})


def sealed(header: Mapping[str, Any], payload: bytes, sign: Any, key: Any) -> dict[str, Any]:
    """A flattened JWS."""
    protected = encode_b64jose(json.dumps(header).encode())
    content = encode_b64jose(payload)
    signature = sign(key, f"{protected}.{content}".encode())
    return {
        "protected": protected,
        "payload": content,
        "signature": encode_b64jose(signature),
    }


def eab(machine: MachineFacts) -> str:
    """The identifier of a new EAB key."""
    return opening.issue_credential(
        key=machine.key, kind=CredentialKind.EAB, label="", by=SOPHIE, at=timezone.now()
    ).secret


def binding(key: Any, key_id: str, mac: bytes | None = None, address: str = "") -> dict[str, Any]:
    """As clients make it (RFC 8555 §7.3.4)."""
    made = jws.JWS.sign(
        json.dumps(key.public_key().to_json()).encode(),
        JWKOct(key=mac or machines.eab_key(key_id)),
        HS256,
        None,
        address or url("new-account"),
        key_id,
    )
    found: dict[str, Any] = json.loads(made.json_dumps())
    return found


def csr_of(name: str, key: Any = None, *, in_subject: bool = True) -> bytes:
    """A request that names a server in its subject, or in its alternative names."""
    key = key or pki.fresh_key("p-256")
    if in_subject:
        return pki.csr(key, subject=name)
    sans = x509.SubjectAlternativeName([x509.DNSName(name)])
    return pki.csr(key, subject=name, extensions=[(sans, False)])


def kind_of(answer: HttpResponse) -> str:
    """The end of the type of a problem document."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return str(json.loads(answer.content)["type"]).removeprefix("urn:ietf:params:acme:error:")
