"""Prometheus figures of the outbox."""

from collections.abc import Iterator
from datetime import datetime

from guichet.notifications import queries
from guichet.web.metrics import Gauge, age, one


def read(at: datetime) -> Iterator[Gauge]:
    """E-mails that wait, and since when the oldest does."""
    yield one("mails_waiting", "E-mails that wait to be sent", queries.waiting())
    oldest = age(queries.oldest_waiting(), at)
    yield one("mails_oldest_seconds", "Since when the oldest of them waits", oldest)
