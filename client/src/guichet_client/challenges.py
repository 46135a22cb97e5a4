"""Proving the control of a name (RFC 8555 §8): a file over HTTP, or a record in the DNS."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import AF_INET, AF_INET6, IPPROTO_IPV6, IPV6_V6ONLY, has_dualstack_ipv6
from typing import Final

from josepy.json_util import encode_b64jose
from josepy.jwk import JWK

from guichet_client import files, hooks
from guichet_client.errors import ClientError, Exit
from guichet_client.settings import Proving
from guichet_client.wording import Say

WELL_KNOWN: Final = ".well-known/acme-challenge"


@contextmanager
def answering(proving: Proving, name: str, token: str, key: JWK) -> Iterator[None]:
    """Keep the answer to a challenge in place for the length of the block."""
    answer = f"{token}.{encode_b64jose(key.thumbprint())}"
    if proving.challenge == "dns-01":
        with _record(proving, name, answer):
            yield
    elif proving.webroot is not None:
        with _file(proving.webroot, token, answer):
            yield
    else:
        with _served(proving.listen, token, answer):
            yield


@contextmanager
def _record(proving: Proving, name: str, answer: str) -> Iterator[None]:
    """A TXT record (§8.4) that the configured command makes and removes.

    It is called with "present" or "cleanup", the record's name and its text, and returns once the
    record is published.
    """
    digest = hashlib.sha256(answer.encode()).digest()
    record = (f"_acme-challenge.{name}", str(encode_b64jose(digest)))
    hooks.run((*proving.dns_hook, "present", *record), {"name": name})
    try:
        yield
    finally:
        hooks.run((*proving.dns_hook, "cleanup", *record), {"name": name})


@contextmanager
def _file(webroot: Path, token: str, answer: str) -> Iterator[None]:
    """A file (§8.3) below the folder that the web server serves on port 80."""
    if not webroot.is_dir():
        raise ClientError(Exit.CONFIGURATION, Say.NO_WEBROOT, path=webroot)
    place = webroot / WELL_KNOWN / Path(token).name
    files.make_folder(place.parent)
    files.write(place, answer.encode())
    try:
        yield
    finally:
        place.unlink(missing_ok=True)


@contextmanager
def _served(listen: str, token: str, answer: str) -> Iterator[None]:
    """A web server of this one file, as long as it is asked for."""

    class OneFile(BaseHTTPRequestHandler):
        """Serves the answer, and nothing else."""

        def do_GET(self) -> None:
            found = self.path == f"/{WELL_KNOWN}/{token}"
            body = answer.encode() if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing: the outcome is told elsewhere."""

    try:
        server = _listening(listen, OneFile)
    except OSError as error:
        raise ClientError(
            Exit.CONFIGURATION, Say.CANNOT_LISTEN, listen=listen, error=error
        ) from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _listening(listen: str, handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    """A server on "host:port"; without a host on every address, of both families."""
    host, _, port = listen.rpartition(":")
    everywhere = not host and has_dualstack_ipv6()

    class Server(ThreadingHTTPServer):
        """Threads that end with the program."""

        daemon_threads = True
        address_family = AF_INET6 if everywhere or ":" in host else AF_INET

        def server_bind(self) -> None:
            if everywhere:
                self.socket.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0)
            super().server_bind()

    return Server((host.strip("[]"), int(port)), handler)
