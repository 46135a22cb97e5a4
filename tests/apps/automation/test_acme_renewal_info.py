"""Renewal information (RFC 9773): asked by anybody who knows the certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from apps.automation.callers import Api
from apps.automation.test_api_orders import WITHDRAWAL, place
from guichet.domain.acme.cert_ids import CertId
from guichet.orders.models import Product


@pytest.fixture
def cert_id(
    api: Api,
    order_body: Callable[..., dict[str, Any]],
    sign_everything: Callable[[], None],
    settings: Any,
) -> CertId:
    """How ACME names a certificate just withdrawn; the portal answers."""
    number = place(api, order_body())
    sign_everything()
    pem = api.post(f"/orders/{number}/withdrawal", WITHDRAWAL).json()["certificate"]
    settings.ROOT_URLCONF = "guichet.conf.urls"
    return CertId.of(x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER))


def ask(cert_id: object) -> HttpResponse:
    return Client().get(f"/acme/renewal-info/{cert_id}", secure=True)  # type: ignore[return-value]


def read(answer: Any) -> tuple[datetime, datetime]:
    assert answer.status_code == 200, answer.content.decode()
    found = answer.json()["suggestedWindow"]
    return datetime.fromisoformat(found["start"]), datetime.fromisoformat(found["end"])


def test_the_window_of_a_certificate(cert_id: CertId) -> None:
    """Ninety days before its end, for a month; asked again after six hours."""
    answer = ask(cert_id)
    assert "explanationURL" not in answer.json()
    assert answer["Retry-After"] == "21600"
    product = Product.objects.get()
    start, end = read(answer)
    assert start == product.not_after - timedelta(days=90)
    assert end == start + timedelta(days=30)


@pytest.mark.parametrize("change", ["recalled_for", "revoked_at"])
def test_an_incident_calls_at_once(cert_id: CertId, change: str) -> None:
    """A window that is past, why, and asked again soon."""
    Product.objects.update(**{change: timezone.now() + timedelta(days=5)})
    answer = ask(cert_id)
    assert read(answer)[1] < timezone.now()
    number = Product.objects.get().number
    page = answer.json()["explanationURL"]
    assert page == f"https://localhost:8443/produits/suivre/parc/{number}/"
    assert answer["Retry-After"] == "3600"


def test_what_was_not_issued_here(cert_id: CertId) -> None:
    """REFUSED as unknown: another issuer's or serial, what is not written as it must be."""
    others = (
        CertId(b"another issuer's key", cert_id.serial),
        CertId(cert_id.key_id, cert_id.serial + 1),
        f"{cert_id}=",
        "é.é",
    )
    for other in others:
        answer = ask(other)
        assert answer.status_code == 404, other
        assert answer.json()["type"] == "urn:ietf:params:acme:error:malformed"
    assert Client().post(f"/acme/renewal-info/{cert_id}", secure=True).status_code in {403, 405}
