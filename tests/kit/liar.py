"""Answers and lists with a broken signature: whoever accepts them verifies nothing."""

import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509 import ocsp


def broken(der: bytes) -> bytes:
    """The OCSP answer or the list, with the last bit of its signature turned."""
    try:
        signature = x509.load_der_x509_crl(der).signature
    except ValueError:
        signature = ocsp.load_der_ocsp_response(der).signature
    head, _, tail = der.rpartition(signature)
    return head + signature[:-1] + bytes((signature[-1] ^ 1,)) + tail


@contextmanager
def lying(service: str) -> Iterator[str]:
    """The address of a server, and of a proxy, that breaks what `service` answers."""

    class Liar(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass_on(None)

        def do_POST(self) -> None:
            self._pass_on(self.rfile.read(int(self.headers["Content-Length"])))

        def _pass_on(self, body: bytes | None) -> None:
            # Proxies are asked for whole addresses; the path alone is wanted.
            there = service + urlsplit(self.path).path
            with urllib.request.urlopen(there, body, timeout=10) as told:  # noqa: S310 loopback
                lie = broken(told.read())
                kind = told.headers["Content-Type"]
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(lie)))
            self.end_headers()
            self.wfile.write(lie)

        def log_message(self, *_: object) -> None:
            """What is asked of it is no news."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Liar) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
