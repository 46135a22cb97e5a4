"""The responder behind granian: bodies, HEAD, conditional requests, faults."""

import asyncio
import base64
import logging
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.x509 import ocsp as library
from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # exported by use

from apps.validation.responders import Service, request_for
from guichet.validation import server
from guichet.validation.answers import Validation
from guichet.validation.files import replace
from guichet.validation.server import Connection, application
from guichet.x509 import ocsp
from guichet.x509.ocsp import Good, Revoked
from kit.pki import Pki


@dataclass
class Asked:
    """What granian tells of a request (RSGI)."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    client: str = "127.0.0.1:40000"


@dataclass
class Line:
    """A connection: the body comes in parts, the answer is kept."""

    parts: tuple[bytes, ...] = ()
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    read: int = 0

    async def __call__(self) -> bytes:
        self.read += len(self.parts)
        return b"".join(self.parts)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            self.read += 1
            yield part

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, dict(headers)

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, dict(headers), body

    def response_file(self, status: int, headers: list[tuple[str, str]], file: str) -> None:
        self.response_bytes(status, headers, Path(file).read_bytes())


Ask = Callable[..., Line]


@pytest.fixture
def service(bare: Service, today: Pki) -> Service:
    """As the conftest's, by the machine's clock: a worker reads no other. Not opened yet."""
    bare.pki = today
    bare.publish_authority()
    bare.install_key(at=today.now)
    bare.store(today.leaf(), Good())
    return bare


@pytest.fixture(scope="module")
def today() -> Pki:
    """A hierarchy that is valid now."""
    return Pki(now=datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1))


@pytest.fixture
def ask(service: Service) -> Ask:
    """Send a request to the application of a worker."""
    serve = application(service.published, service.keys)

    def send(path: str, method: str = "GET", *parts: bytes, **headers: str) -> Line:
        line = Line(parts)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        scope: Any = Asked(path, method, named)
        connection: Connection = line
        asyncio.run(serve(scope, connection))
        return line

    return send


def status(line: Line) -> str:
    assert line.body is not None
    response = library.load_der_ocsp_response(line.body)
    name = response.response_status.name
    return response.certificate_status.name if name == "SUCCESSFUL" else name


def test_a_body_in_parts(ask: Ask, service: Service) -> None:
    """As the network brings it."""
    leaf = service.pki.leaf()
    service.store(leaf, Good())
    request = request_for(leaf)
    line = ask("/ocsp", "POST", request[:10], request[10:40], request[40:])
    assert status(line) == "GOOD"
    assert line.headers["content-type"] == "application/ocsp-response"


def test_a_body_longer_than_any_request(ask: Ask) -> None:
    """MALFORMED, before it is all read."""
    part = bytes(ocsp.MAX_REQUEST // 2 + 1)
    line = ask("/ocsp", "POST", part, part, part, part)
    assert status(line) == "MALFORMED_REQUEST"
    assert line.read == 2


def test_the_body_of_a_get_is_not_read(ask: Ask) -> None:
    line = ask("/healthz", "GET", b"whatever")
    assert (line.status, line.body, line.read) == (200, b"ok\n", 0)


def test_answers_are_counted(ask: Ask, service: Service) -> None:
    """By their status, those given from memory too; told to programs of this machine alone."""
    leaf = service.pki.leaf()
    service.store(leaf, Good())
    for _ in range(3):
        ask("/ocsp", "POST", request_for(leaf))
    ask("/ocsp", "POST", b"?")
    ask("/crl/none.crl")
    told = (ask("/metrics").body or b"").decode()
    assert 'guichet_ocsp_answers_total{status="successful"} 3' in told
    assert 'guichet_ocsp_answers_total{status="malformedRequest"} 1' in told
    assert 'guichet_published_files_total{outcome="missing"} 1' in told
    assert ask("/metrics", x_forwarded_for="192.0.2.1").status == 404


def test_head_and_conditional_requests(ask: Ask, service: Service) -> None:
    """RFC 9110 9.3.2 and 13.1.2: the headers of the GET, nothing twice."""
    replace(service.published / "crl" / "X.crl", b"content")
    whole = ask("/crl/X.crl")
    assert (whole.status, whole.body) == (200, b"content")
    head = ask("/crl/X.crl", "HEAD")
    assert (head.status, head.body) == (200, None)
    assert head.headers["etag"] == whole.headers["etag"]
    same = ask("/crl/X.crl", if_none_match=whole.headers["etag"])
    assert (same.status, same.body) == (304, None)
    assert same.headers["etag"] == whole.headers["etag"]
    other = ask("/crl/X.crl", if_none_match='"another"')
    assert (other.status, other.body) == (200, b"content")


LISTED = datetime(2020, 11, 6, 8, 49, 37, tzinfo=UTC)


@pytest.mark.parametrize("path", ["crl/X.crl", "crl/X-delta.crl", "ac/X.cer", "ac/chain.p7c"])
def test_what_has_not_changed_since_is_not_sent_again(
    ask: Ask, service: Service, path: str
) -> None:
    """RFC 9110 13.1.3: by date, in its three forms; If-None-Match goes first (13.2.2)."""
    file = service.published / path
    replace(file, b"content")
    os.utime(file, (LISTED.timestamp(), LISTED.timestamp()))
    told = ask(f"/{path}").headers["last-modified"]
    assert told == "Fri, 06 Nov 2020 08:49:37 GMT"
    later = format_datetime(datetime.now(UTC), usegmt=True)
    for since in (told, "Friday, 06-Nov-20 08:49:37 GMT", "Fri Nov  6 08:49:37 2020", later):
        for method in ("GET", "HEAD"):
            same = ask(f"/{path}", method, if_modified_since=since)
            assert (same.status, same.body) == (304, None), since
            assert same.headers["last-modified"] == told
    other = ask(f"/{path}", if_modified_since=told, if_none_match='"another"')
    assert (other.status, other.body) == (200, b"content")


@pytest.mark.parametrize(
    "since", ["Fri, 06 Nov 2020 08:49:36 GMT", "Fri, 06 Nov 9020 08:49:37 GMT", "never", "1", ""]
)
def test_a_date_before_or_no_date_or_one_to_come_is_answered_whole(
    ask: Ask, service: Service, since: str
) -> None:
    file = service.published / "crl" / "X.crl"
    replace(file, b"content")
    os.utime(file, (LISTED.timestamp(), LISTED.timestamp()))
    assert ask("/crl/X.crl", if_modified_since=since).status == 200


def test_no_date_keeps_an_answer_of_ocsp_back(ask: Ask, service: Service) -> None:
    """What is signed later in the same second may revoke."""
    leaf = service.pki.leaf()
    service.store(leaf, Good())
    path = f"/ocsp/{quote(base64.b64encode(request_for(leaf)).decode(), safe='')}"
    told = ask(path).headers["last-modified"]
    assert ask(path, if_modified_since=told).status == 200


def test_what_is_published_later_is_seen(
    ask: Ask, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker looks again before an answer, at most so many times a second."""
    looks: list[int] = []
    refresh = Validation.refresh
    monkeypatch.setattr(Validation, "refresh", lambda own: (looks.append(1), refresh(own)))
    for _ in range(3):
        ask("/healthz")
    assert len(looks) == 1
    monkeypatch.setattr(server, "REFRESH_S", 0)
    monkeypatch.setattr(server, "monotonic", lambda: monotonic() + 60)
    ask("/healthz")
    assert len(looks) == 2


def test_what_is_asked_over_and_over(
    ask: Ask, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given again without a look, for an instant; a revocation is told right after it."""
    leaf = service.pki.leaf()
    service.store(leaf, Good(), service.pki.now)
    request = request_for(leaf)
    path = "/ocsp/" + base64.b64encode(request).decode()
    length = {"content_length": str(len(request))}
    assert status(ask("/ocsp", "POST", request, **length)) == status(ask(path)) == "GOOD"
    service.store(leaf, Revoked(service.pki.now, None), service.pki.now)
    with monkeypatch.context() as patch:
        patch.setattr(Validation, "answer", None)
        assert status(ask("/ocsp", "POST", request)) == "GOOD"
        again = ask(path)
        assert ask(path, if_none_match=again.headers["etag"]).status == 304
        assert ask(path, "HEAD").body is None
    assert ask("/crl/X.crl", "POST", request).status == 405
    monkeypatch.setattr(server, "monotonic", lambda: monotonic() + server.HOT_S)
    assert status(ask("/ocsp", "POST", request)) == status(ask(path)) == "REVOKED"


def test_what_is_hot_has_an_end(
    ask: Ask, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks about every number fills no memory; failures and nonces are not kept at all."""
    monkeypatch.setattr(server, "HOT_AT_MOST", 2)
    for _ in range(5):
        leaf = service.pki.leaf()
        service.store(leaf, Good(), service.pki.now)
        assert status(ask("/ocsp", "POST", request_for(leaf))) == "GOOD"
        assert status(ask("/ocsp", "POST", request_for(leaf, nonce=b"n" * 9))) == "GOOD"
        assert status(ask("/ocsp", "POST", b"rubbish")) == "MALFORMED_REQUEST"


@pytest.mark.parametrize("length", ["x", "99999999999", "-1", str(ocsp.MAX_REQUEST + 1)])
def test_a_length_that_cannot_be(ask: Ask, length: str) -> None:
    """MALFORMED; nothing is read on its word."""
    line = ask("/ocsp", "POST", b"x" * (ocsp.MAX_REQUEST + 1), content_length=length)
    assert status(line) == "MALFORMED_REQUEST"


def test_a_fault_is_an_answer_too(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """500 and a line in the log: the next request is served."""

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is gone")

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(Validation, "answer", fail)
        line = ask("/ocsp", "POST", b"x")
    assert (line.status, line.body) == (500, b"internal error\n")
    assert "the disk is gone" in caplog.text
    assert ask("/healthz").status == 200


class Gone(Line):
    """A client that goes before all of its body came."""

    async def __call__(self) -> bytes:
        raise ProtocolClosed("RSGI transport is closed")


def test_a_client_that_goes_is_no_fault(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing in the log: anybody can do it as often as he likes."""
    scope: Any = Asked("/ocsp", "POST", {"content-length": "80"})
    line = Gone()
    asyncio.run(application(service.published, service.keys)(scope, line))
    assert status(line) == "MALFORMED_REQUEST"
    assert not caplog.records
