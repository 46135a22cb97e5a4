"""A client of clamd: one file a connection, streamed (clamd(8), INSTREAM)."""

import socket
import struct
from contextlib import suppress
from typing import BinaryIO, Final
from urllib.parse import urlsplit

TIMEOUT_S: Final = 30.0
CHUNK: Final = 64 * 1024
ANSWER_AT_MOST: Final = 4096
DEFAULT_PORT: Final = 3310


class AntivirusUnavailable(Exception):  # noqa: N818 a state of the service, met every day
    """clamd does not answer; the same file may be tried again later."""


class ScanFailed(Exception):  # noqa: N818
    """clamd answered, but could not tell of this file."""


def scan(address: str, stream: BinaryIO) -> str:
    """Have a file examined at "tcp://host:port" or "unix:/path"; the name of what was found.

    An empty answer is a clean file. Raises AntivirusUnavailable, ScanFailed.
    """
    try:
        with _connect(address) as connection:
            with suppress(BrokenPipeError):  # it stopped listening: its answer tells why
                connection.sendall(b"zINSTREAM\0")
                while chunk := stream.read(CHUNK):
                    connection.sendall(struct.pack("!L", len(chunk)) + chunk)
                connection.sendall(struct.pack("!L", 0))
            answer = _answer(connection)
    except OSError as fault:
        raise AntivirusUnavailable(str(fault)) from fault
    if not answer:
        raise AntivirusUnavailable("the connection was closed without an answer")
    if answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")[:200]
    if answer == "stream: OK":
        return ""
    raise ScanFailed(answer[:200])


def _connect(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(TIMEOUT_S)
        try:
            connection.connect(parts.path)
        except OSError:
            connection.close()
            raise
        return connection
    target = (parts.hostname or "127.0.0.1", parts.port or DEFAULT_PORT)
    return socket.create_connection(target, timeout=TIMEOUT_S)


def _answer(connection: socket.socket) -> str:
    """Everything until the NUL that ends a reply to a z command."""
    told = b""
    while not told.endswith(b"\0") and len(told) < ANSWER_AT_MOST:
        more = connection.recv(ANSWER_AT_MOST)
        if not more:
            break
        told += more
    return told.rstrip(b"\0\n").decode("utf-8", "replace")
