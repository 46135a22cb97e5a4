"""A reader of the guides at a desk: downloads of a product, an application, programs to run."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from kit import lemon, loopback
from kit.guides import Block, guides, placed
from kit.java import ENVIRONMENT, QUICK_START
from kit.stack import Stack, free_port
from protocols.evidence import Evidence, loaded
from protocols.products import Product, obtain
from protocols.programs import command, running

GUIDES = guides()
LEMON = "lemonldap"
BACK = "https://service.exemple.fr/retour"
RELAYS = ("nginx", "apache", "haproxy")
FORGED = "CN=Quelqu'un d'autre"
PASSWORD = "kR8-wpq2 Xn5z"
SECONDS = 60


@dataclass(frozen=True)
class Desk:
    """A machine as the guides suppose it: files in place, and what its names mean."""

    folder: Path
    evidence: Evidence
    neighbour: Product
    values: dict[str, str]
    environment: dict[str, str]

    def visit(self, product: Product, port: str) -> tuple[int, str]:
        """What a product gets from a server of this machine; status 0 when TLS ends it.

        The visitor also writes the header by which web servers tell who comes.
        """
        done = subprocess.run(
            ["curl", "-s", "-w", "\n%{http_code}", "--cert", product.certificate,
             "--key", product.key, "-H", f"X-Client-DN: {FORGED}", f"https://localhost:{port}/"],
            env=self.environment, capture_output=True, text=True, check=False, timeout=SECONDS,
        )  # fmt: skip
        body, _, status = done.stdout.rpartition("\n")
        return int(status), body


@dataclass
class Reader:
    """Follows one guide to the letter, in a folder of its own."""

    desk: Desk
    name: str
    folder: Path
    ports: dict[str, str] = field(
        default_factory=lambda: {name: str(free_port()) for name in ("8081", "8443")}
    )
    printed: str = ""

    def follow(self, blocks: list[Block], started: ExitStack) -> None:
        """Do what each block is for; what is started ends with `started`."""
        for block in blocks:
            text = placed(block.text, self.desk.values | self.ports)
            if block.mark == "file":
                (self.folder / block.name).write_text(text)
            elif block.mark == "run":
                self.run(text)
            elif block.mark == "start":
                started.enter_context(self.start(text))
            else:
                missing = [line for line in text.splitlines() if line not in self.printed]
                assert not missing, (missing, self.printed)

    def run(self, text: str) -> None:
        """Commands as pasted in a shell, that fail the test when one fails."""
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", text],
            cwd=self.folder,
            env=self.desk.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert done.returncode == 0, (text, done.stdout, done.stderr)
        self.printed = done.stdout

    @contextmanager
    def start(self, text: str) -> Iterator[None]:
        """What the block starts, or the system's web server with the files of the guide alone."""
        port = int(self.ports["8443"])
        if self.name in RELAYS:
            words = command(self.name, self.folder, self.configuration(), free_port())
        elif self.name == LEMON:
            body = self.configuration() + lemon.environment(self.folder)
            words = command("apache", self.folder, body, free_port(), lemon.MODULES)
        else:
            words = ["bash", "-ec", text]
        started = {self.name: (words, port)}
        with running(started, self.folder, self.desk.environment):
            yield

    def configuration(self) -> str:
        """The files of the guide for a web server, as one."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.c*f*")))


class Application(BaseHTTPRequestHandler):
    """Behind a web server: says who that server says has come."""

    def do_GET(self) -> None:
        """Who has come."""
        body = "\n".join(self.headers.get_all("X-Client-DN") or ["nobody"]).encode() + b"\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def application() -> Iterator[str]:
    """Its address."""
    with loopback.running(ThreadingHTTPServer(("127.0.0.1", 0), Application)) as server:
        yield f"127.0.0.1:{server.server_port}"


@pytest.fixture(scope="module")
def desk(
    stack: Stack, evidence: Evidence, application: str, tmp_path_factory: pytest.TempPathFactory
) -> Desk:
    """The downloads of a product and a server's certificate, prepared by the first guide."""
    folder = tmp_path_factory.mktemp("guides")
    folder.chmod(0o755)
    downloads(folder / "monservice", evidence)
    (folder / "serveur").mkdir()
    for name, source in (("chaine.pem", "server.pem"), ("serveur.key", "server.key")):
        (folder / "serveur" / name).write_bytes((stack.state / "tls" / source).read_bytes())
    subject = loaded(evidence.good.certificate).subject
    address = f"localhost:{stack.env['GUICHET_BENCH_PORT']}"
    values = {
        "/etc/ssl/monservice": str(folder / "monservice"),
        "/etc/ssl/serveur": str(folder / "serveur"),
        "/etc/ssl/certs/ca-certificates.crt": str(stack.root),
        "@system-ca": str(stack.root),
        "https://banc.exemple.fr": stack.bench_url,
        "banc.exemple.fr:443": address,
        "banc.exemple.fr": "localhost",
        "https://psc.exemple.fr": stack.url("OIDC_PORT"),
        "service.exemple.fr": "localhost",
        BACK: BACK,
        "http://pki.exemple.fr": stack.pki_url,
        "127.0.0.1:8000": application,
        "Monserviceclient": str(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value),
    }
    environment = ENVIRONMENT | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SSL_CERT_FILE": str(stack.root),
        "CURL_CA_BUNDLE": str(stack.root),
        "KEYSTORE_PASSWORD": PASSWORD,
        "JDK_JAVA_OPTIONS": shlex.join(QUICK_START),
    }
    other = tmp_path_factory.mktemp("neighbour")
    neighbour = obtain(stack, other, service="Un autre service")
    made = Desk(folder, evidence, neighbour, values, environment)
    with ExitStack() as started:
        Reader(made, "fichiers", folder / "monservice").follow(GUIDES["fichiers"].blocks(), started)
    return made


def downloads(folder: Path, evidence: Evidence) -> None:
    """What the pages of a product give, under the names of the guides."""
    folder.mkdir()
    good, authorities = evidence.good, (evidence.issuer, evidence.root)
    leaf, issuer, root = (path.read_text() for path in (good.certificate, *authorities))
    (folder / "chaine-1042.pem").write_text(leaf + issuer)
    (folder / "certificat-1042.pem").write_text(leaf)
    (folder / "autorites-1042.pem").write_text(issuer + root)
    archive = pkcs12.serialize_key_and_certificates(
        b"monservice",
        load_pem_private_key(good.key.read_bytes(), None),  # type: ignore[arg-type]
        loaded(good.certificate),
        [x509.load_pem_x509_certificate(text.encode()) for text in (issuer, root)],
        BestAvailableEncryption(PASSWORD.encode()),
    )
    (folder / "monservice.p12").write_bytes(archive)
