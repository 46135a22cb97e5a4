"""Private keys that were sent to us: refused first, journalled, and never certified again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from guichet.authority import operations as authority
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders.models import Order
from guichet.orders.queries import visible_orders
from guichet.x509 import private_keys


@contextmanager
def telling_of_keys(*, sent: bytes, by: Actor, at: datetime) -> Iterator[None]:
    """Read what was sent inside: that it holds private keys is told first, with what else is wrong.

    Raises Refusal(CSR_IS_PRIVATE_KEY) with every objection, whatever the inside says.
    """
    found = burn(sent=sent, by=by, at=at)
    others: tuple[Objection, ...] = ()
    try:
        yield
    except Refusal as refusal:
        if not found:
            raise
        kept = (o for o in refusal.all if o.code is not Code.CSR_IS_PRIVATE_KEY)
        others = tuple(map(_without_key, kept))
    if found:
        raise Refusal(found[0].code, all=(*found, *others))


def burn(*, sent: bytes, by: Actor, at: datetime) -> tuple[Objection, ...]:
    """What to object when private keys were sent; nothing when there is none.

    Of the keys only digests of their public halves are kept, so that no certificate is made for
    them. An objection names each order whose certificate carries one, among those `by` may see.
    """
    found = private_keys.find(sent)
    return _burn(found.spki_sha256s, by, at) if found else ()


@transaction.atomic
def _burn(spki_sha256s: frozenset[str], by: Actor, at: datetime) -> tuple[Objection, ...]:
    carriers = authority.burn_keys(spki_sha256s=spki_sha256s, by=by.ref, at=at)
    facts = {"stored": 0, "read": len(spki_sha256s), "certificates": len(carriers)}
    journal.record(Event.PRIVATE_KEY_RECEIVED, subject=by.ref, actor=by.ref, at=at, facts=facts)
    rows = visible_orders(by, at).filter(certificate_id__in=carriers).order_by("number")
    return (Objection(Code.CSR_IS_PRIVATE_KEY), *map(_in_use, rows))


def _in_use(row: Order) -> Objection:
    """Names the product where there is one: it is what can be revoked."""
    product = (("product", row.product.number),) if hasattr(row, "product") else ()
    return Objection(Code.KEY_IN_USE, (("order", row.number), *product))


def _without_key(objection: Objection) -> Objection:
    """The same, less the facts that quote what was sent."""
    facts = tuple(fact for fact in objection.facts if not private_keys.may_be_in(str(fact[1])))
    return Objection(objection.code, facts)
