"""Card login as the card port sees it: verify what the handshake brought, hand a code over."""

import re
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponseRedirect
from django.views.decorators.http import require_safe

from guichet.domain.refusals import Code, Refusal
from guichet.identities import operations
from guichet.identities.access import VisitorRequest, card_of_peer

BINDING: Final = re.compile(r"[0-9a-f]{64}")


@require_safe
def verify(request: VisitorRequest) -> HttpResponseRedirect:
    """Back to the portal with a code that opens only the session that began this login."""
    binding = request.GET.get("demande", "")
    if not BINDING.fullmatch(binding):
        raise Refusal(Code.REQUEST_MALFORMED)
    card = card_of_peer(request, may_be_new=True)
    code = operations.issue_ticket(card=card, binding=binding, at=request.received_at)
    query = urlencode({"code": code})
    return HttpResponseRedirect(f"{settings.GUICHET.portal_url}/connexion/carte/retour?{query}")
