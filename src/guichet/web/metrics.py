"""Prometheus figures of this process, and of those that share theirs with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from guichet.domain.refusals import Refusal
from guichet.web import shared_metrics

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
REQUESTS = Counter(
    "guichet_requests",
    "Requests answered, by listener, method, route and status",
    ["listener", "method", "route", "status"],
    registry=REGISTRY,
)
SECONDS = Histogram(
    "guichet_request_seconds", "Time to answer a request", ["listener"], registry=REGISTRY
)
REFUSALS = Counter(
    "guichet_refusals",
    "Refusals answered, by what was spoken (page, api, acme, est) and by code",
    ["spoken", "code"],
    registry=REGISTRY,
)
_REGISTERED = list[Collector]()
READ = list[Collector]()
"""What is read at each scrape, and the same whoever reads it."""
SPOKEN = (("/acme/", "acme"), ("/.well-known/est/", "est"), ("/api/", "api"))
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def register(collector: Collector) -> None:
    """Add an app's figures, collected at each scrape; those that are there stay as they are."""
    if collector in _REGISTERED:
        return
    REGISTRY.register(collector)
    _REGISTERED.append(collector)
    if not isinstance(collector, MetricWrapperBase):
        READ.append(collector)


def observe(request: HttpRequest, status: int, seconds: float) -> None:
    """Counts one answer. Labels come from closed lists: a visitor cannot make new ones."""
    listener = listener_of(request)
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(listener, method, route_of(request), str(status)).inc()
    SECONDS.labels(listener).observe(seconds)


def count_refusal(request: HttpRequest, refusal: Refusal) -> None:
    """Counts one refusal, under the code of its first objection."""
    spoken = next((name for start, name in SPOKEN if request.path.startswith(start)), "page")
    REFUSALS.labels(spoken, refusal.code.value).inc()


def listener_of(request: HttpRequest) -> str:
    """Which listener was asked: "portal", "card", "bench"."""
    return str(request.META.get("guichet.listener", "portal"))


def route_of(request: HttpRequest) -> str:
    """The pattern of the address asked, which names no thing and nobody; "none" without one."""
    match = request.resolver_match
    return str(match.route) if match else "none"


def exposition() -> bytes:
    """All figures in Prometheus' text format, of every process that shares them."""
    shared = shared_metrics.folder()
    if shared is None:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(shared))  # type: ignore[no-untyped-call]
    for collector in (PlatformCollector(registry=None), Processes(), *READ):
        registry.register(collector)
    return generate_latest(registry)


class Processes(Collector):
    """Memory, processor, open files of each process that shares its figures, by its number."""

    def collect(self) -> Iterator[Metric]:
        """The families of prometheus_client's own, each sample with the label "pid"."""
        families: dict[str, Metric] = {}
        for pid in shared_metrics.pids():
            for told in ProcessCollector(pid=partial(int, pid), registry=None).collect():
                family = families.setdefault(
                    told.name, Metric(told.name, told.documentation, told.type)
                )
                for sample in told.samples:
                    family.add_sample(sample.name, {"pid": str(pid)}, sample.value)
        yield from families.values()


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure read at each scrape: its name without prefix, what it tells, a value by labels."""

    name: str
    words: str
    labels: tuple[str, ...] = ()
    values: Mapping[tuple[str, ...], float] = field(default_factory=dict)


def one(name: str, words: str, value: float) -> Gauge:
    """A figure without labels."""
    return Gauge(name, words, (), {(): value})


@dataclass(frozen=True)
class Gauges(Collector):
    """An app's figures, by a function of the instant; nothing while the database is away."""

    read: Callable[[datetime], Iterable[Gauge]]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One family a figure."""
        try:
            found = tuple(self.read(timezone.now()))
        except (DatabaseError, ImproperlyConfigured):
            return
        for gauge in found:
            family = GaugeMetricFamily(f"guichet_{gauge.name}", gauge.words, labels=gauge.labels)
            for labels, value in gauge.values.items():
                family.add_metric(labels, value)
            yield family


def age(since: datetime | None, at: datetime) -> float:
    """Seconds since an instant; 0 where there is none."""
    return max(0.0, (at - since).total_seconds()) if since else 0.0
