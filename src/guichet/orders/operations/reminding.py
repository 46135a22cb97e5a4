"""What the clerk tells in time: products that end, products that ended, certificates not withdrawn.

Each occasion is a row, written with its e-mails or not at all: a clerk that dies between two of
them loses none and tells none twice.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from guichet.domain.orders.renewal import RenewalState, step_reached, tells_representatives
from guichet.domain.orders.states import OrderState
from guichet.habilitations.queries.representatives import representatives
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.notifications import operations as notifications
from guichet.orders import contacts, mails, renewals
from guichet.orders.models import Contact, Order, Product, Reminder
from guichet.orders.operations.contacts import CLERK
from guichet.orders.policy import policy
from guichet.orders.queries import product_summary

BATCH: Final = 50  # a round takes seconds at most: people wait for the other steps
EXPIRED: Final = "expired"
EXPIRED_FOR: Final = timedelta(days=7)


def remind(at: datetime) -> int:
    """Everything that is due, BATCH of each kind at most; returns how many occasions."""
    return tell_expired(at) + remind_expiring(at) + remind_withdrawals(at)


def remind_expiring(at: datetime) -> int:
    """Tell contacts that their product ends, at each step of the policy; the nearest one only."""
    steps = sorted(policy().reminder_days)
    told = 0
    for floor, step in zip((0, *steps), steps, strict=False):
        due = _unreplaced().filter(
            not_after__gt=at + timedelta(days=floor), not_after__lte=at + timedelta(days=step)
        )
        told += sum(_tell(pk, str(step), at) for pk in _untold(due, str(step)))
    return told


def tell_expired(at: datetime) -> int:
    """Tell the same people that their product has ended without a successor."""
    due = _unreplaced().filter(not_after__lte=at, not_after__gt=at - EXPIRED_FOR)
    return sum(_tell(pk, EXPIRED, at) for pk in _untold(due, EXPIRED))


def remind_withdrawals(at: datetime) -> int:
    """Tell once, after a while, that a certificate waits to be withdrawn."""
    late = Order.objects.filter(
        state=OrderState.AVAILABLE.value, available_at__lte=at - policy().withdrawal_reminder
    ).order_by("available_at")
    told = 0
    for attempt in sorted(set(late.order_by().values_list("attempt", flat=True).distinct())):
        occasion = f"withdraw:{attempt}"
        done = Reminder.objects.filter(order=OuterRef("pk"), occasion=occasion)
        waiting = late.filter(~Exists(done), attempt=attempt)
        numbers = list(waiting.values_list("number", flat=True)[:BATCH])
        told += sum(_tell_waiting(number, occasion, at) for number in numbers)
    return told


def _unreplaced() -> QuerySet[Product]:
    """Products that are not revoked, and whose successor is not in somebody's hands."""
    successor = Order.objects.filter(
        renewal_of=OuterRef("number"),
        state=OrderState.WITHDRAWN.value,
        product__revoked_at=None,
    )
    return Product.objects.filter(~Exists(successor), revoked_at=None).order_by("not_after")


def _untold(due: QuerySet[Product], occasion: str) -> list[int]:
    told = Reminder.objects.filter(order=OuterRef("order"), occasion=occasion)
    return list(due.filter(~Exists(told)).values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def _tell(pk: int, occasion: str, at: datetime) -> int:
    """One product, one occasion, every contact apart; 1 when it was told."""
    order = Order.objects.select_for_update(of=("self",)).get(product__pk=pk)
    row = _unreplaced().select_related("order").filter(pk=pk).first()
    if row is None or _occasion(row, at) != occasion:
        return 0
    _reminder, is_new = Reminder.objects.get_or_create(
        order=order, occasion=occasion, defaults={"at": at}
    )
    if not is_new:
        return 0
    context = _context(row, at)
    written = _write_to_contacts(order, occasion, context, at)
    is_pending = context["renewal"].state is RenewalState.PENDING
    people = contacts.reachable(contacts.of_order(order.number))
    days = 0 if occasion == EXPIRED else int(occasion)
    if tells_representatives(
        people, days=days, escalates_at=policy().escalation_days, is_pending=is_pending
    ):
        told = {person.email for person in people if person.is_told}
        written += _write_to_representatives(order, occasion, {**context, "told": told}, at)
    journal.record(
        Event.EXPIRY_TOLD,
        subject=f"product:{row.number}",
        actor=CLERK,
        at=at,
        facts={"occasion": occasion, "mails": written},
    )
    return 1


def _occasion(row: Product, at: datetime) -> str:
    if at >= row.not_after:
        return EXPIRED
    return str(step_reached(policy().reminder_days, row.not_after, at) or "")


def _context(row: Product, at: datetime) -> dict[str, Any]:
    product = renewals.with_heirs([product_summary(row, at)])[0]
    return {
        "order": mails.facts(row.order),
        "product": product,
        "renewal": renewals.standing(product, at),
        "days": max(0, -((at - row.not_after) // timedelta(days=1))),
    }


def _write_to_contacts(order: Order, occasion: str, context: dict[str, Any], at: datetime) -> int:
    rows = Contact.objects.filter(order=order, bounced_at=None, left_at=None).order_by("pk")
    for row in rows:
        values = {**context, "leaving": contacts.leaving_address(row)}
        _enqueue(order, occasion, (row.email,), values, order.language, at)
    return len(rows)


def _write_to_representatives(
    order: Order, occasion: str, context: dict[str, Any], at: datetime
) -> int:
    """Representatives beside the contacts; somebody who is both is told once."""
    written = 0
    for person in representatives(order.structure_id):
        to = tuple(email for email in person.emails if email not in context["told"])
        if to:
            values = {**context, "reader": person.name, "for_representative": True}
            _enqueue(order, occasion, to, values, person.language, at)
            written += 1
    return written


def _enqueue(
    order: Order,
    occasion: str,
    to: tuple[str, ...],
    context: dict[str, Any],
    language: str,
    at: datetime,
) -> None:
    about = mails.about(order.number)
    template = "product-expired" if occasion == EXPIRED else "product-expiring"
    mail = notifications.Mail(
        to=to,
        template=f"orders/mail/{template}",
        context=context,
        language=language,
        about=about,
        dedupe_key=f"{about}:reminder:{occasion}:{_reader(to)}",
        unsubscribe=context.get("leaving", ""),
    )
    notifications.enqueue(mail=mail, at=at)


def _reader(to: Iterable[str]) -> str:
    return "+".join(to)[:120]


@transaction.atomic
def _tell_waiting(number: int, occasion: str, at: datetime) -> int:
    order = Order.objects.select_for_update().get(number=number)
    if order.state != OrderState.AVAILABLE.value:
        return 0
    _row, is_new = Reminder.objects.get_or_create(
        order=order, occasion=occasion, defaults={"at": at}
    )
    if is_new:
        mails.tell(order, "withdraw-reminder", at)
    return int(is_new)
