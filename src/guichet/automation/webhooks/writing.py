"""From the journal to deliveries: each entry told once to each hook that wants it and may see it.

The journal has every change in the order of commits and without a gap, so that one number, moved
in the transaction that writes the deliveries, says what was told (docs/adr/0025).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Min, QuerySet

from guichet.associations import queries as associations
from guichet.automation.models import Webhook, WebhookCursor, WebhookDelivery
from guichet.automation.models.webhooks import CURSOR
from guichet.automation.webhooks import notices
from guichet.automation.webhooks.notices import OF_ORDERS, OF_PRODUCTS, OF_SERVICES, RECALLS, Notice
from guichet.domain.refusals import Refusal
from guichet.domain.webhooks import KEPT_FOR, TOLD, Topic
from guichet.habilitations import endings
from guichet.identities import machines
from guichet.identities.machines import MachineFacts
from guichet.journal import queries as journal
from guichet.journal.events import Event
from guichet.journal.queries import JournalEntry
from guichet.orders import told

ENTRIES: Final = 200
RECALLED: Final = 500
PURGED: Final = 5000
Hooks = Sequence[Webhook]


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of the journal: the notices, and where the cursor goes."""

    notices: tuple[Notice, ...]
    seq: int
    part: int = 0


def write_due(at: datetime) -> int:
    """Write the deliveries of the next entries of the journal; returns how many."""
    first = _told_hooks().aggregate(first=Min("since"))["first"]
    if first is None or max(first, _told_up_to()) >= journal.head().seq:
        return 0
    return _write_next(at)


@transaction.atomic
def write_endings(at: datetime) -> int:
    """Write the deliveries of rights about to end, once a step; returns how many."""
    hooks = [hook for hook in _told_hooks() if Topic.RIGHT_ENDING.value in hook.topics]
    if not hooks:
        return 0
    found = endings.endings({hook.structure_id for hook in hooks}, at)
    written = 0
    for hook in hooks:
        account = _account(hook, at)
        theirs = [one for one in found if one.structure_id == hook.structure_id]
        if hook.machine is not None:
            theirs = [one for one in theirs if account and _works_under(account, one)]
        written += _add(hook, (notices.of_ending(one, at) for one in theirs), at)
    return written


def purge(at: datetime) -> int:
    """Forget deliveries made long ago, with their tries, PURGED at most; returns how many."""
    old = WebhookDelivery.objects.filter(created_at__lte=at - KEPT_FOR).order_by("created_at")
    pks = list(old.values_list("pk", flat=True)[:PURGED])
    WebhookDelivery.objects.filter(pk__in=pks).delete()
    return len(pks)


def _told_hooks() -> QuerySet[Webhook]:
    return Webhook.objects.filter(state__in=[state.value for state in TOLD]).order_by("pk")


def _told_up_to() -> int:
    row = WebhookCursor.objects.filter(pk=CURSOR).first()
    return row.seq if row else 0


@transaction.atomic
def _write_next(at: datetime) -> int:
    """The head is read before the hooks: whoever made one since wants nothing from before it."""
    start: Mapping[str, int] = {"seq": 0, "part": 0}
    cursor, _new = WebhookCursor.objects.select_for_update().get_or_create(
        pk=CURSOR, defaults=start
    )
    head, hooks = journal.head().seq, list(_told_hooks())
    earliest = min((hook.since for hook in hooks), default=head)
    if earliest > cursor.seq:
        cursor.seq, cursor.part = earliest, 0
    read = _read(cursor, hooks, head, at)
    written = _write(hooks, read.notices, at)
    cursor.seq, cursor.part = read.seq, read.part
    cursor.save(update_fields=["seq", "part"])
    return written


def _read(cursor: WebhookCursor, hooks: Hooks, head: int, at: datetime) -> _Read:
    """The entries up to the first incident, or some of the products of that one."""
    found = journal.entries_after(cursor.seq, to=head, events=notices.EVENTS, limit=ENTRIES)
    structures = {hook.structure_id for hook in hooks}
    if found and found[0].event in RECALLS:
        return _read_recall(found[0], cursor.part, structures, at)
    plain = list(_before_incidents(found))
    is_all = len(plain) == len(found) < ENTRIES
    seq = head if is_all else plain[-1].seq
    return _Read(tuple(_of_entries(plain, structures, at)), seq)


def _before_incidents(found: Iterable[JournalEntry]) -> Iterator[JournalEntry]:
    for entry in found:
        if entry.event in RECALLS:
            return
        yield entry


def _read_recall(entry: JournalEntry, part: int, structures: set[str], at: datetime) -> _Read:
    """The next products of an incident: of a million, a round takes RECALLED."""
    is_approved = RECALLS[entry.event] is Topic.PRODUCT_RECALLED
    read = told.recalled if is_approved else told.called_off
    incident = notices.subject_number(entry)
    recall = read(incident, structures, after=part, limit=RECALLED, at=at)
    products = recall.products
    found = tuple(notices.of_recall(entry, products, wants_new_key=recall.wants_new_key))
    if len(products) < RECALLED:
        return _Read(found, entry.seq)
    return _Read(found, entry.seq - 1, products[-1].number)


def _of_entries(
    entries: Sequence[JournalEntry], structures: set[str], at: datetime
) -> Iterator[Notice]:
    of_orders = [entry for entry in entries if entry.event in OF_ORDERS]
    of_products = [entry for entry in entries if entry.event in OF_PRODUCTS]
    orders = told.orders_in(structures, set(map(notices.subject_number, of_orders)))
    products = told.products_in(structures, set(map(notices.subject_number, of_products)), at)
    for entry in entries:
        number = notices.subject_number(entry)
        if entry.event in OF_ORDERS and number in orders:
            yield from notices.of_order(entry, orders[number])
        elif entry.event in OF_PRODUCTS and number in products:
            yield from notices.of_product(entry, products[number])
            if entry.event == Event.PRODUCT_REVOKED.value:
                yield from notices.of_services(entry, number, associations.presenting(number))
        elif entry.event in OF_SERVICES:
            yield notices.of_service(entry)


def _write(hooks: Hooks, found: Sequence[Notice], at: datetime) -> int:
    by_structure: dict[str, list[Notice]] = defaultdict(list)
    for notice in found:
        by_structure[notice.structure_id].append(notice)
    written = 0
    for hook in hooks:
        theirs = [one for one in by_structure[hook.structure_id] if one.seq > hook.since]
        if hook.machine is not None and theirs:
            theirs = _seen(hook, theirs, at)
        written += _add(hook, theirs, at)
    return written


def _seen(hook: Webhook, found: Sequence[Notice], at: datetime) -> list[Notice]:
    """What the account of a hook sees now; nothing once it is closed."""
    try:
        actor = machines.actor_of_machine(hook.machine or UUID(int=0), at)
    except Refusal:
        return []
    orders = told.orders_seen({one.order for one in found if one.order}, actor, at)
    products = told.products_seen({one.product for one in found if one.product}, actor, at)
    has_services = hook.structure_id in associations.structures_of(actor, at)
    return [
        one
        for one in found
        if one.order in orders or one.product in products or (one.is_of_service and has_services)
    ]


def _add(hook: Webhook, found: Iterable[Notice], at: datetime) -> int:
    wanted = {one.occasion: one for one in found if one.topic.value in hook.topics}
    if not wanted:
        return 0
    told_already = hook.deliveries.filter(occasion__in=list(wanted))
    known = set(told_already.values_list("occasion", flat=True))
    rows = [_row(hook, one, at) for occasion, one in wanted.items() if occasion not in known]
    WebhookDelivery.objects.bulk_create(rows, batch_size=200)
    return len(rows)


def _row(hook: Webhook, notice: Notice, at: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        webhook=hook,
        topic=notice.topic.value,
        occasion=notice.occasion,
        body=notice.body,
        created_at=at,
        next_try_at=at,
    )


def _account(hook: Webhook, at: datetime) -> MachineFacts | None:
    if hook.machine is None:
        return None
    found: Mapping[UUID, MachineFacts] = {
        one.key: one for one in machines.machines_of(hook.structure_id) if one.is_open(at)
    }
    return found.get(hook.machine)


def _works_under(account: MachineFacts, ending: endings.Ending) -> bool:
    """Whether an account uses a right: of its structure or delegation, and of its profiles."""
    if ending.delegation != account.scope.delegation:
        return False
    return any(f"{ending.offer}/{usage}" in account.scope.profiles for usage in ending.usages)
