"""Login by e-CPS: the provider tells a national identifier that a register knows."""

from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from guichet.domain.refusals import Code, Refusal
from guichet.identities import operations, queries, sessions
from guichet.identities.access import VisitorRequest
from guichet.identities.providers import ECPS, national_id
from guichet.identities.views import openid


@require_safe
def begin(request: VisitorRequest) -> HttpResponseRedirect:
    """Send the browser to the provider."""
    return openid.send(request, ECPS)


@require_safe
def finish(request: VisitorRequest) -> HttpResponseRedirect:
    """Verify the answer, find the account, open the session. Refusals are journalled."""
    try:
        begun, claims = openid.receive(request, ECPS)
        account_id = _account_id(national_id(claims))
    except Refusal as refusal:
        operations.note_refused_login(by="ecps", why=refusal.code.value, at=request.received_at)
        raise
    sessions.open_without_card(request, account_id, by="ecps", at=request.received_at)
    return redirect(begun.suite)


def _account_id(national_id: str) -> int:
    """Raises Refusal ACCOUNT_UNKNOWN."""
    account_id = queries.account_of_national_id(national_id)
    if account_id is None:
        raise Refusal(Code.ACCOUNT_UNKNOWN)
    return account_id
