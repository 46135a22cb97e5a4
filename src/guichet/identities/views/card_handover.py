"""Card login as the portal sees it: send the browser to the card port, take it back."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from guichet.domain.refusals import Refusal
from guichet.identities import handover, operations, sessions
from guichet.identities.access import VisitorRequest
from guichet.web.requests import path_within


@require_safe
def begin(request: VisitorRequest) -> HttpResponseRedirect:
    """Keep a nonce in the session; only its hash travels to the card port.

    ?rattacher=1 shows the card to attach it to the account logged in, which stays logged in.
    """
    is_linking = request.actor is not None and "rattacher" in request.GET
    linking = request.actor.account_id if request.actor and is_linking else None
    suite = path_within(request, request.GET.get("next"))
    begun = handover.begin_card(request, suite, linking=linking)
    query = urlencode({"demande": operations.binding_of(begun.nonce)})
    return HttpResponseRedirect(f"{settings.GUICHET.card_url}/carte/connexion?{query}")


@require_safe
def finish(request: VisitorRequest) -> HttpResponseRedirect:
    """Exchange the one-time code in the session that asked for it. Refusals are journalled."""
    try:
        begun = handover.take_card(request)
        logged_in = operations.redeem_ticket(
            code=request.GET.get("code", ""), nonce=begun.nonce, at=request.received_at
        )
    except Refusal as refusal:
        operations.note_refused_login(by="card", why=refusal.code.value, at=request.received_at)
        raise
    if begun.linking is not None:
        number = logged_in.card.removeprefix("card:")
        since = request.received_at.isoformat()
        shown = handover.ShownCard(logged_in.account_id, begun.linking, number, since)
        handover.keep_shown_card(request, shown)
        return redirect("identities:account-card")
    sessions.open_by_card(request, logged_in, at=request.received_at)
    return redirect(begun.suite)
