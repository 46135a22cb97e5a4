"""Prometheus figures of sessions."""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.sessions.models import Session

from guichet.web.metrics import Gauge, one


def read(at: datetime) -> Iterator[Gauge]:
    """Sessions that are not over, logged in or not."""
    yield one(
        "sessions", "Sessions that are not over", Session.objects.filter(expire_date__gt=at).count()
    )
