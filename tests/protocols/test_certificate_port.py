"""The server of the ports that ask for a certificate, over real sockets: rude clients."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from certificate_port import LAST, all_of, connected, made_files, reading, serving

from guichet.processes import serve
from guichet.processes.application import draining
from guichet.processes.framing import bodiless, framed

BODY = b"x" * 10_000_000


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 and its key."""
    return made_files(tmp_path_factory.mktemp("server"))


def too_large(environ: Any, start_response: Any) -> list[bytes]:
    """An application that answers without reading what was sent."""
    start_response("413 Content Too Large", [("Content-Length", "5")])
    return [b"large"]


def refused(environ: Any, start_response: Any) -> list[bytes]:
    """The same, and the connection may be kept: cheroot closes it after any 413."""
    start_response("422 Unprocessable Content", [("Content-Length", "5")])
    return [b"wrong"]


@pytest.mark.parametrize("keeps", ["close", "keep-alive"])
def test_an_answer_to_unread_megabytes_arrives(files: tuple[Path, Path], keeps: str) -> None:
    """A client that writes all it has before it reads gets the 413, not a broken connection."""
    head = (
        f"POST / HTTP/1.1\r\nHost: a\r\nConnection: {keeps}\r\nContent-Length: {len(BODY)}\r\n\r\n"
    )
    with serving(files, draining(too_large)) as (port, logged), connected(port) as client:
        client.sendall(head.encode() + BODY)
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")
    assert logged == []


def test_a_connection_kept_serves_the_next_request(files: tuple[Path, Path]) -> None:
    """What was drained is not taken for the next request."""
    head = f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
    with serving(files, draining(refused)) as (port, _logged), connected(port) as client:
        for _turn in range(2):
            client.sendall(head + BODY)
            answer = b""
            while not answer.endswith(b"wrong"):
                answer += client.recv(4096)
            assert answer.count(b"HTTP/1.1 422 ") == 1


def cut_before_the_handshake(port: int) -> None:
    socket.create_connection(("127.0.0.1", port)).close()


def cut_in_the_handshake(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(bytes.fromhex("1603010200010001fc0303"))


def cut_after_the_handshake(port: int) -> None:
    client = connected(port)
    socket.socket(fileno=client.detach()).close()


def cut_in_a_request(port: int) -> None:
    client = connected(port)
    client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
    socket.socket(fileno=client.detach()).close()


@pytest.mark.parametrize(
    "cut",
    [
        cut_before_the_handshake,
        cut_in_the_handshake,
        cut_after_the_handshake,
        cut_in_a_request,
    ],
)
def test_a_client_that_goes_without_a_word_is_no_fault(
    files: tuple[Path, Path], cut: Callable[[int], None]
) -> None:
    """The end of the stream, wherever it comes; nothing in the log, and others are served."""
    with serving(files, draining(too_large)) as (port, logged):
        cut(port)
        with connected(port) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            assert client.recv(4096).startswith(b"HTTP/1.1 413 ")
    assert logged == []


def test_a_body_by_chunks_is_read_and_the_next_request_served(files: tuple[Path, Path]) -> None:
    """RFC 9112 §7.1: whoever speaks HTTP/1.1 reads chunks."""
    sent = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    with serving(files, draining(framed(reading))) as (port, logged), connected(port) as client:
        client.sendall(sent + b"4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n" + LAST)
        answer = all_of(client)
    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert b"Wikipedia" in answer
    assert logged == []


CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n0\r\n"


@pytest.mark.parametrize("trailers", [b"", b"Digest: a\r\n", b"A: 1\r\nB: 2\r\n"])
def test_trailers_are_not_taken_for_the_next_request(
    files: tuple[Path, Path], trailers: bytes
) -> None:
    """RFC 9112 §7.1.2: they end with an empty line, and the connection is kept."""
    with serving(files, draining(framed(reading))) as (port, logged), connected(port) as client:
        client.sendall(CHUNKED + trailers + b"\r\n" + LAST)
        answer = all_of(client)
    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert answer.count(b"HTTP/1.1 ") == 2
    assert logged == []


@pytest.mark.parametrize("end", [b"no trailer\r\n\r\n", b"A: 1\n\n"])
def test_trailers_that_are_none_close_the_connection(files: tuple[Path, Path], end: bytes) -> None:
    """What follows them might be anything: nothing of it is answered."""
    with serving(files, draining(framed(reading))) as (port, logged), connected(port) as client:
        client.sendall(CHUNKED + end + LAST)
        answer = all_of(client)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert logged == []


def test_the_line_of_a_chunk_is_not_read_for_ever(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line without an end is cut as a body is: memory is not the client's to fill."""
    monkeypatch.setattr(serve, "MAX_FRAMED_BYTES", 4096)
    sent = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;"
    with serving(files, draining(framed(reading))) as (port, logged), connected(port) as client:
        client.sendall(sent + b"x" * 5000)
        answer = all_of(client)
    assert answer.endswith(b"cut")
    assert logged == []


def test_head_is_answered_without_a_body(files: tuple[Path, Path]) -> None:
    """Its octets would be the beginning of the next answer on a connection that is kept."""
    head = b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = draining(bodiless(refused))
    with serving(files, answer) as (port, logged), connected(port) as client:
        client.sendall(head + LAST)
        answers = all_of(client).split(b"HTTP/1.1 422 ")
    assert [b"Content-Length: 5" in answer for answer in answers] == [False, True, True]
    assert [answer.endswith(b"wrong") for answer in answers] == [False, False, True]
    assert logged == []


@pytest.mark.parametrize(
    "size", [b"zz\r\n", b"-1\r\n", b"0x4\r\n", b" 4\r\n", b"1_0\r\n", b"4\n", b"4;\n4\r\n"]
)
def test_a_body_without_an_end_is_told_at_once_and_closes(
    files: tuple[Path, Path], size: bytes
) -> None:
    """What follows is not taken for a request (RFC 9112 §7.1); nothing of it is a fault of ours."""
    sent = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + size
    with serving(files, draining(framed(reading))) as (port, logged), connected(port) as client:
        client.settimeout(5)
        client.sendall(sent + b"Wiki\r\n0\r\n\r\n" + LAST)
        answer = all_of(client)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.endswith(b"cut")
    assert logged == []
