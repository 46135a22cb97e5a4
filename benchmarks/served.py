"""The same pages by the portal's own process: TLS, one connection kept open, nothing simulated."""

import ssl
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.test import Client

from benchmarks import peers
from benchmarks.peers import Place
from benchmarks.result import Result

HOST: Final = "127.0.0.1"
WAIT_S: Final = 30
# Who asks, and for which path.
Pages = Mapping[str, tuple[Client, str]]


def measure(pages: Pages, nothing: str, state: Path, turns: int, warmed: int) -> Iterator[Result]:
    """p50 and p95 of each page by the clock, beside those of the page that does nothing.

    The pages are read by turns. `state` is the folder that the portal serves; `nothing` names the
    reference. Raises RuntimeError when the portal does not start, AssertionError on a page that is
    not answered.
    """
    found: dict[str, list[float]] = {name: [] for name in pages}
    with portal(state) as connection:
        for turn in range(turns + warmed):
            for name, (browser, path) in pages.items():
                taken = read(connection, browser, path)
                if turn >= warmed:
                    found[name].append(taken)
    references = told(found[nothing])
    for name, taken_of in found.items():
        for quantile, value in told(taken_of).items():
            what = f"{name}: served over TLS, {quantile}"
            yield Result("page", what, value, references[quantile], "ms")


def told(taken: list[float]) -> dict[str, float]:
    """The middle and the 95th percentile."""
    return {
        "p50": statistics.median(taken),
        "p95": statistics.quantiles(taken, n=20, method="inclusive")[-1],
    }


def read(connection: HTTPSConnection, browser: Client, path: str) -> float:
    """Milliseconds from the request to the last octet of the answer."""
    cookies = "; ".join(f"{name}={one.value}" for name, one in browser.cookies.items())
    headers = {"Cookie": cookies} if cookies else {}
    began = time.perf_counter()
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    taken = 1000 * (time.perf_counter() - began)
    assert answer.status == 200, (path, answer.status, content[:500])
    assert not answer.will_close, f"{path}: the connection is not kept"
    return taken


@contextmanager
def portal(state: Path) -> Iterator[HTTPSConnection]:
    """`guichet serve portal` on a state folder of this process, and one connection to it."""
    context = ssl.create_default_context(cadata=certify(state / "tls"))
    port = peers.free_port()
    values = {"GUICHET_PORT": str(port), "GUICHET_DEMO": "0"}
    command: list[str | Path] = [peers.guichet(), "serve", "portal"]
    with (
        peers.running(command, Place(state), values, port),
        closing(HTTPSConnection(HOST, port, timeout=WAIT_S, context=context)) as connection,
    ):
        yield connection


def certify(folder: Path) -> str:
    """A certificate of this machine in the portal's place, signed by itself: its PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bench")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    pem = made.public_bytes(Encoding.PEM)
    (folder / "server.pem").write_bytes(pem)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.key").write_bytes(private)
    return pem.decode()
