"""Login by e-CPS: OpenID Connect authorization code flow with PKCE, state and nonce."""

import secrets

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from guichet.domain.refusals import Code, Refusal
from guichet.identities import handover, operations, queries, sessions
from guichet.identities.access import VisitorRequest
from guichet.identities.oidc import Callback, OidcClient
from guichet.web.pages import path_within


@require_safe
def begin(request: VisitorRequest) -> HttpResponseRedirect:
    """Send the browser to the provider."""
    suite = path_within(request, request.GET.get("next"))
    client = _client()
    begun = handover.begin_ecps(request, suite)
    return HttpResponseRedirect(
        client.authorization_url(state=begun.state, nonce=begun.nonce, verifier=begun.verifier)
    )


@require_safe
def finish(request: VisitorRequest) -> HttpResponseRedirect:
    """Verify the answer, find the account, open the session. Refusals are journalled."""
    try:
        begun = handover.take_ecps(request)
        account_id = _account_id(_national_id(request, begun))
    except Refusal as refusal:
        operations.note_refused_login(by="ecps", why=refusal.code.value, at=request.received_at)
        raise
    sessions.open_by_ecps(request, account_id, at=request.received_at)
    return redirect(begun.suite)


def _national_id(request: VisitorRequest, begun: handover.EcpsLogin) -> str:
    """Who the provider says this is. Raises Refusal LOGIN_OIDC_FAILED or _UNAVAILABLE."""
    if not secrets.compare_digest(request.GET.get("state", ""), begun.state):
        raise Refusal(Code.LOGIN_OIDC_FAILED)
    code = request.GET.get("code")
    if not code or "error" in request.GET:
        raise Refusal(Code.LOGIN_OIDC_FAILED)
    callback = Callback(code=code, nonce=begun.nonce, verifier=begun.verifier)
    return _client().national_id(callback, at=request.received_at)


def _account_id(national_id: str) -> int:
    """Raises Refusal ACCOUNT_UNKNOWN."""
    account_id = queries.account_of_national_id(national_id)
    if account_id is None:
        raise Refusal(Code.ACCOUNT_UNKNOWN)
    return account_id


def _client() -> OidcClient:
    environment = settings.GUICHET
    return OidcClient(
        issuer=environment.oidc_issuer,
        client_id=environment.oidc_client_id,
        client_secret=environment.oidc_client_secret,
        redirect_uri=environment.portal_url + reverse("identities:ecps-return"),
    )
