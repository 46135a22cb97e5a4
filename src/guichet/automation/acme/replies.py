"""ACME's objects as clients read them (RFC 8555 §7.1)."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse, JsonResponse

from guichet.automation.acme.addresses import url
from guichet.automation.models import AcmeAccount


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
