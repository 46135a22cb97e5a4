"""An incident: certificates revoked by the thousand, with the products and orders that hold them.

One batch is one transaction, so that a run that is cut short is taken up where it stopped. People
are told afterwards, once each: see telling.py.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from guichet.authority import lookups
from guichet.authority import operations as authority
from guichet.authority.operations import BatchRevoked, Revocation
from guichet.domain.orders.revocation import MOTIVES_OF
from guichet.domain.orders.states import ORDERS, OrderAct, OrderState
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.journal.operations import Told
from guichet.orders import mails, numbers
from guichet.orders.models import Order, Product, RevocationNotice
from guichet.orders.operations import issuing
from guichet.orders.operations.following import operator_label
from guichet.x509.crl import Reason

LOOKED_AT: Final = 1000
# One statement for all products of a batch, between whose halves their values go.
UPDATE: Final = """
UPDATE orders_product SET revocation_number = v.column2, revoked_at = v.column3,
revoked_by = v.column4, revocation_motive = v.column5 FROM (VALUES
"""
WHERE: Final = ") AS v WHERE orders_product.id = v.column1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Why certificates are revoked together, and by whom; `key` is the same at each attempt."""

    key: str
    reason: Reason
    by: str


def strike(*, certificate_ids: Collection[int], incident: Incident, at: datetime) -> BatchRevoked:
    """Revoke a batch of certificates; their products, or orders that wait, follow.

    Certificates revoked before count as such; what holds them is brought in step all the same. The
    caller bounds the batch.
    """
    _collect(certificate_ids, at)
    return _strike(certificate_ids, incident, at)


def astray() -> Iterator[frozenset[int]]:
    """Certificates revoked without the product or the order that holds them, some at a time.

    Whoever revokes, then strikes, leaves such where it is cut short between the two.
    """
    products = Product.objects.filter(revoked_at=None)
    orders = Order.objects.filter(state=OrderState.AVAILABLE.value)
    for held in (products.order_by("pk"), orders.order_by("pk")):
        rows, last = held.values_list("pk", "certificate_id"), 0
        while page := list(rows.filter(pk__gt=last)[:LOOKED_AT]):
            last = page[-1][0]
            asked = [certificate for _pk, certificate in page if certificate is not None]
            found = lookups.revoked_among(asked)
            if found:
                yield found


def _collect(certificate_ids: Collection[int], at: datetime) -> None:
    """Orders whose certificate was not collected yet: apart, since the journal is written there."""
    references = lookups.references(certificate_ids)
    named = filter(None, map(mails.numbered, references))
    waiting = Order.objects.filter(number__in=list(named), state=OrderState.ISSUING.value)
    for number in waiting.order_by("number").values_list("number", flat=True):
        issuing.settle(number, at)


@transaction.atomic
def _strike(certificate_ids: Collection[int], incident: Incident, at: datetime) -> BatchRevoked:
    orders = _locked(certificate_ids)
    unrevoked = Product.objects.filter(order__in=[row.pk for row in orders], revoked_at=None)
    products = list(unrevoked.select_for_update().order_by("pk").only(*PRODUCT))
    waiting = [row for row in orders if row.state == OrderState.AVAILABLE.value]
    first = _take_numbers(len(products))  # before the journal's lock, as `place`
    found = authority.revoke_batch(
        certificate_ids=certificate_ids, reason=incident.reason, by=incident.by, at=at
    )
    follow = _Following(incident, _standing(found), {row.pk: row for row in orders}, at)
    journal.record_many([*follow.products(products, first), *follow.orders(waiting)])
    struck = [product.order_id for product in products] + [row.pk for row in waiting]
    notices = (RevocationNotice(order_id=pk, incident=incident.key, at=at) for pk in struck)
    RevocationNotice.objects.bulk_create(notices, ignore_conflicts=True)
    return found


PRODUCT: Final = ("number", "order_id", "certificate_id", "serial_hex")
ORDER: Final = ("number", "state", "language", "certificate_id")


def _locked(certificate_ids: Collection[int]) -> list[Order]:
    rows = Order.objects.filter(certificate_id__in=certificate_ids).order_by("pk")
    return list(rows.select_for_update().only(*ORDER))


def _take_numbers(count: int) -> int:
    """The first of so many request numbers, without a gap."""
    return numbers.take(numbers.ORDERS, count) if count else 0


def _standing(found: BatchRevoked) -> Mapping[int, Revocation]:
    """When and why each certificate was revoked, now or before."""
    before = lookups.revocations(found.already)
    return {one.certificate_id: one for one in (*found.done, *before)}


@dataclass(frozen=True, slots=True)
class _Following:
    """What becomes of products and orders, and what the journal is told of it."""

    incident: Incident
    revoked: Mapping[int, Revocation]
    by_order: Mapping[int, Order]
    at: datetime

    def products(self, rows: Sequence[Product], first: int) -> Iterator[Told]:
        """Number the requests of revocation from `first` on."""
        adapt = connection.ops.adapt_datetimefield_value
        values: list[Any] = []
        for number, row in enumerate(rows, start=first):
            done = self.revoked[row.certificate_id]
            motive = MOTIVES_OF.get(done.reason, "")
            label = operator_label(self.by_order[row.order_id].language)
            values += (row.pk, number, adapt(done.revoked_at), label, str(motive))
            yield Told(
                Event.PRODUCT_REVOKED,
                subject=f"product:{row.number}",
                actor=self.incident.by,
                at=self.at,
                facts={"request": number, "motive": motive, "serial": row.serial_hex},
            )
        if rows:
            with connection.cursor() as cursor:
                row_values = ", ".join(len(rows) * ["(%s, %s, %s, %s, %s)"])
                cursor.execute(UPDATE + row_values + WHERE, values)

    def orders(self, rows: Sequence[Order]) -> Iterator[Told]:
        """A certificate revoked before its withdrawal can no longer be withdrawn."""
        for row in rows:
            state = ORDERS.next(OrderState(row.state), OrderAct.REVOKE).value
            Order.objects.filter(pk=row.pk).update(state=state, ended_at=self.at)
            yield Told(Event.ORDER_REVOKED, mails.about(row.number), self.incident.by, self.at)
