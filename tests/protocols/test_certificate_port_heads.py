"""The ports that ask for a certificate: requests that two servers could read as two things."""

from pathlib import Path

import pytest
from certificate_port import LAST, all_of, connected, made_files, reading, serving

from guichet.processes import requests
from guichet.processes.application import draining
from guichet.processes.framing import framed

POST = b"POST / HTTP/1.1\r\n"
HOST = b"Host: a\r\n"
NONE = b"0\r\n\r\n"

AMBIGUOUS = {
    "length and chunks": HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + NONE,
    "two lengths": HOST + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\nabcde",
    "two codings": HOST + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n" + NONE,
    "signed length": HOST + b"Content-Length: +5\r\n\r\nabcde",
    "negative length": HOST + b"Content-Length: -1\r\n\r\n",
    "length of Python": HOST + b"Content-Length: 1_0\r\n\r\nabcdefghij",
    "space before colon": HOST + b"Content-Length : 5\r\n\r\nabcde",
    "coding, space": HOST + b"Transfer-Encoding : chunked\r\n\r\n" + NONE,
    "folded": HOST + b"Transfer-Encoding:\r\n chunked\r\n\r\n" + NONE,
    "bare CR": HOST + b"X: y\rContent-Length: 5\r\n\r\n",
    "NUL": HOST + b"X: a\0b\r\n\r\n",
    "two hosts": HOST + b"Host: b\r\n\r\n",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 and its key."""
    return made_files(tmp_path_factory.mktemp("server"))


@pytest.mark.parametrize("head", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_what_frames_a_request_in_two_ways_is_refused(
    files: tuple[Path, Path], head: bytes
) -> None:
    """RFC 9112 §3.2, §5.1, §5.2, §6.3: 400, and nothing that follows is answered."""
    with serving(files, draining(framed(reading))) as (port, logged), connected(port) as client:
        client.sendall(POST + head + LAST)
        answer = all_of(client)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert logged == []


def test_a_head_has_a_size(files: tuple[Path, Path]) -> None:
    """Memory is not the client's to fill before it said who it is."""
    sent = b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"x" * requests.MAX_HEAD_BYTES * 2
    with serving(files, draining(framed(reading))) as (port, logged), connected(port) as client:
        client.settimeout(5)
        client.sendall(sent)
        answer = client.recv(4096)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert logged == []


def test_a_head_has_a_time(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads are few: no client keeps one by sending its head piece by piece."""
    monkeypatch.setattr(requests, "HEAD_S", 0.2)
    with serving(files, draining(framed(reading))) as (port, logged), connected(port) as client:
        client.settimeout(5)
        client.sendall(POST)
        assert client.recv(4096).startswith(b"HTTP/1.1 408 ")
    assert logged == []


def test_a_body_has_a_time(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same of a body, whose reader is told that it was cut."""
    monkeypatch.setattr(requests, "BODY_S", 0.2)
    with serving(files, draining(framed(reading))) as (port, logged), connected(port) as client:
        client.settimeout(5)
        client.sendall(POST + HOST + b"Content-Length: 100\r\n\r\nhalf")
        answer = all_of(client)
    assert answer.endswith(b"cut")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert logged == []
