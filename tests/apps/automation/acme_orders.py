"""Orders by ACME for names and services of the hospital, and what came of them."""

import json
from collections.abc import Callable
from typing import Any

from cryptography import x509
from django.http import HttpResponse
from django.utils import timezone

from apps.automation.acme_client import Acme, csr_of
from apps.automation.machine_callers import HOSPITAL, account
from guichet.habilitations.models import DomainProof, Structure

Sign = Callable[[], None]
NAME = "www.hopital.fr"
PROFILES = ("SERV/SSL_SERV", "ORG/AUTH_CLI")


def opened() -> Acme:
    """An open account for servers and services of the hospital."""
    client = Acme()
    assert client.open(account(profiles=PROFILES)).status_code == 201
    return client


def prove(domain: str) -> None:
    DomainProof.objects.create(
        structure=Structure.objects.get(national_id=HOSPITAL),
        domain=domain,
        token=domain,
        asked_by="test",
        asked_at=timezone.now(),
        proved_at=timezone.now(),
    )


def body(answer: HttpResponse) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.content)
    return found


def issued(acme: Acme, sign: Sign, name: str = NAME, key: Any = None, **asked: Any) -> str:
    """The address of an order whose certificate is there."""
    answer = acme.order(name, **asked)
    assert answer.status_code == 201, answer.content
    assert acme.finalize(body(answer), csr_of(name, key)).status_code == 200
    sign()
    address: str = answer.headers["Location"]
    assert body(acme.post(address))["status"] == "valid"
    return address


def leaf(acme: Acme, address: str) -> x509.Certificate:
    pem = acme.post(body(acme.post(address))["certificate"])
    return x509.load_pem_x509_certificates(pem.content)[0]


def challenge_of(acme: Acme, order: dict[str, Any], kind: str) -> dict[str, Any]:
    authorization = body(acme.post(order["authorizations"][0]))
    found = {one["type"]: one for one in authorization["challenges"]}
    assert found.keys() == {"http-01", "dns-01", "tls-alpn-01"}
    return found[kind]
