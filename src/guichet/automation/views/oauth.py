"""OAuth 2.0 at the card port: client credentials under mutual TLS (RFC 6749 §4.4, RFC 8705)."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from guichet.automation import access_tokens, rates
from guichet.automation.authentication import machine_of_peer
from guichet.automation.policy import policy
from guichet.domain.machines import MachineScope, Verb
from guichet.domain.refusals import Refusal
from guichet.identities.peer import peer_of

GRANT: Final = "client_credentials"
TOKEN_ENDPOINT: Final = "/api/v1/oauth/token"  # noqa: S105 an address


@csrf_exempt
@require_POST
def give_token(request: HttpRequest) -> JsonResponse:
    """An access token for the machine whose certificate was presented; errors as RFC 6749 §5.2."""
    if request.POST.get("grant_type") != GRANT:
        asked = "grant_type" in request.POST
        return _error(400, "unsupported_grant_type" if asked else "invalid_request")
    at = timezone.now()
    try:
        entered = machine_of_peer(request, at)
    except Refusal as refusal:
        return _error(401, "invalid_client", refusal.code.value)
    peer, client = peer_of(request), access_tokens.client(request.POST.get("client_id", ""))
    scope = entered.actor.machine if entered else None
    if entered is None or peer is None or scope is None or scope.account != str(client):
        return _error(401, "invalid_client")
    pace = rates.count(f"credential:{entered.credential}", at)
    verbs = _allowed(scope, request.POST.get("scope", ""))
    if pace.is_exceeded:
        answer = _error(429, "slow_down")
    elif not verbs:
        answer = _error(400, "invalid_scope")
    else:
        answer = JsonResponse(
            {
                "access_token": access_tokens.issue(scope.account, verbs, peer.chain[0], at),
                "token_type": "Bearer",
                "expires_in": int(policy().token_life.total_seconds()),
                "scope": " ".join(sorted(verbs)),
            }
        )
    pace.tell(answer)
    return answer


@require_safe
def show_metadata(request: HttpRequest) -> JsonResponse:
    """Where and how tokens are given (RFC 8414, RFC 8705 §3.3)."""
    base = settings.GUICHET.card_url
    return JsonResponse(
        {
            "issuer": base,
            "token_endpoint": f"{base}{TOKEN_ENDPOINT}",
            "grant_types_supported": [GRANT],
            "response_types_supported": [],
            "token_endpoint_auth_methods_supported": ["tls_client_auth"],
            "tls_client_certificate_bound_access_tokens": True,
            "scopes_supported": [verb.value for verb in Verb],
            "service_documentation": f"{settings.GUICHET.portal_url}/aide/api/",
        }
    )


def _allowed(scope: MachineScope, asked: str) -> frozenset[Verb]:
    """The account's verbs, or those among them that are asked for; none for one that it lacks."""
    wanted = frozenset(asked.split())
    if not wanted <= scope.verbs:
        return frozenset()
    return frozenset(verb for verb in scope.verbs if not wanted or verb.value in wanted)


def _error(status: int, code: str, why: str = "") -> JsonResponse:
    body = {"error": code} | ({"error_description": why} if why else {})
    return JsonResponse(body, status=status)
