"""Prometheus figures of freshness, read from the watchdog's last round at each scrape."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from guichet.domain.freshness import Reading
from guichet.validation import queries


@dataclass(frozen=True)
class FreshnessCollector(Collector):
    """Points, delays and alarms; nothing while the database is away."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Six gauges by point, one by kind of delay, one by rule."""
        at = timezone.now()
        try:
            readings, delays = queries.last_readings(), queries.delays(at)
            rules = queries.open_rules()
        except DatabaseError:
            return
        yield from _of_points(readings, at)
        family = GaugeMetricFamily(
            "guichet_visibility_seconds",
            "From a revocation to the moment OCSP or a list tells it, over 24 hours",
            labels=["by", "which"],
        )
        for by, found in zip(("ocsp", "list"), delays, strict=True):
            if found is not None:
                family.add_metric([by, "last"], found.last / 1000)
                family.add_metric([by, "worst"], found.worst / 1000)
        yield family
        alarms = GaugeMetricFamily("guichet_alarms", "Alarms raised, by rule", labels=["rule"])
        for rule, count in rules.items():
            alarms.add_metric([rule.value], count)
        yield alarms


def _of_points(readings: tuple[Reading, ...], at: datetime) -> Iterator[GaugeMetricFamily]:
    described = {
        "age_seconds": "Since what is served was made",
        "next_update_seconds": "Until what is served is over",
        "number": "Number of the list",
        "size_bytes": "Octets served",
        "fetch_ok": "Whether the last fetch test went well",
        "fetch_seconds": "How long the last fetch test took",
    }
    families = {
        name: GaugeMetricFamily(f"guichet_point_{name}", words, labels=["point"])
        for name, words in described.items()
    }
    for reading in readings:
        for name, value in _figures(reading, at):
            families[name].add_metric([reading.point.name], value)
    yield from families.values()


def _figures(reading: Reading, at: datetime) -> Iterator[tuple[str, float]]:
    content = reading.content
    if content.this_update is not None:
        yield "age_seconds", (at - content.this_update).total_seconds()
    if content.next_update is not None:
        yield "next_update_seconds", (content.next_update - at).total_seconds()
    if content.number is not None:
        yield "number", content.number
    yield "size_bytes", reading.size
    yield "fetch_ok", reading.problem is None
    yield "fetch_seconds", reading.fetch_ms / 1000
