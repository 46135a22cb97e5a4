"""The responder behind HTTP as relying parties reach it, with faults put on the way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from apps.validation.responders import Service
from kit import loopback
from kit.pki import NOW

Spoil = Callable[[bytes], bytes]


@dataclass
class Front:
    """What is served at `at`; `spoiled` changes bodies by path, `failing` answers by a status."""

    service: Service
    at: datetime = NOW
    spoiled: dict[str, Spoil] = field(default_factory=dict)
    failing: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str, etag: str | None) -> tuple[int, bytes, str]:
        """Status, body and etag of a GET."""
        name = path.split("/")[1] if path.startswith("/ocsp") else path.removeprefix("/")
        if name in self.failing:
            return self.failing[name], b"", ""
        self.service.validation.refresh()
        found = self.service.validation.answer("GET", path, b"", self.at)
        body = found.file.read_bytes() if found.file else found.body
        if name in self.spoiled:
            return 200, self.spoiled[name](body), ""
        if found.etag and found.etag == etag:
            return 304, b"", found.etag
        return found.status, body, found.etag


@contextmanager
def serving(service: Service) -> Iterator[Front]:
    """A front that serves for the length of the block."""
    front = Front(service)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            status, body, etag = front.answer(path, self.headers["If-None-Match"])
            front.asked.append((path, status))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if etag:
                self.send_header("ETag", etag)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """What is asked of it is in `asked`."""

    with loopback.running(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        server.daemon_threads = True
        front.url = f"http://127.0.0.1:{server.server_port}"
        yield front
