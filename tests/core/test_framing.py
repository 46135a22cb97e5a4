"""Bodies whose length no header tells, or tells wrongly (RFC 9112 §6 and §7)."""

import io
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from cheroot.errors import MaxSizeExceeded
from cheroot.server import ChunkedRFile, KnownLengthRFile
from gunicorn.http.errors import InvalidChunkSize

from guichet.processes import framing

CHUNKS = b"4\r\nWiki\r\n6;x=y\r\npedia \r\n0\r\n\r\n"


class Reading:
    """An application that reads as much as it is told there is, as Django does."""

    def __init__(self) -> None:
        self.read: bytes | OSError = b""
        self.length = ""

    def __call__(self, environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        self.length = environ.get("CONTENT_LENGTH", "")
        try:
            self.read = io.BufferedReader(environ["wsgi.input"]).read(int(self.length or 0))
        except OSError as fault:
            self.read = fault
        return [b"done"]


def answered(body: Any, **headers: str) -> Reading:
    """What the application was given of a request."""
    inner = Reading()
    environ = {"wsgi.input": body, **headers}
    assert framing.framed(inner)(environ, lambda *_: None) == [b"done"]
    assert environ["wsgi.input"] is body, "what is left is read by whoever serves"
    return inner


def chunked(octets: bytes) -> Reading:
    body = ChunkedRFile(io.BytesIO(octets), maxlen=100_000_000)
    return answered(body, HTTP_TRANSFER_ENCODING="gzip, Chunked", CONTENT_LENGTH="3")


def test_chunks_are_put_together() -> None:
    """The coding prevails over a length (§6.3)."""
    told = chunked(CHUNKS)
    assert (told.read, told.length) == (b"Wikipedia ", "10")


@pytest.mark.parametrize("octets", [b"zz\r\n", b"4\r\nWikipedia", b""])
def test_chunks_that_are_none_cannot_be_read(octets: bytes) -> None:
    assert isinstance(chunked(octets).read, OSError)


@pytest.mark.parametrize("fault", [InvalidChunkSize(b"z"), MaxSizeExceeded(), OSError("cut")])
def test_whatever_servers_raise(fault: Exception) -> None:
    class Broken(io.RawIOBase):
        def read(self, _size: int = -1) -> bytes:
            raise fault

    assert isinstance(answered(Broken(), HTTP_TRANSFER_ENCODING="chunked").read, OSError)


def test_no_more_is_kept_than_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LARGEST", 100_000)
    body = io.BytesIO(b"a" * 10_000_000)
    assert isinstance(answered(body, HTTP_TRANSFER_ENCODING="chunked").read, OSError)
    assert 100_000 < body.tell() < 200_000


@pytest.mark.parametrize("length", ["-5", "+5", "5 ", "1_0", "٥", "five"])
def test_a_length_that_is_none(length: str) -> None:
    body = KnownLengthRFile(io.BytesIO(b"abcdef"), 5)
    assert isinstance(answered(body, CONTENT_LENGTH=length).read, OSError)


@pytest.mark.parametrize("headers", [{}, {"CONTENT_LENGTH": ""}, {"CONTENT_LENGTH": "4"}])
def test_other_bodies_are_left_alone(headers: dict[str, str]) -> None:
    given: list[dict[str, Any]] = []
    body = io.BytesIO(b"Wiki")

    def inner(environ: dict[str, Any], _start: Callable[..., Any]) -> list[bytes]:
        given.append(environ)
        return []

    framing.framed(inner)({"wsgi.input": body, **headers}, lambda *_: None)
    assert given[0]["wsgi.input"] is body


def test_an_answer_to_head_is_closed_as_any_other() -> None:
    """What it holds is let go (PEP 3333), and only then is it empty."""

    class Answer(list[bytes]):
        closed = False

        def close(self) -> None:
            self.closed = True

    found = Answer([b"body"])
    application = framing.bodiless(lambda _environ, _start: found)
    assert application({"REQUEST_METHOD": "GET"}, lambda *_: None) is found
    assert not found.closed
    assert list(application({"REQUEST_METHOD": "HEAD"}, lambda *_: None)) == []
    assert found.closed
