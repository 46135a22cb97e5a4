"""Traces: sent to a collector where they are wanted, and nothing of them where they are not."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from typer.testing import CliRunner

from guichet.cli import app
from guichet.conf.environment import Environment
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.processes.doctor import Grade, programs
from guichet.web import traces, watching
from kit import loopback

ENDPOINT: Final = "http://127.0.0.1:4318"
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


@pytest.fixture(params=["opentelemetry", "opentelemetry.sdk.trace"])
def _not_installed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of OpenTelemetry, or its API alone, which other libraries bring."""
    for name in [one for one in sys.modules if one.startswith(request.param)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, request.param, None)
    monkeypatch.setenv("GUICHET_OTEL_ENDPOINT", ENDPOINT)


@pytest.mark.usefixtures("_not_installed")
def test_the_extra_is_asked_for() -> None:
    """Wanted and not installed: said at once, with what to install."""
    with pytest.raises(traces.MissingExtraError, match=r"requirements/otel\.txt"):
        traces.start(ENDPOINT)


@pytest.mark.usefixtures("_not_installed")
@pytest.mark.parametrize("verb", ["signer", "init", "serve portal"])
def test_what_serves_says_it_in_a_sentence(
    verb: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No trace of a fault; nothing was started or made."""
    monkeypatch.setenv("GUICHET_STATE", str(tmp_path / "state"))
    ended = CliRunner().invoke(app, verb.split())
    assert (ended.exit_code, ended.output) == (1, f"{traces.MISSING}\n")
    assert not (tmp_path / "state").exists()


@pytest.mark.usefixtures("_not_installed")
def test_the_doctor_says_it() -> None:
    """As a fault, and where nothing is wanted not at all."""
    wanted = Environment.read({"GUICHET_OTEL_ENDPOINT": ENDPOINT})
    (found,) = [one for one in programs.examine(wanted, timezone.now()) if one.check == "traces"]
    assert found.grade is Grade.FAULT
    assert "requirements/otel.txt" in found.mend
    silent = programs.examine(Environment.read({}), timezone.now())
    assert "traces" not in {one.check for one in silent}


@pytest.mark.usefixtures("_not_installed")
def test_the_doctor_can_be_run(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program is set up without traces: what must not run without has refused before."""
    monkeypatch.setattr(watching, "register", lambda _watcher: None)
    settings.GUICHET = Environment.read({"GUICHET_OTEL_ENDPOINT": ENDPOINT})
    apps.get_app_config("web").ready()
    with traces.span("request") as span:
        assert span is traces.NOTHING


def test_settings_that_cannot_be_read_are_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The name of the variable and what it may be, without a trace."""
    monkeypatch.setenv("GUICHET_PORT", "abc")
    ended = CliRunner().invoke(app, ["signer"])
    assert ended.exit_code == 1
    assert ended.output == "GUICHET_PORT: a port from 1 to 65535, not 'abc'\n"
