"""Prometheus figures of signing: the queue, and signs of life of those who work on it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from guichet.authority import queue
from guichet.domain.certificates.urgency import Priority
from guichet.web.metrics import Gauge, age, one

Figures = dict[tuple[str, ...], float]
PROCESSES: Final = ("signer", "publisher", "clerk")


def read(at: datetime) -> Iterator[Gauge]:
    """By priority; and the age of each process's sign of life, where it ever gave one."""
    waiting = {row.priority: row for row in queue.waiting()}
    counts: Figures = {
        (p.name.lower(),): float(waiting[p].count) if p in waiting else 0 for p in Priority
    }
    ages: Figures = {
        (p.name.lower(),): age(waiting[p].oldest, at) if p in waiting else 0 for p in Priority
    }
    yield Gauge("signing_waiting", "Signing requests that wait", ("priority",), counts)
    yield Gauge("signing_oldest_seconds", "Since when the oldest waits", ("priority",), ages)
    yield one("signing_set_aside", "Signing requests left to an operator", queue.count_set_aside())
    seen = {(name,): _seen(name, at) for name in PROCESSES}
    yield Gauge(
        "heartbeat_age_seconds",
        "Since a process last said that it works",
        ("process",),
        {labels: value for labels, value in seen.items() if value is not None},
    )


def _seen(name: str, at: datetime) -> float | None:
    file: Path = settings.GUICHET.state / "run" / f"{name}.heartbeat"
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    return age(datetime.fromtimestamp(int(text), UTC), at) if text.isdigit() else None
