"""`guichet serve bench` alone, its database unreachable; servers that it examines."""

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from apps.bench.clients import Bench
from guichet.bench import catalogue
from guichet.demo import tls
from guichet.x509 import bundles
from kit.pki import Leaf, Pki
from kit.stack import free_port

# One bench serves them all.
pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("bench-servers")]
READY_WITHIN_S = 60


class Alone:
    """The bench as one process, over published files and test certificates of this hierarchy."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.port = free_port()
        at = datetime.now(UTC).replace(microsecond=0)
        self.pki = Pki(now=at - timedelta(hours=1))
        self.bench = Bench(state / "published", self.pki)
        server, key, root = tls.make("localhost", at)
        for name, data in (("server.pem", server), ("server.key", key), ("root.pem", root)):
            (state / "tls").mkdir(exist_ok=True)
            (state / "tls" / name).write_bytes(data)
        self._prepare("good", self.pki.leaf())
        ended = {"not_before": at - timedelta(days=9), "not_after": at - timedelta(days=1)}
        self._prepare("expired", self.pki.leaf(**ended))

    def _prepare(self, slug: str, leaf: Leaf) -> None:
        folder = catalogue.folder_of(self.state) / slug
        folder.mkdir(parents=True)
        (folder / catalogue.CHAIN).write_text(bundles.pem_chain(leaf.chain[:2]))
        key: Any = leaf.key
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / catalogue.KEY).write_bytes(pem)

    def environment(self) -> dict[str, str]:
        values = {k: v for k, v in os.environ.items() if not k.startswith("GUICHET_")}
        return values | {
            "GUICHET_STATE": str(self.state),
            "GUICHET_BENCH_PORT": str(self.port),
            "GUICHET_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
            "GUICHET_BENCH_TARGETS": "localhost:1024-65535",
        }

    def curl(self, path: str, *options: str) -> subprocess.CompletedProcess[str]:
        command = ["curl", "--silent", "--cacert", self.state / "tls" / "root.pem", *options,
                   f"https://localhost:{self.port}{path}"]  # fmt: skip
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    def examined(self, port: int) -> dict[str, str]:
        """What the bench finds of a server of this machine, step by step."""
        asked = json.dumps({"host": "localhost", "port": port})
        done = self.curl("/api/server", "-H", "Content-Type: application/json", "-d", asked)
        return {step["code"]: step["finding"] for step in json.loads(done.stdout)["steps"]}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alone]:
    """It is ready without a database, and ends when it is told to."""
    alone = Alone(tmp_path_factory.mktemp("alone"))
    command = [Path(sys.executable).parent / "guichet", "serve", "bench"]
    process = subprocess.Popen(command, env=alone.environment())
    try:
        deadline = time.monotonic() + READY_WITHIN_S
        while alone.curl("/readyz").returncode != 0:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield alone
    finally:
        process.terminate()
        process.wait(30)


def identity(alone: Alone, slug: str) -> tuple[str, ...]:
    folder = catalogue.folder_of(alone.state) / slug
    return ("--cert", str(folder / catalogue.CHAIN), "--key", str(folder / catalogue.KEY))


def test_it_judges_and_keeps_without_a_database(alone: Alone) -> None:
    """Also for a browser that brings the portal's session along (cookies know no ports)."""
    assert json.loads(alone.curl("/readyz").stdout)["status"] == "ok"
    cookie = ("-H", "Cookie: __Host-guichet-session=abcdefghijklmnopqrstuvwxyz012345")
    told = json.loads(alone.curl("/", *identity(alone, "good"), *cookie).stdout)
    assert (told["accepted"], told["offered"]["server_name"]) == (True, "localhost")
    assert "TLSv1.3" in told["offered"]["versions"]
    assert told["group"]
    post = ("-H", "Content-Type: application/json", "-d", "{}")
    links = json.loads(alone.curl("/api/diagnostics", *identity(alone, "good"), *post).stdout)
    kept = alone.curl("/" + links["api"].split("/", 3)[3], *cookie)
    assert json.loads(kept.stdout)["certificate"] == told["certificate"]
    page = alone.curl("/certificats/", "-H", "Accept: text/html", *cookie)
    assert "/certificats/expired.pem" in page.stdout
    origin = f"Origin: https://localhost:{alone.port}"
    form = ("-H", "Accept: text/html", "-H", origin, "-d", "host=x", "-w", "%{http_code}")
    stale = alone.curl("/diagnostics/", *form)
    assert stale.stdout.endswith("403")


def test_a_hello_in_small_pieces(alone: Alone) -> None:
    """Segments of a few octets: the handshake succeeds and the whole offer is told."""
    context = ssl.create_default_context(cafile=str(alone.state / "tls" / "root.pem"))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    with socket.create_connection(("localhost", alone.port)) as raw:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def exchange(act: Any) -> Any:
            while True:
                try:
                    done = act()
                except ssl.SSLWantReadError:
                    done = None
                sent = outgoing.read()
                for at in range(0, len(sent), 50):
                    raw.sendall(sent[at : at + 50])
                if done is not None:
                    return done
                incoming.write(raw.recv(65536))

        exchange(lambda: client.do_handshake() or True)
        request = b"GET /?format=json HTTP/1.0\r\nHost: localhost\r\n\r\n"
        exchange(lambda: client.write(request))
        answer = b""
        while part := exchange(lambda: client.read(65536)):
            answer += part
            if b'"server_name": "localhost"' in answer:
                return
        pytest.fail(answer.decode())


@contextmanager
def judging(alone: Alone) -> Iterator[int]:
    """OpenSSL's own server: it trusts the hierarchy, names it, looks at dates."""
    port = free_port()
    authorities = [path.read_bytes() for path in (alone.state / "published/ac").glob("*.cer")]
    trusted = alone.state / "trusted.pem"
    trusted.write_text(bundles.pem_chain(authorities))
    folder = alone.state / "tls"
    command = ["openssl", "s_server", "-accept", str(port), "-cert", folder / "server.pem",
               "-key", folder / "server.key", "-CAfile", trusted, "-Verify", "3",
               "-verify_return_error", "-www", "-quiet"]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + READY_WITHIN_S
        while not is_open(port):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("localhost", port)) == 0


@contextmanager
def trusting(alone: Alone, *, asks: bool) -> Iterator[int]:
    """A TLS server of this machine that lets anybody in, whether it asks for a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(alone.state / "tls" / "server.pem", alone.state / "tls" / "server.key")
    context.verify_mode = ssl.CERT_OPTIONAL if asks else ssl.CERT_NONE
    with socket.create_server(("localhost", 0)) as listening:

        def answer() -> None:
            while True:
                try:
                    raw, _ = listening.accept()
                except OSError:
                    return
                with raw:
                    try:
                        with context.wrap_socket(raw, server_side=True) as connection:
                            connection.recv(1024)
                            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                    except OSError:
                        continue

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_a_server_that_judges(alone: Alone) -> None:
    """Accepts the good certificate, refuses none and the expired one, names our authorities."""
    with judging(alone) as port:
        found = alone.examined(port)
    assert (found["versions"], found["asks"], found["issuers"]) == (
        "versions-good", "asks-good", "issuers-good",
    )  # fmt: skip
    assert (found["without"], found["good"], found["expired"]) == (
        "refused-rightly", "accepted-rightly", "refused-rightly",
    )  # fmt: skip
    assert (found["name"], found["revoked"]) == ("name-good", "not-prepared")


def test_servers_with_much_to_mend(alone: Alone) -> None:
    """One lets anybody in; one never asks; one is not there; one is not on the list."""
    with trusting(alone, asks=True) as port:
        found = alone.examined(port)
        assert (found["asks"], found["without"]) == ("asks-good", "accepted-wrongly")
    with trusting(alone, asks=False) as port:
        found = alone.examined(port)
        assert (found["asks"], "good" in found) == ("asks-not", False)
    assert alone.examined(port) == {"target": "target-connection"}
    assert alone.examined(443) == {"target": "target-forbidden"}
