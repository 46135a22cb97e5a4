"""Which hooks somebody sees and manages; what they may not see does not exist.

Somebody who sees the whole of a structure sees every hook of it. The hook of a machine account is
also for whoever holds all that the account may do, and for the account itself, which sees no other.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Q

from guichet.automation.machines.hands import Hand
from guichet.automation.models import Webhook, WebhookDelivery
from guichet.automation.webhooks.facts import (
    DeliveryFacts,
    HookFacts,
    delivery_facts,
    facts_of,
)
from guichet.domain.refusals import Code, Refusal
from guichet.domain.webhooks import DeliveryState
from guichet.identities import machines
from guichet.identities.actors import Actor
from guichet.identities.machines import MachineFacts
from guichet.web.listing import page_of

HOOKS_A_PAGE: Final = 20
DELIVERIES_A_PAGE: Final = 20


class Sight:
    """What an actor sees of hooks at one instant."""

    def __init__(self, actor: Actor, at: datetime) -> None:
        self.actor, self.at = actor, at
        self._hand = Hand(actor, at)

    @property
    def structure_ids(self) -> frozenset[str]:
        """The structures that may have a hook of their own."""
        return frozenset() if self.actor.machine else self._hand.reach.whole

    @property
    def structures_seen(self) -> frozenset[str]:
        """The structures of which some hook may be seen."""
        return self._hand.structure_ids

    def machine_names(self, keys: Iterable[UUID | None]) -> Mapping[UUID | None, str]:
        """The names of accounts whose hooks were read."""
        wanted = set(filter(None, keys))
        found = machines.machines_of(*self._hand.structure_ids) if wanted else ()
        return {one.key: one.name for one in found if one.key in wanted}

    def machines(self) -> tuple[MachineFacts, ...]:
        """The accounts whose sight may limit a hook."""
        if self.actor.machine:
            return (machines.machine(UUID(self.actor.machine.account)),)
        found = machines.machines_of(*self._hand.structure_ids)
        return tuple(one for one in found if one.is_open(self.at) and self._manages(one))

    def require(self, structure_id: str, machine: UUID | None) -> None:
        """Go on when a hook may be made there. Raises Refusal: STRUCTURE_UNKNOWN, MACHINE_UNKNOWN.

        A machine account makes hooks of its own alone.
        """
        if machine is None and structure_id not in self.structure_ids:
            raise Refusal(Code.STRUCTURE_UNKNOWN, structure=structure_id[:20])
        if machine is not None:
            known = {one.key: one.scope.structure_id for one in self.machines()}
            if known.get(machine) != structure_id:
                raise Refusal(Code.MACHINE_UNKNOWN, field="machine")

    def hooks(self, structure_id: str = "", number: str = "1") -> Page[HookFacts]:
        """One page of hooks, the last one made first; a number out of range gives the nearest."""
        rows = Webhook.objects.filter(self._condition()).order_by("-pk")
        if structure_id:
            rows = rows.filter(structure_id=structure_id)
        return page_of(Paginator(rows, HOOKS_A_PAGE), number, facts_of)

    def hook(self, key: UUID) -> HookFacts:
        """One hook. Raises Refusal(WEBHOOK_UNKNOWN)."""
        row = Webhook.objects.filter(self._condition(), key=key).first()
        if row is None:
            exists = Webhook.objects.filter(key=key).exists()
            raise Refusal(Code.WEBHOOK_UNKNOWN, hides=f"webhook:{key}" if exists else "")
        return facts_of(row)

    def deliveries(
        self, key: UUID, state: DeliveryState | None = None, number: str = "1"
    ) -> Page[DeliveryFacts]:
        """One page of the log of a hook, the newest first. Raises Refusal(WEBHOOK_UNKNOWN)."""
        rows = WebhookDelivery.objects.filter(webhook__key=self.hook(key).key)
        if state is not None:
            rows = rows.filter(state=state.value)
        ordered = rows.order_by("-pk").prefetch_related("tries")
        return page_of(Paginator(ordered, DELIVERIES_A_PAGE), number, delivery_facts)

    def delivery(self, key: UUID, delivery: UUID) -> DeliveryFacts:
        """One delivery of a hook. Raises Refusal: WEBHOOK_UNKNOWN, DELIVERY_UNKNOWN."""
        rows = WebhookDelivery.objects.filter(webhook__key=self.hook(key).key, key=delivery)
        row = rows.first()
        if row is None:
            raise Refusal(Code.DELIVERY_UNKNOWN)
        return delivery_facts(row)

    def _condition(self) -> Q:
        if self.actor.machine:
            return Q(machine=UUID(self.actor.machine.account))
        whole = self._hand.reach.whole
        lent = self._hand.structure_ids - whole
        seen = Q(structure_id__in=whole)
        if lent:
            rows = Webhook.objects.filter(structure_id__in=lent)
            keys = set(filter(None, rows.values_list("machine", flat=True)))
            seen |= Q(machine__in=[key for key in keys if self._manages(machines.machine(key))])
        return seen

    def _manages(self, machine: MachineFacts) -> bool:
        scope = machine.scope
        return scope.structure_id in self._hand.reach.whole or self._hand.holds(scope)
