"""What follows a decision: a second instructor's approval, and a supervisor's reopening."""

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.domain.dossier.states import DOSSIERS, DossierAct, DossierState
from guichet.domain.months import months_after
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import reasons
from guichet.habilitations.instruction_forms import ReopenForm
from guichet.habilitations.models import Dossier
from guichet.habilitations.operations import deciding
from guichet.habilitations.operations.rehearsing import rehearse
from guichet.habilitations.outlook import outlook
from guichet.habilitations.queries import history
from guichet.habilitations.stewardship import STAFF
from guichet.habilitations.texts.instruction import ACTS, SECOND_BECAUSE
from guichet.habilitations.views.instruction.deciding import DONE, INSERT, cards_of
from guichet.habilitations.views.instruction.framing import act_once, back, frame, opened
from guichet.identities.access import ActorRequest, role_required
from guichet.identities.actors import Role
from guichet.journal.events import Event
from guichet.web.forms import status_of
from guichet.web.refusal_texts import explain_all

APPROVE, WITHDRAW = "approuver", "retirer"
MONTHS: Final = 4  # CRPA, article L.242-1: the time in which an unlawful decision may be withdrawn


@never_cache
@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: ActorRequest, number: int) -> HttpResponse:
    """A decision that waits: approve it, which gives it effect, or withdraw it."""
    row = opened(request, number)
    if APPROVE in request.POST:
        act_once(
            request,
            number,
            set(DONE.values()),
            lambda: deciding.approve(number=number, by=request.actor, at=request.received_at),
        )
        return back(request, number)
    if WITHDRAW in request.POST:
        act_once(
            request,
            number,
            {Event.DOSSIER_DECISION_WITHDRAWN.value},
            lambda: deciding.withdraw_proposal(
                number=number, by=request.actor, at=request.received_at
            ),
        )
        return back(request, number)
    context = {**frame(request, row), **_proposal(request, row)}
    return render(request, "habilitations/instruction/review.html", context)


def _proposal(request: ActorRequest, row: Dossier) -> dict[str, Any]:
    """The decision that waits, what it would do, or why this person may not approve it."""
    waiting = next((d for d in history.decisions(row) if d.is_waiting), None)
    if waiting is None:
        raise Refusal(Code.DECISION_MISSING, number=row.number)
    found = outlook(row, request.received_at)
    at, who = request.received_at, request.actor
    context: dict[str, Any] = {
        "waiting": waiting,
        "title": ACTS[waiting.row.kind],
        "because": SECOND_BECAUSE.get(waiting.row.second_because, waiting.row.second_because),
    }
    try:
        context["consequences"] = rehearse(
            row.number,
            cards_of(found),
            at,
            lambda: deciding.approve(number=row.number, by=who, at=at),
        )
    except Refusal as refusal:
        context["refused"] = explain_all(refusal)
    return context


@never_cache
@role_required(Role.SUPERVISOR.value)
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: ActorRequest, number: int) -> HttpResponse:
    """Back to instruction, with a reason; what the law says of it is told first."""
    row = opened(request, number)
    spoken = {"language": row.language, "title_language": get_language() or "fr"}
    form = ReopenForm(None, **spoken)
    if INSERT in request.POST:
        typed: dict[str, Any] = dict(request.POST.items())
        text = reasons.text_of(typed.get("modele", ""), row.language)
        form = ReopenForm(None, initial={**typed, "reason": text}, **spoken)
    elif request.method == "POST":
        form = ReopenForm(request.POST, **spoken)
        if form.is_valid() and _reopened(request, number, form):
            return back(request, number)
    else:
        DOSSIERS.next(DossierState(row.state), DossierAct.REOPEN)
    context = {**frame(request, row), "form": form, **_warned(request, row)}
    status = status_of(form)
    return render(request, "habilitations/instruction/reopen.html", context, status=status)


def _reopened(request: ActorRequest, number: int, form: ReopenForm) -> bool:
    try:
        act_once(
            request,
            number,
            {Event.DOSSIER_REOPENED.value},
            lambda: deciding.reopen(
                number=number, reason=form.text, by=request.actor, at=request.received_at
            ),
        )
    except Refusal as refusal:
        if refusal.code is not Code.REASON_MISSING:
            raise
        form.add_objections(refusal.all)
        return False
    return True


def _warned(request: ActorRequest, row: Dossier) -> dict[str, Any]:
    """Until when a decision may be withdrawn, and the rights that reopening suspends."""
    today = timezone.localtime(request.received_at).date()
    decided = timezone.localtime(row.decided_at).date() if row.decided_at else today
    until = months_after(decided, MONTHS)
    number, who, at = row.number, request.actor, request.received_at
    if not DOSSIERS.allows(DossierState(row.state), DossierAct.REOPEN):
        return {"until": until, "is_late": today > until}
    told = rehearse(
        number,
        cards_of(outlook(row, at)),
        at,
        lambda: deciding.reopen(number=number, reason="…", by=who, at=at),
    )
    return {"until": until, "is_late": today > until, "consequences": told}
