"""Rights to carry over, structures represented, client structures: on the home page."""

from typing import Final

from django.http import HttpRequest

from guichet.habilitations import queries, stewardship
from guichet.habilitations.policy import CarryOver, policy
from guichet.habilitations.queries import delegations, renewals
from guichet.habilitations.standing import staff_standing
from guichet.identities.actors import Actor
from guichet.web.home import Section
from guichet.web.once import once_a_page

# Before the declarations of one's own, which few of the staff have, or after them.
FOR_STAFF: Final = 12
FOR_OTHERS: Final = 20
RECEIVED: Final = once_a_page(delegations.received_by)


def news_section(request: HttpRequest) -> Section | None:
    """What waits for somebody: rights to carry over to a new card, delegations to answer."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return None
    at = request.received_at  # type: ignore[attr-defined]
    may_carry = policy().report_habilitation is not CarryOver.NEW_DOSSIER
    asked = renewals.lapsing(actor, at) if may_carry and actor.card_number else ()
    context = {
        "lapsing": len({one.structure.national_id for one in asked if one.asked_at is None}),
        "waiting": any(found.state == "given" for found in RECEIVED(actor, at)),
    }
    return Section("habilitations/rights/home_first.html", context, order=5)


def rights_section(request: HttpRequest) -> Section | None:
    """Where structures and their cards are looked after; nothing for whoever has none."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return None
    at = request.received_at  # type: ignore[attr-defined]
    is_client = any(right.editor for right in queries.rights_of(actor.card_number, at))
    context = {
        "represents": bool(queries.represented_by(actor.account_id)),
        "is_reader": actor.is_a(*stewardship.READERS),
        "is_editor": is_client or bool(RECEIVED(actor, at)),
        "instructs": staff_standing(actor) is not None,
    }
    if not any(context.values()):
        return None
    order = FOR_STAFF if context["instructs"] else FOR_OTHERS
    return Section("habilitations/rights/home_section.html", context, order=order)
