"""What logins at a provider share: send the browser there, verify what it brings back."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponseRedirect

from guichet.domain.refusals import Code, Refusal
from guichet.identities import handover
from guichet.identities.access import VisitorRequest
from guichet.identities.oidc import Callback
from guichet.identities.providers import Provider
from guichet.web.pages import path_within


def send(
    request: VisitorRequest, provider: Provider, *, linking: int | None = None, suite: str = ""
) -> HttpResponseRedirect:
    """Send the browser to the provider, to come back to `suite` or to ?next=."""
    client = provider.client()
    path = suite or path_within(request, request.GET.get("next"))
    begun = handover.begin_oidc(request, provider.key, path, linking=linking)
    return HttpResponseRedirect(
        client.authorization_url(state=begun.state, nonce=begun.nonce, verifier=begun.verifier)
    )


def receive(
    request: VisitorRequest, provider: Provider
) -> tuple[handover.OidcLogin, Mapping[str, Any]]:
    """The login under way and the verified claims.

    Raises Refusal LOGIN_OIDC_FAILED or _UNAVAILABLE.
    """
    begun = handover.take_oidc(request, provider.key)
    if not secrets.compare_digest(request.GET.get("state", ""), begun.state):
        raise Refusal(Code.LOGIN_OIDC_FAILED)
    code = request.GET.get("code")
    if not code or "error" in request.GET:
        raise Refusal(Code.LOGIN_OIDC_FAILED)
    callback = Callback(code=code, nonce=begun.nonce, verifier=begun.verifier)
    client = provider.client()
    return begun, client.claims(callback, wanted=provider.wanted, at=request.received_at)
