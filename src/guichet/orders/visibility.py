"""What a person may see and do: the structures of the open rights of the card, or represented.

A card that an editor declared acts for its client by delegation: there it sees the offers and
usages delegated, and what it ordered itself, and nothing else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.habilitations import Right
from guichet.domain.machines import MachineScope
from guichet.habilitations import queries as habilitations
from guichet.identities.actors import Actor


@dataclass(frozen=True, slots=True)
class Reach:
    """An actor's open rights and represented structures at one instant."""

    rights: tuple[Right, ...]
    represented: frozenset[str]
    actor_ref: str
    machine: MachineScope | None = None

    @property
    def structure_ids(self) -> frozenset[str]:
        """Structures of which orders and products are visible, all of them or some."""
        return self.represented | {right.structure_id for right in self.rights}

    @property
    def whole(self) -> frozenset[str]:
        """Structures whose orders and products are all visible."""
        own = {right.structure_id for right in self.rights if not right.editor}
        return self.represented | own

    def of_orders(self) -> Q:
        """Which rows of Order are visible."""
        return self._seen("")

    def of_products(self) -> Q:
        """Which rows of Product are visible."""
        return self._seen("order__")

    def _seen(self, order: str) -> Q:
        if self.machine is not None:
            return _within(self.machine, self.rights, order)
        requester = f"{order}requester_ref"
        seen = Q(structure_id__in=self.whole)
        for (offer, usages), structures in self._delegated().items():
            seen |= Q(structure_id__in=structures, offer=offer, usage__in=usages)
        if clients := self.structure_ids - self.whole:
            seen |= Q(structure_id__in=clients, **{requester: self.actor_ref})
        return seen

    def _delegated(self) -> Mapping[tuple[Offer, frozenset[Usage]], set[str]]:
        """Clients by what they delegate: editors have many, whose delegations are alike."""
        found: dict[tuple[Offer, frozenset[Usage]], set[str]] = {}
        for right in self.rights:
            if right.structure_id not in self.whole:
                found.setdefault((right.offer, right.usages), set()).add(right.structure_id)
        return found

    @property
    def offers(self) -> tuple[str, ...]:
        """Offers that may be ordered for one structure or another, in catalogue order."""
        held = {right.offer for right in self.rights}
        return tuple(offer.value for offer in Offer if offer in held)

    def usages(self, structure_id: str, offer: str) -> tuple[Usage, ...]:
        """Usages that may be ordered for a structure and an offer, in catalogue order."""
        held = {
            usage
            for right in self.rights
            if right.structure_id == structure_id and right.offer.value == offer
            for usage in right.usages
        }
        return tuple(usage for usage in Usage if usage in held)

    def may_handle(self, structure_id: str, offer: str) -> bool:
        """Whether the actor withdraws and revokes this offer's products of the structure."""
        return structure_id in self.represented or self.may_withdraw(structure_id, offer)

    def may_withdraw(self, structure_id: str, offer: str) -> bool:
        """Whether an open right covers the structure and the offer (a representative may not)."""
        return any(r.structure_id == structure_id and r.offer.value == offer for r in self.rights)


def _within(scope: MachineScope, rights: Iterable[Right], order: str) -> Q:
    """What a machine account sees: its profiles and names alone, as long as a right gives them."""
    seen = Q(pk__in=())
    for right in rights:
        usages = [usage.value for usage in right.usages]
        seen |= Q(structure_id=right.structure_id, offer=right.offer.value, usage__in=usages)
    if scope.names:
        named = Q(**{f"{order}fqdn": ""})
        for name in scope.names:
            named |= Q(**{f"{order}fqdn": name}) | Q(**{f"{order}fqdn__endswith": f".{name}"})
        seen &= named
    if scope.services:
        seen &= Q(**{f"{order}service__in": ("", *scope.services)})
    return seen


def reach(actor: Actor, at: datetime) -> Reach:
    """Read what the actor may see now."""
    return Reach(
        habilitations.rights_in_hand(actor, at),
        habilitations.represented_by(actor.account_id or None),
        actor.ref,
        actor.machine,
    )
