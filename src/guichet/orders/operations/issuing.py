"""What the clerk and the requester do between an order and its withdrawal."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from django.db import transaction

from guichet.authority import lookups
from guichet.authority import operations as authority
from guichet.authority import queries as authority_queries
from guichet.domain.certificates.states import SigningState
from guichet.domain.orders.states import ORDERS, OrderAct, OrderState
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders import mails
from guichet.orders.models import Order
from guichet.orders.policy import policy
from guichet.orders.queries import order_summary, visible_order
from guichet.orders.summaries import OrderSummary
from guichet.orders.visibility import reach
from guichet.x509.crl import Reason

CLERK: Final = "clerk"
BATCH: Final = 200
LOOKED_AT: Final = 1000
ABANDONED: Final = (SigningState.REFUSED, SigningState.FAILED)


def collect_issued(at: datetime) -> int:
    """Bring orders up to date with what the signer did; returns how many moved."""
    return sum(settle(number, at) for number in islice(_signed(), BATCH))


def _signed() -> Iterator[int]:
    """Orders with which the signer has done; it does not take them in the order of their numbers.

    All that wait are looked through: those an outage or a large lot keeps waiting hold up no other.
    """
    waiting = Order.objects.filter(state=OrderState.ISSUING.value).order_by("number")
    rows = waiting.values_list("number", "signing_request")
    last = 0
    while page := list(rows.filter(number__gt=last)[:LOOKED_AT]):
        last = page[-1][0]
        done = lookups.settled([request for _number, request in page])
        yield from (number for number, request in page if request in done)


def expire_unwithdrawn(at: datetime) -> int:
    """End orders that nobody withdrew in time; their certificates are revoked. How many."""
    late = Order.objects.filter(state=OrderState.AVAILABLE.value, withdraw_before__lte=at)
    numbers = list(late.order_by("number").values_list("number", flat=True)[:BATCH])
    return sum(_expire(number, at) for number in numbers)


@transaction.atomic
def cancel(*, number: int, by: Actor, at: datetime) -> OrderSummary:
    """Give up an order before withdrawal; a certificate already made is revoked.

    Raises Refusal: ORDER_UNKNOWN, RIGHT_MISSING, MOVE_FORBIDDEN.
    """
    row = visible_order(number, by, at)
    if not reach(by, at).may_handle(row.structure_id, row.offer):
        raise Refusal(
            Code.RIGHT_MISSING, structure=row.structure_id, offer=row.offer, usage=row.usage
        )
    locked = locked_order(number)
    locked.state = ORDERS.next(OrderState(locked.state), OrderAct.CANCEL).value
    locked.ended_at = at
    locked.save(update_fields=["state", "ended_at"])
    _revoke_unused(locked, by.ref, at)
    journal.record(Event.ORDER_CANCELLED, subject=mails.about(number), actor=by.ref, at=at)
    mails.tell(locked, "cancelled", at, {"by": by.label})
    return order_summary(locked)


def locked_order(number: int) -> Order:
    """The row, locked until the caller's transaction ends."""
    return Order.objects.select_for_update().get(number=number)


def lock_orders(numbers: Iterable[int]) -> None:
    """Lock several orders, in the order of their numbers, until the caller's transaction ends."""
    rows = Order.objects.select_for_update().filter(number__in=list(numbers)).order_by("number")
    list(rows.values_list("pk"))


def settle_if_signed(number: int, at: datetime) -> int:
    """As `settle`, for who polls: nothing is locked while the signer has not finished."""
    request = Order.objects.values_list("signing_request", flat=True).get(number=number)
    status = authority_queries.signing_status(request)
    is_done = status.certificate_id is not None or status.state in ABANDONED
    return settle(number, at) if is_done else 0


@transaction.atomic
def settle(number: int, at: datetime) -> int:
    """Bring one order up to date with the signer; 1 when it moved.

    What the signer did is read under the order's lock: a new key may have been asked for since.
    """
    row = locked_order(number)
    if row.state != OrderState.ISSUING.value:
        return 0
    status = authority_queries.signing_status(row.signing_request)
    if status.certificate_id is not None:
        _make_available(row, status.certificate_id, at)
    elif status.state in ABANDONED:
        _fail(row, status.failure or "", at)
    else:
        return 0
    return 1


def _make_available(row: Order, certificate_id: int, at: datetime) -> None:
    row.state = ORDERS.next(OrderState.ISSUING, OrderAct.COLLECT).value
    row.certificate_id = certificate_id
    row.available_at = at
    row.withdraw_before = at + policy().withdrawal_delay
    row.save(update_fields=["state", "certificate_id", "available_at", "withdraw_before"])
    journal.record(
        Event.ORDER_AVAILABLE,
        subject=mails.about(row.number),
        actor=CLERK,
        at=at,
        facts={"certificate": certificate_id},
    )
    mails.tell(row, "available", at)


def _fail(row: Order, failure: str, at: datetime) -> None:
    row.state = ORDERS.next(OrderState.ISSUING, OrderAct.FAIL).value
    row.failure = failure[:300]
    row.ended_at = at
    row.save(update_fields=["state", "failure", "ended_at"])
    journal.record(
        Event.ORDER_FAILED,
        subject=mails.about(row.number),
        actor=CLERK,
        at=at,
        facts={"failure": row.failure},
    )
    mails.tell(row, "failed", at)


@transaction.atomic
def _expire(number: int, at: datetime) -> int:
    row = locked_order(number)
    if row.state != OrderState.AVAILABLE.value:
        return 0
    row.state = ORDERS.next(OrderState.AVAILABLE, OrderAct.EXPIRE).value
    row.ended_at = at
    row.save(update_fields=["state", "ended_at"])
    _revoke_unused(row, CLERK, at)
    journal.record(Event.ORDER_EXPIRED, subject=mails.about(number), actor=CLERK, at=at)
    mails.tell(row, "expired", at)
    return 1


def _revoke_unused(row: Order, by: str, at: datetime) -> None:
    """A certificate that nobody will withdraw must not stay good.

    One revoked without its order, by a restoration cut short, does not keep it from ending.
    """
    if row.certificate_id is not None:
        reason = Reason.CESSATION_OF_OPERATION
        authority.revoke_batch(certificate_ids=[row.certificate_id], reason=reason, by=by, at=at)
