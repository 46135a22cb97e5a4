"""What somebody may do about machine accounts, by the rights of their card and whom they represent.

Whoever sees the whole of a structure sees every account of it, may disable it and revoke its
credentials: a representative too. Whatever opens something (an account, a change, a credential) is
for a card that holds, at that moment and on its own, all that the account may do.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from guichet.domain import machine_rights
from guichet.domain.habilitations import Right
from guichet.domain.machines import MachineScope
from guichet.domain.refusals import Objection
from guichet.habilitations import queries as habilitations
from guichet.identities.actors import Actor
from guichet.orders.visibility import Reach, reach


@dataclass(frozen=True, slots=True, order=True)
class Side:
    """For whom an account works: a structure, by its own rights or by those of one delegation."""

    structure_id: str
    delegation: int | None = None

    @property
    def text(self) -> str:
        """As an address writes it: "10B0135356", or "10B0135356-12" by delegation."""
        return self.structure_id + (f"-{self.delegation}" if self.delegation else "")


class Hand:
    """The rights of somebody at one instant, sorted by whom they are held for."""

    def __init__(self, actor: Actor, at: datetime) -> None:
        self.actor, self.at = actor, at
        self.reach: Reach = reach(actor, at)

    @cached_property
    def sides(self) -> dict[Side, tuple[Right, ...]]:
        """Open rights by the side that they allow to work for."""
        lent = [right.id for right in self.reach.rights if right.editor]
        delegations = habilitations.delegations_of(lent) if lent else {}
        found: dict[Side, tuple[Right, ...]] = {}
        for right in self.reach.rights:
            side = Side(right.structure_id, delegations.get(right.id))
            found[side] = (*found.get(side, ()), right)
        return found

    @property
    def structure_ids(self) -> frozenset[str]:
        """The structures whose accounts are seen, all of them or some."""
        return self.reach.structure_ids

    def sees(self, scope: MachineScope) -> bool:
        """Whether an account is there for this person."""
        is_whole = scope.structure_id in self.reach.whole
        return is_whole or Side(scope.structure_id, scope.delegation) in self.sides

    def objections(self, scope: MachineScope) -> tuple[Objection, ...]:
        """What an account of this scope may do beyond this person's own rights."""
        held = self.sides.get(Side(scope.structure_id, scope.delegation), ())
        opened = habilitations.rights_in_hand(replace(self.actor, machine=scope), self.at)
        return machine_rights.objections(scope, opened, held)

    def holds(self, scope: MachineScope) -> bool:
        """Whether this person may open something for an account: see the module."""
        is_side = Side(scope.structure_id, scope.delegation) in self.sides
        return is_side and not self.objections(scope)
