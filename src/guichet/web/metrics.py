"""Prometheus figures of this process."""

from django.http import HttpRequest
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

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
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def register(collector: Collector) -> None:
    """Add an app's figures, collected at each scrape."""
    REGISTRY.register(collector)


def observe(request: HttpRequest, status: int, seconds: float) -> None:
    """Counts one answer. Labels come from closed lists: a visitor cannot make new ones."""
    listener = listener_of(request)
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(listener, method, route_of(request), str(status)).inc()
    SECONDS.labels(listener).observe(seconds)


def listener_of(request: HttpRequest) -> str:
    """Which listener was asked: "portal", "card", "bench"."""
    return str(request.META.get("guichet.listener", "portal"))


def route_of(request: HttpRequest) -> str:
    """The pattern of the address asked, which names no thing and nobody; "none" without one."""
    match = request.resolver_match
    return str(match.route) if match else "none"


def exposition() -> bytes:
    """All figures in Prometheus' text format."""
    return generate_latest(REGISTRY)
