"""What a person may see and do: the structures of the open rights of the card, or represented."""

from dataclasses import dataclass
from datetime import datetime

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.habilitations import Right
from guichet.habilitations import queries as habilitations
from guichet.identities.actors import Actor


@dataclass(frozen=True, slots=True)
class Reach:
    """An actor's open rights and represented structures at one instant."""

    rights: tuple[Right, ...]
    represented: frozenset[str]

    @property
    def structure_ids(self) -> frozenset[str]:
        """Structures whose orders and products are visible."""
        return self.represented | {right.structure_id for right in self.rights}

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


def reach(actor: Actor, at: datetime) -> Reach:
    """Read what the actor may see now."""
    return Reach(
        habilitations.rights_of(actor.card_number, at),
        habilitations.represented_by(actor.account_id),
    )
