"""A receiver of webhooks on this machine, over HTTP or HTTPS, and an independent judge of them."""

import base64
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kit import loopback

PREFIX = "whsec_"


@dataclass(frozen=True)
class Received:
    """One request: its headers by name in lower case, and its body."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Receiver:
    """What came, in order, and how it is answered: `statuses` in turn, then 204.

    What holds `never` is answered 422. `held`: an answer waits for `release`; `arrived` says that
    a request came, `complete` that `wanted` did.
    """

    url: str = ""
    received: list[Received] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    never: bytes = b""
    held: bool = False
    arrived: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)
    wanted: int = 1
    complete: threading.Event = field(default_factory=threading.Event)


@contextmanager
def receiving(trust: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver while it listens; `trust` holds the certificate it presents."""
    receiver = Receiver()
    handler = type("Handler", (_Handler,), {"receiver": receiver})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    scheme = "http"
    if trust is not None:
        server.socket = trust.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    receiver.url = f"{scheme}://localhost:{server.server_port}/guichet"
    with loopback.running(server):
        try:
            yield receiver
        finally:
            receiver.release.set()


@contextmanager
def saying(said: bytes | None) -> Iterator[str]:
    """The address of a server that says one thing and hangs up; None: an endless header."""
    over = threading.Event()

    def serve() -> None:
        with suppress(OSError), listening.accept()[0] as connection:
            connection.settimeout(5)
            connection.recv(65536)
            connection.sendall(said if said is not None else b"HTTP/1.1 200 OK\r\nX: ")
            while said is None and not over.wait(0.02):
                connection.sendall(b"a")
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass  # closed with something unread, it would be reset

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            over.set()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.receiver.received.append(Received(self.path, headers, body))
        self.receiver.arrived.set()
        if len(self.receiver.received) >= self.receiver.wanted:
            self.receiver.complete.set()
        if self.receiver.held:
            self.receiver.release.wait(60)
        self.send_response(self._status(body))
        for name, value in self.receiver.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.receiver.body)

    def log_message(self, *_: Any) -> None:
        """What is received is the test's to tell."""

    def _status(self, body: bytes) -> int:
        if self.receiver.never and self.receiver.never in body:
            return 422
        return self.receiver.statuses.pop(0) if self.receiver.statuses else 204


def is_signed(received: Received, secret: str) -> bool:
    """Whether one of the signatures is right, as the openssl command counts it."""
    key = base64.b64decode(secret.removeprefix(PREFIX)).hex()
    signed = b".".join(
        (
            received.headers["webhook-id"].encode(),
            received.headers["webhook-timestamp"].encode(),
            received.body,
        )
    )
    command = ["openssl", "mac", "-digest", "SHA256", "-macopt", f"hexkey:{key}", "-binary", "HMAC"]
    made = subprocess.run(command, input=signed, capture_output=True, check=True).stdout
    expected = "v1," + base64.b64encode(made).decode()
    return expected in received.headers["webhook-signature"].split(" ")
