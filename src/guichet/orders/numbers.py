"""Series of numbers people quote on the phone: without a gap, taken under a lock."""

from typing import Final

from guichet.orders.models import Counter

ORDERS: Final = "orders"  # orders and revocation requests, as in the deck
PRODUCTS: Final = "products"
BEFORE_FIRST: Final = {ORDERS: 101_179, PRODUCTS: 50_000}


def lock(series: str) -> Counter:
    """Lock the series until the caller's transaction ends."""
    row, _first = Counter.objects.select_for_update().get_or_create(
        series=series, defaults={"last": BEFORE_FIRST[series]}
    )
    return row


def take(series: str, count: int = 1) -> int:
    """The next number, the first of `count` that follow each other, in the caller's transaction."""
    row = lock(series)
    first = row.last + 1
    row.last += count
    row.save(update_fields=["last"])
    return first
