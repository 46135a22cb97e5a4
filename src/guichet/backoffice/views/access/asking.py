"""Roles asked for by one person, and decided by another who proved again who they are."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.backoffice.forms.access import ApprovalForm, GivenRoleForm, RefusalNoteForm, RoleForm
from guichet.backoffice.views.access.framing import form_of, framed
from guichet.domain.access.roles import REQUESTS, RequestAct, RequestState
from guichet.domain.duties import STAFF, Duty
from guichet.domain.refusals import Code, Refusal
from guichet.identities import access_queries, operations
from guichet.identities.access import ActorRequest, duty_required, fresh_login_required
from guichet.identities.words import ROLES
from guichet.web.forms import is_done

STATES: Final = {
    RequestState.ASKED.value: "warning",
    RequestState.APPROVED.value: "success",
    RequestState.REFUSED.value: "danger",
    RequestState.WITHDRAWN.value: "neutral",
}


@never_cache
@duty_required(Duty.ASK_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: ActorRequest, person: UUID, *, gives: bool) -> HttpResponse:
    """Ask that a role be given to, or taken from, somebody."""
    found = access_queries.member(person, request.received_at)
    if found.account_id in request.actor.accounts:
        raise Refusal(Code.ACCESS_SAME_PERSON)
    roles = sorted(STAFF - set(found.roles)) if gives else found.roles
    kind = GivenRoleForm if gives else RoleForm
    initial = {"role": request.GET.get("role", "")}
    form = form_of(request, kind, roles=roles, initial=initial)

    def send() -> None:
        operations.ask_role(
            account_id=found.account_id,
            asked=form.asked(gives=gives),
            by=request.actor,
            at=request.received_at,
        )

    if is_done(request, form, send):
        return HttpResponseRedirect(reverse("backoffice:role-requests"))
    context = {"person": found, "form": form, "gives": gives}
    return framed(request, "people", "ask", context)


@never_cache
@duty_required(Duty.SEE_ROLES)
@require_safe
def list_requests(request: ActorRequest) -> HttpResponse:
    """What waits for a decision, and what was decided."""
    waiting = access_queries.requests(waiting=True)
    decided = access_queries.requests(waiting=False)
    context = {
        "waiting": [(row, ROLES.get(row.role, row.role)) for row in waiting],
        "decided": [(row, ROLES.get(row.role, row.role), STATES[row.state]) for row in decided],
        "may_decide": request.actor.may(Duty.ASK_ROLES),
    }
    return framed(request, "requests", "requests", context)


@never_cache
@duty_required(Duty.ASK_ROLES)
@fresh_login_required()
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: ActorRequest, number: int) -> HttpResponse:
    """Approve, or refuse with a reason; who asked may give it up."""
    row = access_queries.request(number)
    if not REQUESTS.allows(RequestState(row.state), RequestAct.APPROVE):
        return _back()
    refuses = request.POST.get("acte") == "refuse"
    refusing = form_of(request, RefusalNoteForm) if refuses else RefusalNoteForm()
    form = refusing if refuses else form_of(request, ApprovalForm)

    def send() -> None:
        who: dict[str, Any] = {"request_id": number, "by": request.actor, "at": request.received_at}
        if refuses:
            operations.refuse_role(note=refusing.cleaned_data["note"], **who)
        else:
            operations.approve_role(**who)

    if is_done(request, form, send):
        return _back()
    context = {
        "row": row,
        "role": ROLES.get(row.role, row.role),
        "form": form,
        "refusing": refusing,
        "is_asker": row.asked_by_id in request.actor.accounts,
        "is_concerned": row.account_id in request.actor.accounts,
    }
    return framed(request, "requests", "decide", context)


@duty_required(Duty.ASK_ROLES)
@require_POST
def withdraw(request: ActorRequest, number: int) -> HttpResponseRedirect:
    """Give one's own request up."""
    operations.withdraw_role_request(request_id=number, by=request.actor, at=request.received_at)
    return _back()


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("backoffice:role-requests"))
