"""A small HTTP server of this machine, for the length of a test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer
from typing import TypeVar

Server = TypeVar("Server", bound=BaseServer)


class Handler(BaseHTTPRequestHandler):
    """Answers in one go, and tells nobody what it was asked. `reply` is for who uses it."""

    def do_GET(self) -> None:
        self.reply(None)

    def do_POST(self) -> None:
        self.reply(self.rfile.read(int(self.headers["Content-Length"])))

    def reply(self, body: bytes | None) -> None:
        """Answer what is asked; with the body of a POST."""
        raise NotImplementedError

    def answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """What is asked of it is no news."""


@contextmanager
def serving(handler: type[Handler], port: int = 0) -> Iterator[str]:
    """Its address, while it answers; at a free port unless told."""
    with running(ThreadingHTTPServer(("127.0.0.1", port), handler)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """A server that serves from a thread, then is closed."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
