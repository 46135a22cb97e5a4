"""Prometheus figures of orders: what is under way, since when, and how long issuance takes."""

from collections.abc import Iterator
from datetime import datetime
from threading import Lock
from typing import Final

from django.db.models import Count, Min
from prometheus_client import Histogram

from guichet.domain.orders.states import OrderState
from guichet.orders.models import Order
from guichet.web.metrics import Gauge, age
from guichet.web.shared_metrics import Teller

# What has ended is counted by day elsewhere: a park of a million is not counted at each scrape.
UNDER_WAY: Final = (OrderState.ISSUING, OrderState.AVAILABLE)
BUCKETS: Final = (1, 2, 5, 10, 30, 60, 300, 900, 3600)
READ_AT_MOST: Final = 5000
LATENCY: Final = Histogram(
    "guichet_issuance_seconds",
    "From an order to its certificate being available, since this process started",
    buckets=BUCKETS,
    registry=None,
)


class Issuances:
    """Adds to the histogram what became available since the last scrape; one a process.

    Of processes that share their figures, one alone does: they are summed.
    """

    def __init__(self, histogram: Histogram = LATENCY) -> None:
        self._histogram = histogram
        self._lock = Lock()
        self._since: datetime | None = None
        self._teller = Teller()

    def follow(self, at: datetime) -> None:
        """Read what is new. What was there before the first call is no news."""
        with self._lock:
            if not self._teller.is_this():
                return
            if self._since is None:
                self._since = at
                return
            rows = Order.objects.filter(available_at__gt=self._since, available_at__lte=at)
            told = rows.filter(attempt=1).order_by("available_at")
            for placed, available in told.values_list("placed_at", "available_at")[:READ_AT_MOST]:
                if available is not None:
                    self._histogram.observe((available - placed).total_seconds())
                    self._since = available


ISSUANCES: Final = Issuances()


def read(at: datetime) -> Iterator[Gauge]:
    """Two figures, by one query on the index of states; the histogram follows by another."""
    ISSUANCES.follow(at)
    states = [state.value for state in UNDER_WAY]
    rows = Order.objects.filter(state__in=states).values("state")
    found = {
        row["state"]: (row["n"], row["oldest"])
        for row in rows.annotate(n=Count("pk"), oldest=Min("placed_at"))
    }
    counts = {state: found.get(state, (0, None)) for state in states}
    yield Gauge(
        "orders",
        "Orders under way, by state",
        ("state",),
        {(state,): count for state, (count, _) in counts.items()},
    )
    yield Gauge(
        "orders_oldest_seconds",
        "Since when the oldest order of a state was placed",
        ("state",),
        {(state,): age(oldest, at) for state, (_, oldest) in counts.items()},
    )
