"""What every page of one dossier shares, and how its acts are done once, on the page as read."""

from collections.abc import Callable, Collection
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from guichet.domain.dossier import permissions
from guichet.domain.dossier.permissions import Act, Standing
from guichet.domain.dossier.states import DOSSIERS, DossierState
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import mails
from guichet.habilitations.models import Dossier
from guichet.habilitations.operations.stamps import stamp_of, unchanged
from guichet.habilitations.queries import history, queue
from guichet.habilitations.standing import find, staff_standing, standing
from guichet.habilitations.stewardship import STAFF
from guichet.habilitations.views.instruction.filtering import QueueForm
from guichet.identities.access import ActorRequest
from guichet.identities.staff import staff

OWN_PARAMETERS: Final = ("de", "a")
STAMP: Final = "lu"


def opened(request: ActorRequest, number: int) -> Dossier:
    """A dossier, for somebody who instructs it. Raises Refusal: DOSSIER_UNKNOWN, OWN_DOSSIER."""
    row = find(number, request.actor, Act.READ)
    if standing(row, request.actor) in {Standing.OWNER, Standing.CO_WRITER}:
        raise Refusal(Code.OWN_DOSSIER)
    return row


def act_once(
    request: ActorRequest,
    number: int,
    events: Collection[str],
    act: Callable[[], object],
    *,
    assignee: str | None = None,
) -> None:
    """Do an act on the dossier as the page showed it; the same form sent twice does it once.

    Raises Refusal(DOSSIER_CHANGED) when somebody else, or something else, came between.
    """
    stamp = request.POST.get(STAMP, "")
    try:
        with unchanged(number=number, stamp=stamp, by=request.actor, assignee=assignee):
            act()
    except Refusal as refusal:
        came_between = refusal.code is Code.DOSSIER_CHANGED
        if not came_between or not history.was_done_last(number, events, request.actor):
            raise


def frame(request: ActorRequest, row: Dossier, tab: str = "") -> dict[str, Any]:
    """Heading, tabs, presence, neighbours in the list, and what may be done."""
    who, at = request.actor, request.received_at
    request.place = reverse("instruction:queue")
    form = QueueForm(_list_of(request), staff=staff(*STAFF))
    listed = form.query()
    before, after = queue.neighbours(form.filters(), who, row.number)
    state = DossierState(row.state)
    allowed = permissions.acts(staff_standing(who), state)
    return {
        "dossier": row,
        "legal_name": mails.legal_name(row),
        "state": state,
        "tabs": _tabs(row.number, listed),
        "tab": tab,
        "listed": listed,
        "before": before,
        "after": after,
        "present": history.present(row, who, at),
        "stamp": stamp_of(row),
        "pending": history.pending_correction(row),
        "allowed": {act.value for act in allowed},
        "moves": {act.value for act in DOSSIERS.acts(state)} if Act.INSTRUCT in allowed else set(),
        "may_instruct": Act.INSTRUCT in allowed,
        "may_reopen": Act.REOPEN in allowed,
    }


def address(name: str, number: int, listed: str = "") -> str:
    """The address of a page of one dossier, which remembers the list that led to it."""
    found = reverse(f"instruction:{name}", args=[number])
    return f"{found}?{listed}" if listed else found


def back(request: ActorRequest, number: int, name: str = "dossier") -> HttpResponse:
    """To a page of the dossier, the list kept."""
    return HttpResponseRedirect(address(name, number, _list_of(request).urlencode()))


def _list_of(request: ActorRequest) -> QueryDict:
    kept = request.GET.copy()
    for name in OWN_PARAMETERS:
        kept.pop(name, None)
    return kept


def _tabs(number: int, listed: str) -> list[tuple[str, str, str]]:
    found = [
        ("dossier", _("Examen"), address("dossier", number, listed)),
        ("history", _("Historique"), address("history", number, listed)),
    ]
    try:
        messages = reverse("habilitations:messages", args=[number])
    except NoReverseMatch:
        return found
    href = f"{messages}?{listed}" if listed else messages
    return [*found, ("messages", _("Messagerie"), href)]
