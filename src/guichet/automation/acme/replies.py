"""ACME's objects as clients read them (RFC 8555 §7.1)."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse, JsonResponse

from guichet.automation.acme.addresses import url
from guichet.automation.acme.authorizing import status_of
from guichet.automation.models import AcmeAccount, AcmeAuthorization, AcmeChallenge, AcmeOrder
from guichet.domain.acme.states import OrderStatus


def instant(at: datetime) -> str:
    """RFC 3339, in UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def answer(body: dict[str, Any], *, status: int = 200, location: str = "") -> HttpResponse:
    """A JSON answer, with the address of what it shows."""
    response = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    if location:
        response["Location"] = location
    return response


def account(row: AcmeAccount) -> dict[str, Any]:
    """RFC 8555 §7.1.2."""
    return {
        "status": row.status,
        "contact": row.contact,
        "termsOfServiceAgreed": True,
        "orders": url("orders", row.key),
    }


def order(row: AcmeOrder) -> dict[str, Any]:
    """RFC 8555 §7.1.3, with its profile and what it replaces (RFC 9773 §5)."""
    body: dict[str, Any] = {
        "status": row.status,
        "expires": instant(row.expires_at),
        "identifiers": [_identifier(row.authorization)],
        "profile": row.profile,
        "authorizations": [url("authorization", row.authorization.key)],
        "finalize": url("finalize", row.key),
    }
    if row.replaces:
        body["replaces"] = row.replaces
    if row.error is not None:
        body["error"] = row.error
    if row.status == OrderStatus.VALID.value:
        body["certificate"] = url("certificate", row.key)
    return body


def authorization(row: AcmeAuthorization, at: datetime) -> dict[str, Any]:
    """RFC 8555 §7.1.4. A name proved beforehand has no challenge."""
    return {
        "status": status_of(row, at).value,
        "expires": instant(row.expires_at),
        "identifier": _identifier(row),
        "challenges": [challenge(one) for one in row.challenges.order_by("pk")],
    }


def challenge(row: AcmeChallenge) -> dict[str, Any]:
    """RFC 8555 §7.1.5."""
    body: dict[str, Any] = {
        "type": row.kind,
        "url": url("challenge", row.key),
        "status": row.status,
        "token": row.token,
    }
    if row.validated_at is not None and row.error is None:
        body["validated"] = instant(row.validated_at)
    if row.error is not None:
        body["error"] = row.error
    return body


def _identifier(row: AcmeAuthorization) -> dict[str, str]:
    return {"type": row.kind, "value": row.name}
