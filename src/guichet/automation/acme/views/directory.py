"""The directory, and nonces."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from guichet.automation.acme.addresses import url
from guichet.automation.acme.receiving import answered
from guichet.domain.acme import identifiers
from guichet.domain.catalogue.profiles import Profile
from guichet.orders.texts import OFFERS, USAGES
from guichet.terms.documents import Kind

RESOURCES: Final = {
    "newNonce": "new-nonce",
    "newAccount": "new-account",
    "newOrder": "new-order",
    "revokeCert": "revoke-cert",
    "keyChange": "key-change",
    "renewalInfo": "renewal-info",
}


@csrf_exempt
@require_safe
@answered
def directory(request: HttpRequest) -> HttpResponse:
    """Where everything is (RFC 8555 §7.1.1), and the profiles that may be asked for."""
    portal = settings.GUICHET.portal_url
    addresses = {name: url(view) for name, view in RESOURCES.items()}
    meta = {
        "termsOfService": f"{portal}{reverse('terms:current', args=[Kind.TERMS.value])}",
        "website": f"{portal}/",
        "caaIdentities": sorted(settings.GUICHET.acme_caa),
        "externalAccountRequired": True,
        "profiles": {profile.code: _described(profile) for profile in identifiers.offered()},
    }
    return JsonResponse({**addresses, "meta": meta}, json_dumps_params={"ensure_ascii": False})


@csrf_exempt
@require_safe
@answered
def new_nonce(request: HttpRequest) -> HttpResponse:
    """A nonce: 200 to HEAD, 204 to GET (RFC 8555 §7.2)."""
    return HttpResponse(status=200 if request.method == "HEAD" else 204)


def _described(profile: Profile) -> str:
    if profile.offer is None or profile.usage is None:
        return profile.code
    return f"{OFFERS[profile.offer]} — {USAGES[profile.usage]}"
