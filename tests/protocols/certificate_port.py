"""A server of the ports that ask for a certificate, over real sockets, and its rude clients."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from guichet.processes.serve import certificate_server

Answer = Callable[..., Any]


def made_files(folder: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .serial_number(1)
        .public_key(key.public_key())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "crt.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    return folder / "crt.pem", folder / "key.pem"


@contextmanager
def serving(files: tuple[Path, Path], answer: Answer) -> Iterator[tuple[int, list[str]]]:
    """The port of a server that runs for the length of the block, and what it logged as faults."""
    server = certificate_server(("127.0.0.1", 0), answer, files)
    logged: list[str] = []
    server.error_log = lambda msg="", level=20, traceback=False: logged.append(msg)  # type: ignore[method-assign]
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server.bind_addr[1], logged
    finally:
        server.stop()
        thread.join()


def connected(port: int) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=30))


def reading(environ: Any, start_response: Any) -> list[bytes]:
    """An application that reads what it is told was sent."""
    try:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    except OSError:
        body = b"cut"
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def all_of(client: ssl.SSLSocket) -> bytes:
    """What comes until the other end closes."""
    return b"".join(iter(lambda: client.recv(4096), b""))


LAST = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
