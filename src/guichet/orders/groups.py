"""Reading groups of orders; what is not the actor's own does not exist."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from guichet.domain.catalogue import profiles
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.orders.groups import NAMES, GroupKind, columns_of, merged
from guichet.domain.orders.states import GIVES_NOTHING, OrderState
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.orders import queries
from guichet.orders.models import GroupLine, OrderGroup
from guichet.orders.summaries import OrderSummary

SHOWN_AT_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One line of a group; `csr` is DER, empty until there is one."""

    position: int
    file_line: int | None
    typed: Mapping[str, str]
    asked: Mapping[str, str]
    csr: bytes
    key_origin: str
    spki_sha256: str
    order: OrderSummary | None

    @property
    def beneficiary(self) -> str:
        """Whom or what it is for, as typed."""
        person = " ".join(filter(None, (self.asked.get("surname"), self.asked.get("given_names"))))
        return next((t for n in NAMES[:3] if (t := self.asked.get(n))), "") or person

    @property
    def label(self) -> str:
        """What tells it from the other lines: also a name for its files."""
        return f"{self.position:03} {self.beneficiary} {self.asked.get('structure_id', '')}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of orders, typed or placed."""

    key: UUID
    kind: GroupKind
    common: Mapping[str, str]
    rows: tuple[GroupRow, ...]
    updated_at: datetime
    placed_at: datetime | None

    @property
    def profile(self) -> Profile:
        """The profile of every line."""
        return profiles.profile(f"{self.common['offer']}/{self.common['usage']}")

    @property
    def columns(self) -> tuple[str, ...]:
        """What each line says for itself."""
        return columns_of(self.kind, self.profile)

    @property
    def waiting(self) -> tuple[GroupRow, ...]:
        """Lines that have no request yet."""
        return tuple(row for row in self.rows if not row.csr)

    @property
    def orders(self) -> tuple[OrderSummary, ...]:
        """The orders it gave, as far as the actor still sees them."""
        return tuple(row.order for row in self.rows if row.order is not None)

    def counts(self) -> Mapping[str, int]:
        """How many orders are issuing, ready, withdrawn or ended otherwise."""
        states = [order.state for order in self.orders]
        return {
            "issuing": sum(s in {OrderState.SUBMITTED, OrderState.ISSUING} for s in states),
            "available": states.count(OrderState.AVAILABLE),
            "withdrawn": states.count(OrderState.WITHDRAWN),
            "ended": sum(state in GIVES_NOTHING for state in states),
        }


@dataclass(frozen=True, slots=True)
class GroupHead:
    """A group in a list."""

    key: UUID
    profile: str
    lines: int
    updated_at: datetime
    placed_at: datetime | None


def group(key: UUID, actor: Actor, at: datetime) -> Group:
    """One group of the actor's own. Raises Refusal(GROUP_UNKNOWN)."""
    row = own(key, actor)
    lines = row.lines.order_by("position").select_related("order")
    seen = queries.visible_orders(actor, at).filter(group_line__group=row)
    orders = {order.pk: queries.order_summary(order) for order in seen}
    return Group(
        key=row.key,
        kind=GroupKind(row.kind),
        common=row.common,
        rows=tuple(_row(line, row.common, orders.get(line.order_id or 0)) for line in lines),
        updated_at=row.updated_at,
        placed_at=row.placed_at,
    )


def groups_of(actor: Actor) -> Sequence[GroupHead]:
    """The actor's groups, the last one first."""
    rows = OrderGroup.objects.filter(owner_ref=actor.ref).prefetch_related("lines")
    return [
        GroupHead(
            row.key,
            f"{row.common['offer']}/{row.common['usage']}",
            len(row.lines.all()),
            row.updated_at,
            row.placed_at,
        )
        for row in rows.order_by("-updated_at")[:SHOWN_AT_MOST]
    ]


def own(key: UUID, actor: Actor) -> OrderGroup:
    """The row of the actor's own group. Raises Refusal(GROUP_UNKNOWN) for anybody else's."""
    row = OrderGroup.objects.filter(key=key).first()
    if row is None or row.owner_ref != actor.ref:
        raise Refusal(Code.GROUP_UNKNOWN, hides=f"group:{key}" if row else "")
    return row


def _row(line: GroupLine, common: Mapping[str, str], order: OrderSummary | None) -> GroupRow:
    return GroupRow(
        line.position,
        line.file_line,
        line.typed,
        merged(common, line.typed),
        bytes(line.csr),
        line.key_origin,
        line.spki_sha256,
        order,
    )
