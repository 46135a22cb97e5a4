"""Machine accounts in the header, on the home page, and on the page of what they obtained."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.automation.machines.hands import Hand
from guichet.domain.refusals import Refusal
from guichet.habilitations.structure_tabs import Tab
from guichet.identities import machines
from guichet.identities.actors import Actor
from guichet.orders.renewers import Renewer
from guichet.orders.visibility import reach
from guichet.web.home import Section
from guichet.web.navigation import Entry


def machines_entry(request: HttpRequest) -> tuple[Entry, ...]:
    """The header's entry, for who is logged in with a card."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.card_number is None:
        return ()
    return (Entry(_("Automates"), "/automates/", "refresh", 46),)


def machines_section(request: HttpRequest) -> Section | None:
    """Where machines are managed, for who sees the certificates of a structure."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not reach(actor, request.received_at).structure_ids:  # type: ignore[attr-defined]
        return None
    return Section("automation/home_section.html", order=11)


def machines_tab(national_id: str) -> Tab:
    """The tab of a structure's accounts, beside its rights."""
    return ("machines", _("Automates"), f"{reverse('automates:accounts')}?structure={national_id}")


def renewer(ref: str, actor: Actor, at: datetime) -> Renewer | None:
    """Which account of a structure obtained a product, for who sees the product."""
    try:
        found = machines.machine(UUID(ref.partition(":")[2]))
    except (Refusal, ValueError):
        return None
    address = reverse("automates:account", args=[found.key])
    is_seen = Hand(actor, at).sees(found.scope)
    return Renewer(found.name, address if is_seen else "", is_open=found.is_open(at))
