"""Groups of orders: typed line by line, placed all together or not at all, withdrawn at once."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from guichet.domain import habilitations as domain_rights
from guichet.domain.orders import groups as lines_of_groups
from guichet.domain.orders import request as requests
from guichet.domain.orders import revocation
from guichet.domain.orders.groups import GroupKind, Line, LineObjection, bounded, line_objections
from guichet.domain.orders.states import OrderState
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.habilitations import queries as habilitations
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.chain import Fact
from guichet.journal.events import Event
from guichet.orders import agreements, codes, groups, numbers
from guichet.orders.groups import Group, GroupRow
from guichet.orders.models import GroupLine, Order, OrderGroup
from guichet.orders.operations import burning, issuing
from guichet.orders.operations.placing import place, scope_of
from guichet.orders.operations.withdrawal import hand_over
from guichet.orders.summaries import KeyOrigin, OrderSummary, Via
from guichet.orders.visibility import reach
from guichet.x509 import private_keys

RIGHT_FIELDS: Final = {
    Code.RIGHT_MISSING: "structure_id",
    Code.RIGHT_DOMAIN: "fqdn",
    Code.RIGHT_MAIL_DOMAIN: "mail",
}


@transaction.atomic
def begin(*, kind: GroupKind, common: Mapping[str, str], by: Actor, at: datetime) -> UUID:
    """A group to fill. Returns its key."""
    row = OrderGroup.objects.create(
        owner_ref=by.ref, kind=kind.value, common=dict(common), created_at=at, updated_at=at
    )
    return row.key


@transaction.atomic
def keep_lines(
    *, key: UUID, lines: Sequence[Line], by: Actor, at: datetime
) -> tuple[Objection, ...]:
    """Replace the lines; one that is typed as before keeps its request.

    What could be a private key is emptied, burnt and objected to. Raises Refusal: GROUP_UNKNOWN,
    GROUP_PLACED, GROUP_TOO_LONG.
    """
    row = _open(key, by)
    former = {_fingerprint(line.typed): line for line in row.lines.filter(order=None)}
    row.lines.all().delete()
    secrets: list[str] = []
    kept = []
    for position, line in enumerate(bounded(lines), 1):
        typed = {n: t for n, t in line.typed.items() if not private_keys.may_be_in(t)}
        secrets += [text for name, text in line.typed.items() if name not in typed]
        old = former.pop(_fingerprint(typed), None)
        new = GroupLine(group=row, position=position, file_line=line.file_line, typed=typed)
        if old is not None:
            new.csr, new.key_origin, new.spki_sha256 = old.csr, old.key_origin, old.spki_sha256
        kept.append(new)
    GroupLine.objects.bulk_create(kept)
    row.updated_at = at
    row.save(update_fields=["updated_at"])
    return burning.burn(sent="\n".join(secrets).encode("utf-8", "replace"), by=by, at=at)


@transaction.atomic
def discard(*, key: UUID, by: Actor) -> None:
    """Throw away a group that is not placed. Raises Refusal: GROUP_UNKNOWN, GROUP_PLACED."""
    _open(key, by).delete()


def objections(group: Group, by: Actor, at: datetime) -> tuple[LineObjection, ...]:
    """Everything wrong with the lines: their contents, then the rights each one needs."""
    found = line_objections(group.common, [row.typed for row in group.rows])
    wrong = {objection.position for objection in found}
    rights = habilitations.rights_in_hand(by, at)
    for row in group.rows:
        if row.position not in wrong:
            found += tuple(_not_covered(row, rights, at))
    return tuple(sorted(found, key=lambda objection: objection.position))


def place_group(*, key: UUID, by: Actor, language: str, at: datetime) -> tuple[OrderSummary, ...]:
    """Place every line's order in one transaction, or none; pressed twice, they are placed once.

    Raises Refusal: GROUP_UNKNOWN, GROUP_EMPTY, or all objections, each with the fact "line".
    """
    with transaction.atomic():
        row = OrderGroup.objects.select_for_update().get(pk=groups.own(key, by).pk)
        found = groups.group(key, by, at)
        if row.placed_at is not None:
            return found.orders
        _require_requests(found)
        numbers.lock(numbers.ORDERS)
        placed = _place_all(found, by, language, at)
        for line in row.lines.all():
            line.order = Order.objects.get(number=placed[line.position].number)
            line.save(update_fields=["order"])
        row.placed_at = row.updated_at = at
        row.save(update_fields=["placed_at", "updated_at"])
        facts: dict[str, Fact] = {
            "lines": len(placed),
            "profile": found.profile.code,
            "first": min(order.number for order in placed.values()),
            "last": max(order.number for order in placed.values()),
        }
        journal.record(Event.GROUP_PLACED, subject=f"group:{key}", actor=by.ref, at=at, facts=facts)
    return tuple(placed.values())


def withdraw_group(
    *, key: UUID, by: Actor, code: str, terms_accepted: bool, at: datetime, shown: str = ""
) -> tuple[int, ...]:
    """Withdraw every available order of a group under one code, each product with its own salt.

    Returns the products' numbers. Raises Refusal: GROUP_UNKNOWN, GROUP_NOT_READY,
    TERMS_NOT_ACCEPTED, TERMS_CHANGED, REVOCATION_CODE_WEAK, MOVE_FORBIDDEN, ALREADY_REVOKED.
    """
    ready = withdrawable(groups.group(key, by, at), by, at)
    if not ready:
        raise Refusal(Code.GROUP_NOT_READY)
    agreed = agreements.require(terms_accepted, shown, at)
    hashes = codes.hashed_alike(revocation.admit_code(code), len(ready))
    with transaction.atomic():
        # All before the first is told in the journal, whose lock comes after those of orders.
        issuing.lock_orders(order.number for order in ready)
        made = [
            hand_over(order.number, by, code_hash, agreed, at).product_number
            for order, code_hash in zip(ready, hashes, strict=True)
        ]
        facts = {"products": len(made), "first": made[0], "last": made[-1]}
        journal.record(
            Event.GROUP_WITHDRAWN, subject=f"group:{key}", actor=by.ref, at=at, facts=facts
        )
    return tuple(made)


def withdrawable(group: Group, by: Actor, at: datetime) -> tuple[OrderSummary, ...]:
    """The orders of a group that this person may withdraw now."""
    found = reach(by, at)
    return tuple(
        order
        for order in group.orders
        if order.state is OrderState.AVAILABLE
        and found.may_withdraw(order.structure_id, order.offer)
    )


def _require_requests(group: Group) -> None:
    """Raises Refusal: GROUP_EMPTY, or GROUP_LINE_WITHOUT_CSR of every line that has none."""
    if not group.rows:
        raise Refusal(Code.GROUP_EMPTY)
    code = Code.GROUP_LINE_WITHOUT_CSR
    missing = tuple(Objection(code, (("line", row.position),)) for row in group.waiting)
    if missing:
        raise Refusal(code, all=missing)


def _place_all(group: Group, by: Actor, language: str, at: datetime) -> Mapping[int, OrderSummary]:
    placed: dict[int, OrderSummary] = {}
    refused: list[Objection] = []
    for row in group.rows:
        try:
            placed[row.position] = _place(row, by, language, at)
        except Refusal as refusal:
            refused += (about_line(row.position, objection) for objection in refusal.all)
    if refused:
        raise Refusal(refused[0].code, all=tuple(refused))
    return placed


def _place(row: GroupRow, by: Actor, language: str, at: datetime) -> OrderSummary:
    origin: KeyOrigin = "browser" if row.key_origin == "browser" else "csr"
    via = Via(channel="portal", language=language, key_origin=origin, is_of_lot=True)
    return place(asked=requests.parse(**row.asked), csr=row.csr, by=by, via=via, at=at)


def about_line(position: int, objection: Objection) -> Objection:
    """The objection, with the line it is about."""
    others = tuple(fact for fact in objection.facts if fact[0] != "line")
    return Objection(objection.code, (("line", position), *others))


def _not_covered(
    row: GroupRow, rights: Sequence[domain_rights.Right], at: datetime
) -> Iterator[LineObjection]:
    asked = requests.parse(**row.asked)
    try:
        domain_rights.covering(rights, scope_of(asked), at)
    except Refusal as refusal:
        for objection in refusal.all:
            facts = (("field", RIGHT_FIELDS.get(objection.code, "")), *objection.facts)
            yield LineObjection(row.position, Objection(objection.code, facts))


def _open(key: UUID, by: Actor) -> OrderGroup:
    """The actor's own group, locked, not placed yet."""
    row = OrderGroup.objects.select_for_update().get(pk=groups.own(key, by).pk)
    if row.placed_at is not None:
        raise Refusal(Code.GROUP_PLACED)
    return row


def _fingerprint(typed: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((n, lines_of_groups.folded(t)) for n, t in typed.items() if t))
