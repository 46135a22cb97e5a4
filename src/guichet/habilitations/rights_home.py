"""Rights to carry over, structures represented, client structures: on the home page."""

from django.http import HttpRequest

from guichet.habilitations import queries, stewardship
from guichet.habilitations.policy import CarryOver, policy
from guichet.habilitations.queries import delegations, renewals
from guichet.web.home import Section


def rights_section(request: HttpRequest) -> Section | None:
    """What a person holds beyond their own card's rights; nothing for visitors."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return None
    at = request.received_at  # type: ignore[attr-defined]
    may_carry = policy().report_habilitation is not CarryOver.NEW_DOSSIER
    asked = renewals.lapsing(actor, at) if may_carry and actor.card_number else ()
    editors = delegations.editors_of(actor)
    context = {
        "lapsing": len({one.structure.national_id for one in asked if one.asked_at is None}),
        "represents": bool(queries.represented_by(actor.account_id)),
        "is_reader": actor.is_a(*stewardship.READERS),
        "clients": bool(delegations.clients_of(actor.card_number, at)),
        "waiting": any(
            found.state == "given"
            for siret in editors
            for found in delegations.delegated_to(siret, at)
        ),
    }
    return Section("habilitations/rights/home_section.html", context, order=20)
