"""Lines of the log: one a request, tied to what people were told, without personal data."""

import io
import json
import logging
import os
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.http import HttpRequest
from django.urls import path

from guichet.conf import urls as portal_urls
from guichet.processes import application as applications
from guichet.web import logs, views

GIVEN = "4f1d2a3b4c5d6e7f8091a2b3c4d5e6f7"
TOKEN = "q" * 43
PERSONAL = ("claire.dumas@hopital.fr", "899700366240", "06 12 34 56 78", "18751275100020", TOKEN)


def failing(_request: HttpRequest, number: int, token: str) -> None:
    raise RuntimeError(
        f"claire.dumas@hopital.fr, 899700366240\nDETAIL: (Dumas) of {number} at /x/{token}/"
    )


urlpatterns = [*portal_urls.urlpatterns, path("faute/<int:number>/<str:token>/", failing)]
handler404, handler500 = views.page_not_found, views.server_error


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the JSON form writes of everything that is logged."""
    told = logs.configuration("json", "INFO")["formatters"]["line"]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(told.pop("()")(**told))
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_fault_is_told_without_who_and_with_its_reference(visitor, lines, settings) -> None:
    """Page, header, fault and line of access name one request; none names a person."""
    settings.ROOT_URLCONF = __name__
    visitor.raise_request_exception = False
    answer = visitor.get(f"/faute/899700366240/{TOKEN}/?mail=claire.dumas@hopital.fr")
    reference = answer["X-Request-Id"]
    assert (answer.status_code, reference in answer.content.decode()) == (500, True)
    fault, access = [line for line in read(lines) if line["level"] != "debug"]
    assert fault["request_id"] == access["request_id"] == reference
    assert (fault["level"], access["event"], access["status"]) == ("error", "request", 500)
    assert fault["route"] == access["route"] == "faute/<int:number>/<str:token>/"
    assert "RuntimeError" in fault["exception"]
    assert access["milliseconds"] >= 0
    for word in (*PERSONAL, "Dumas"):
        assert word not in lines.getvalue()


@pytest.mark.parametrize("word", PERSONAL[:-1])
def test_what_is_swept(word: str) -> None:
    """Whatever stands around it; numbers of things stay."""
    assert word not in logs.swept(f"Key ({word}) of {word}, and “{word}”")
    kept = "order 101180, request 0a1b2c3d-1234-5678-9abc-123456789abc, 2026-11-26T07:54:48.123456Z"
    assert logs.swept(kept) == kept


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [(GIVEN, True), ("claire.dumas@hopital.fr", False), ("a" * 200, False), ("", False)],
)
def test_the_proxy_names_requests(visitor, given: str, is_kept: bool) -> None:
    """What it gives is kept when it is well formed, and nothing else ever is."""
    answer = visitor.get("/healthz", headers={"X-Request-Id": given})
    assert (answer["X-Request-Id"] == given) is is_kept


@pytest.mark.parametrize("behind_proxy", [True, False])
def test_a_client_names_nothing(
    settings, monkeypatch: pytest.MonkeyPatch, behind_proxy: bool
) -> None:
    """Without a proxy the header is a client's: it is dropped before anything reads it."""
    settings.ROOT_URLCONF = "guichet.conf.urls"
    seen: list[Mapping[str, Any]] = []
    monkeypatch.setattr(
        applications,
        "get_wsgi_application",
        lambda: lambda environ, _start: seen.append(environ) or [],
    )
    answer = applications.application("portal", behind_proxy=behind_proxy)
    answer({"HTTP_X_REQUEST_ID": GIVEN, "wsgi.input": io.BytesIO()}, lambda *_: None)
    assert ("HTTP_X_REQUEST_ID" in seen[0]) is behind_proxy


def test_journald_is_told_how_much_a_line_weighs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under systemd alone, whose variable names our descriptor."""
    found = os.fstat(2)
    told = logs.configuration("json", "INFO")["formatters"]["line"]
    record = logging.LogRecord("x", logging.ERROR, "", 0, "wrong", None, None)
    for stream, start in ((f"{found.st_dev}:{found.st_ino}", "<3>{"), ("1:1", "{")):
        monkeypatch.setenv("JOURNAL_STREAM", stream)
        made = {name: value for name, value in told.items() if name != "()"}
        assert logs.Line(**made).format(record).startswith(start)


def test_a_terminal_reads_words(capsys: pytest.CaptureFixture[str]) -> None:
    """No JSON for people; the same sweeping."""
    told = logs.configuration("console", "INFO")["formatters"]["line"]
    line = told.pop("()")(**told)
    record = logging.LogRecord("x", logging.ERROR, "", 0, "to %s", ("a@b.fr",), None)
    said = line.format(record)
    assert "to …@…" in said
    assert not said.startswith("{")
