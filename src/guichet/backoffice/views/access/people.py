"""Who works at the counter: roles, since when, given by whom; and the sessions of one of them."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guichet.backoffice.views.access.framing import framed
from guichet.domain.access.reviews import IDLE_AFTER
from guichet.domain.duties import Duty
from guichet.identities import access_queries, operations
from guichet.identities.access import ActorRequest, duty_required
from guichet.identities.words import LOGINS, ROLES


@never_cache
@duty_required(Duty.SEE_ROLES)
@require_safe
def list_people(request: ActorRequest) -> HttpResponse:
    """Everybody who holds a role; ?carte= leads to whoever holds that card."""
    number = request.GET.get("carte", "").replace(" ", "").replace("\0", "")
    found = access_queries.person_of_card(number) if number else None
    if found is not None:
        return HttpResponseRedirect(reverse("backoffice:access-person", args=[found[1]]))
    context = {
        "people": [(one, _words(one)) for one in access_queries.members(request.received_at)],
        "number": number,
        "may_ask": request.actor.may(Duty.ASK_ROLES),
    }
    return framed(request, "people", "people", context)


@never_cache
@duty_required(Duty.SEE_ROLES)
@require_safe
def list_idle(request: ActorRequest) -> HttpResponse:
    """Who has not logged in for long."""
    members = access_queries.members(request.received_at)
    context = {
        "people": [(one, _words(one)) for one in members if one.idle],
        "days": IDLE_AFTER.days,
    }
    return framed(request, "idle", "idle", context)


@never_cache
@duty_required(Duty.SEE_ROLES)
@require_safe
def show_person(request: ActorRequest, person: UUID) -> HttpResponse:
    """The roles of one person and, for whoever reviews, their open sessions."""
    found = access_queries.member(person, request.received_at)
    may_review = request.actor.may(Duty.REVIEW_ROLES)
    this = request.session.session_key or ""
    opened = access_queries.sessions(found.account_id, request.received_at, this=this)
    context = {
        "person": found,
        "holdings": _words(found),
        "sessions": [(one, LOGINS.get(one.by, one.by)) for one in opened] if may_review else [],
        "may_review": may_review,
        "may_ask": request.actor.may(Duty.ASK_ROLES)
        and found.account_id not in request.actor.accounts,
    }
    return framed(request, "people", "person", context)


@duty_required(Duty.REVIEW_ROLES)
@require_POST
def end_session(request: ActorRequest, person: UUID, session_id: int) -> HttpResponseRedirect:
    """End a session that this person has open."""
    found = access_queries.member(person, request.received_at)
    operations.end_session(
        session_id=session_id,
        account_id=found.account_id,
        by=request.actor.ref,
        at=request.received_at,
    )
    return HttpResponseRedirect(reverse("backoffice:access-person", args=[person]))


def _words(member: access_queries.StaffMember) -> list[tuple[str, access_queries.Holding]]:
    return [(str(ROLES.get(one.role, one.role)), one) for one in member.holdings]
