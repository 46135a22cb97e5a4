"""What the card in hand may do, on the home page."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from guichet.domain.duties import STAFF
from guichet.habilitations import queries as habilitations
from guichet.habilitations.structures import StructureFacts
from guichet.orders import first_visit, queries
from guichet.orders.visibility import Reach, reach
from guichet.web.home import Section
from guichet.web.navigation import Entry


@dataclass(frozen=True, slots=True)
class Held:
    """One structure and what may be ordered for it."""

    structure: StructureFacts
    offers: tuple[tuple[str, tuple[str, ...]], ...]
    is_represented: bool


def habilitations_section(request: HttpRequest) -> Section | None:
    """The rights of the card and the four verbs; nothing for visitors."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return None
    at = request.received_at  # type: ignore[attr-defined]
    found = reach(actor, at)
    context = {
        "held": held(found),
        "may_order": bool(found.rights),
        "may_see": bool(found.structure_ids),
        "is_staff": actor.is_a(*STAFF),
        "counts": queries.counts(actor, at),
        "drafts": queries.drafts_of(actor),
        "first_steps": first_visit.steps_left(actor, found, at),
    }
    return Section("orders/home_section.html", context, order=10)


def keys_entry(request: HttpRequest) -> tuple[Entry, ...]:
    """The header's entry of the keys, for who is logged in with a card."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.card_number is None:
        return ()
    return (Entry(_("Mes clés"), "/produits/cles/", "key", 45),)


def held(found: Reach) -> tuple[Held, ...]:
    """Structures in reach, by name, with the offers and usages of the open rights."""
    facts = habilitations.structures(found.structure_ids)
    rows = []
    for national_id, structure in sorted(facts.items(), key=lambda item: item[1].legal_name):
        rights = [right for right in found.rights if right.structure_id == national_id]
        offers = tuple((right.offer.value, tuple(sorted(right.usages))) for right in rights)
        rows.append(Held(structure, offers, national_id in found.represented))
    return tuple(rows)
