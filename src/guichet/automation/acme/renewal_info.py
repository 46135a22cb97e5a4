"""Renewal information: when a client had better renew a certificate (RFC 9773)."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from guichet.authority import queries as authority
from guichet.automation.acme.problems import MALFORMED, Problem, response
from guichet.domain.acme.cert_ids import CertId
from guichet.domain.acme.renewal_windows import Life, Window, window
from guichet.orders import lifetimes
from guichet.orders.lifetimes import Lifetime
from guichet.x509.certificate import serial_hex

MILLISECONDS: Final = "milliseconds"


@csrf_exempt
@require_safe
def show(request: HttpRequest, cert_id: str) -> HttpResponse:
    """The window of one certificate; whoever knows the certificate may ask (RFC 9773 §4.1)."""
    found = lifetime(cert_id)
    if found is None:
        detail = _(
            "Aucun certificat délivré par ce guichet ne porte cet identifiant. Vérifiez que ce "
            "certificat en vient, et l’adresse de l’annuaire ACME."
        )
        return response(Problem(MALFORMED, detail, HTTPStatus.NOT_FOUND))
    suggested = suggestion(found, timezone.now())
    document: dict[str, object] = {
        "suggestedWindow": {"start": _written(suggested.start), "end": _written(suggested.end)}
    }
    if suggested.is_urgent:
        page = reverse("orders:product", args=[found.number])
        document["explanationURL"] = f"{settings.GUICHET.portal_url}{page}"
    answer = JsonResponse(document)
    answer["Retry-After"] = str(round(suggested.ask_again.total_seconds()))
    return answer


def lifetime(cert_id: str) -> Lifetime | None:
    """The life of the product that an identifier of RFC 9773 names; None when it names none."""
    named = CertId.parse(cert_id)
    if named is None:
        return None
    issued = authority.find_certificate(serial_hex(named.serial))
    if issued is None or CertId.of(issued.der) != named:
        return None
    return lifetimes.of_certificate(issued.id)


def suggestion(found: Lifetime, at: datetime) -> Window:
    """When the product had better be renewed."""
    life = Life(
        not_before=found.not_before,
        not_after=found.not_after,
        opens_before=found.opens_before,
        is_recalled=found.recalled_for is not None,
        is_revoked=found.revoked_at is not None,
    )
    return window(life, at)


def _written(instant: datetime) -> str:
    """RFC 3339 in UTC."""
    return instant.astimezone(UTC).isoformat(timespec=MILLISECONDS).replace("+00:00", "Z")
