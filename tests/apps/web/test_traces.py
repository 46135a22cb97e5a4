"""Traces: sent to a collector where they are wanted, and nothing of them where they are not."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.web import traces
from kit import loopback

received: list[bytes] = []


class Collector(loopback.Handler):
    """As an OpenTelemetry collector."""

    def reply(self, body: bytes | None) -> None:
        received.append(body or b"")
        self.answer(200, "application/x-protobuf", b"")


@pytest.fixture
def _collected() -> Iterator[None]:
    received.clear()
    with loopback.serving(Collector) as address:
        traces.start(address)
        yield
        traces.start("")


@pytest.mark.usefixtures("_collected")
def test_a_collector_gets_spans(visitor, db) -> None:
    """A request by its route, and what the journal was told within a span; no address, nobody."""
    visitor.get("/aide/?mail=a@b.fr")
    with traces.span("sign", requests=3), transaction.atomic():
        journal.record(Event.LOGGED_IN, subject="account:1", actor="a@b.fr", at=timezone.now())
    traces.flush()
    sent = [ExportTraceServiceRequest.FromString(body) for body in received]
    spans = [
        span for one in sent for r in one.resource_spans for s in r.scope_spans for span in s.spans
    ]
    told = {span.name: {a.key: a.value for a in span.attributes} for span in spans}
    assert told["request"]["http.route"].string_value == "aide/"
    assert told["request"]["http.response.status_code"].int_value == 200
    assert told["sign"]["requests"].int_value == 3
    (sign,) = [span for span in spans if span.name == "sign"]
    assert [event.name for event in sign.events] == ["logged-in"]
    assert b"a@b.fr" not in b"".join(received)


def test_nothing_is_loaded_where_none_is_wanted() -> None:
    """Off, a span is one object for all, and OpenTelemetry is not imported."""
    code = (
        "import sys; from guichet.web import traces; traces.start('')\n"
        "with traces.span('x') as span: span.set_attribute('a', 1); traces.note('e')\n"
        "assert span is traces.NOTHING\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_extra_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wanted and not installed: said at once, with what to install."""
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(traces.MissingExtraError, match=r"requirements/otel\.txt"):
        traces.start("http://127.0.0.1:4318")
