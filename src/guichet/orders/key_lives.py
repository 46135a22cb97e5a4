"""What happened to the keys of an order: replaced before its withdrawal, proved after it."""

from dataclasses import dataclass
from datetime import datetime

from guichet.journal import queries as journal
from guichet.journal.events import Event
from guichet.orders import mails
from guichet.orders.models import KeyProof


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLife:
    """When keys were replaced, and when and by whom the product's was first proved."""

    replaced_at: tuple[datetime, ...] = ()
    proved_at: datetime | None = None
    proved_by: str = ""


def key_life(order_number: int, attempt: int) -> KeyLife:
    """Read it. `attempt`: how many keys the order had; the first needs no look into the journal."""
    replaced: tuple[datetime, ...] = ()
    if attempt > 1:
        entries = journal.entries_about(mails.about(order_number))
        replaced = tuple(e.at for e in entries if e.event == Event.ORDER_REKEYED)
    proof = KeyProof.objects.filter(product__order__number=order_number).first()
    if proof is None:
        return KeyLife(replaced_at=replaced)
    return KeyLife(replaced_at=replaced, proved_at=proof.at, proved_by=proof.by)
