"""The queue of the signer, for operators: what waits, and what could not be signed.

It is shown and no more: the front may not touch what the signer works on (design.md). What is set
aside is sent back or given up by the command of the signer's own machine.
"""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.authority import queue
from guichet.domain.certificates.urgency import Priority
from guichet.identities.access import ActorRequest, role_required
from guichet.identities.actors import Role

PRIORITIES: Final = {
    Priority.SERVICE: _("Service de validation"),
    Priority.INTERACTIVE: _("Personnes"),
    Priority.PROGRAM: _("Programmes"),
    Priority.BULK: _("Lots et campagnes"),
}


@never_cache
@role_required(Role.OPERATOR)
@require_safe
def show_queue(request: ActorRequest) -> HttpResponse:
    """What waits by priority, and each request set aside with its reason."""
    context = {
        "waiting": [(PRIORITIES[row.priority], row) for row in queue.waiting()],
        "set_aside": queue.all_set_aside(),
        "count": queue.count_set_aside(),
    }
    return render(request, "orders/signing_queue.html", context)
