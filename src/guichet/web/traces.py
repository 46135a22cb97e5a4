"""Traces by OpenTelemetry, where they are wanted: GUICHET_OTEL_ENDPOINT and the extra "otel".

Without an endpoint nothing of OpenTelemetry is loaded, and a span costs a comparison. Spans hold
no personal data: routes, counts, kinds of events.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, Final, Protocol

SERVICE: Final = "guichet"
TRACES: Final = "/v1/traces"
NEEDED: Final = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http")
INSTALL: Final = "pip install --require-hashes -r requirements/otel.txt"
MISSING: Final = f"GUICHET_OTEL_ENDPOINT is set and OpenTelemetry is not installed: {INSTALL}"
Attribute = str | int | float | bool


class MissingExtraError(Exception):
    """Traces are wanted, and what sends them is not installed; the message says what to do."""


class Span(Protocol):
    """What is measured, while it lasts."""

    def set_attribute(self, key: str, value: Attribute) -> None:
        """Tell more of it."""

    def add_event(self, name: str) -> None:
        """Something happened within it."""


class _Nothing:
    """No trace is wanted."""

    def set_attribute(self, key: str, value: Attribute) -> None:
        """Nothing."""

    def add_event(self, name: str) -> None:
        """Nothing."""


NOTHING: Final = _Nothing()
_provider: Any = None
_tracer: Any = None


def lacks(endpoint: str) -> bool:
    """Whether traces are wanted, by an endpoint, and what sends them is not installed."""
    try:
        return bool(endpoint) and None in map(find_spec, NEEDED)
    except ModuleNotFoundError:
        return True


def start(endpoint: str) -> None:
    """Send spans to this OTLP/HTTP endpoint ("http://collector:4318") from here on; "" sends none.

    Raises MissingExtraError.
    """
    global _tracer, _provider  # noqa: PLW0603 one tracer a process
    if _provider is not None:
        _provider.shutdown()
    _tracer = _provider = None
    if not endpoint:
        return
    if lacks(endpoint):
        raise MissingExtraError(MISSING)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 an extra
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    _provider = TracerProvider(resource=Resource.create({"service.name": SERVICE}))
    sender = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + TRACES)
    _provider.add_span_processor(BatchSpanProcessor(sender))
    _tracer = _provider.get_tracer(SERVICE)


def flush() -> None:
    """Send now what waits to be sent."""
    if _provider is not None:
        _provider.force_flush()


@contextmanager
def span(name: str, **attributes: Attribute) -> Iterator[Span]:
    """Measure the block as a span, within the one that is open, if any."""
    if _tracer is None:
        yield NOTHING
        return
    with _tracer.start_as_current_span(name, attributes=attributes) as opened:
        yield opened


def note(event: str) -> None:
    """Tell within the open span that this happened: the journal's events."""
    if _tracer is None:
        return
    from opentelemetry import trace  # noqa: PLC0415 an extra

    trace.get_current_span().add_event(event)
