"""The guides of mutual authentication, run as they are written, against the bench.

Only names of machines, of folders and of the service are put in place of what the guides say.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from guichet.orders import installing
from guichet.orders.installing import Names
from kit import lemon, loopback
from kit.guides import HOW_TO, MARKS, Block, guides, placed
from kit.java import ENVIRONMENT, QUICK_START
from kit.stack import Stack, free_port
from protocols.evidence import Evidence, loaded
from protocols.products import HOSPITAL, Product, call, curl, obtain
from protocols.programs import command, running

GUIDES = guides()
PSC = "pro-sante-connect"
LEMON = "lemonldap"
ALONE = {"fichiers", PSC, LEMON}
RUN = sorted(name for name, guide in GUIDES.items() if guide.is_run and name not in ALONE)
CLIENT = "mon-client"
LEMON_CLIENT = "mon-portail"
BACK = "https://service.exemple.fr/retour"
ASSOCIATED = "psc-not-associated"
COMPARES_NO_SUBJECT = {"curl"}
RELAYS = ("nginx", "apache", "haproxy")
FORGED = "CN=Quelqu'un d'autre"
PASSWORD = "kR8-wpq2 Xn5z"
SECONDS = 60


def check(*words: str | Path) -> None:
    """A program that reads a file finds nothing to say against it."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr


def balanced(path: Path) -> None:
    """Brackets close in order, when nothing here reads the language."""
    pairs, opened = {")": "(", "]": "[", "}": "{"}, ["start"]
    for character in STRINGS.sub("", path.read_text()):
        if character in pairs.values():
            opened.append(character)
        elif character in pairs:
            assert opened.pop() == pairs[character], path.read_text()
    assert opened == ["start"]


def within_nginx(path: Path) -> None:
    """Directives of a location."""
    body = f"server {{ listen 127.0.0.1:{free_port()}; location / {{ {path.read_text()} }} }}"
    check(*command("nginx", path.parent, body, 0), "-t")


def within_apache(path: Path) -> None:
    """Directives of a virtual host, with files that exist."""
    body = re.sub(r"/etc/ssl/\S+", str(path), path.read_text())
    host = f"<VirtualHost *>\n{body}</VirtualHost>"
    check(*command("apache", path.parent, host, free_port()), "-t")


STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
READERS = {
    "yaml": lambda path: yaml.safe_load(path.read_text()),
    "json": lambda path: json.loads(path.read_text()),
    "ini": lambda path: ConfigParser(interpolation=None).read_string("[x]\n" + path.read_text()),
    "java": lambda path: check(
        "javac", "-XDshould-stop.ifNoError=PARSE", "-implicit:none", "-d", path.parent, path
    ),
    "nginx": within_nginx,
    "apache": within_apache,
    "csharp": balanced,
}
"""What reads a block that is not run, by language; each fails on what it cannot read."""


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


@pytest.mark.parametrize("name", RUN)
def test_guide(desk: Desk, name: str, tmp_path: Path) -> None:
    """ACCEPTED by the bench. Its server: ACCEPTED who is named, REFUSED revoked or another's."""
    tmp_path.chmod(0o755)
    reader = Reader(desk, name, tmp_path)
    with ExitStack() as started:
        reader.follow(GUIDES[name].blocks(), started)
        port, evidence = reader.ports["8443"], desk.evidence
        status, body = desk.visit(evidence.good, port)
        assert status == 200
        assert FORGED not in body
        assert desk.visit(evidence.revoked, port)[0] in {0, 400}
        is_let_in = name in COMPARES_NO_SUBJECT
        assert desk.visit(desk.neighbour, port)[0] == (200 if is_let_in else 403)


def declare(stack: Stack, client_id: str, back: str, product: Product) -> None:
    """A service that presents this product, once the provider knows it."""
    asked = {
        "structure": HOSPITAL,
        "client_id": client_id,
        "name": "Service des guides",
        "redirect_uris": [back],
        "contact_email": "sophie@hopital-3-dames.test",
    }
    key = call(stack, "/associations", asked)["id"]
    call(stack, f"/associations/{key}/certificates", {"product": product.id})
    published = stack.state / "published" / "associations.json"
    deadline = time.monotonic() + SECONDS
    while not _presents(published, client_id):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _presents(published: Path, client_id: str) -> bool:
    services = json.loads(published.read_text())["services"]
    return any(s["client_id"] == client_id and s["certificates"] for s in services)


def test_lemonldap(stack: Stack, desk: Desk) -> None:
    """ACCEPTED: a person by Pro Santé Connect, a service by its certificate. REFUSED: nobody's."""
    with lemon.portal(desk.folder, stack.root) as place, ExitStack() as started:
        values = desk.values | place.values | {CLIENT: LEMON_CLIENT}
        reader = Reader(
            replace(desk, values=values, environment=desk.environment | place.environment),
            LEMON,
            place.folder,
        )
        back = f"https://localhost:{reader.ports['8443']}/?openidconnectcallback=1"
        declare(stack, LEMON_CLIENT, back, desk.evidence.good)
        reader.follow(GUIDES[LEMON].blocks(), started)


def test_relying_parties(stack: Stack, desk: Desk, tmp_path: Path) -> None:
    """ACCEPTED: plain curl and Authlib log in. REFUSED: a revoked certificate, another client's."""
    declare(stack, CLIENT, BACK, desk.evidence.good)
    with ExitStack() as started:
        Reader(desk, PSC, tmp_path).follow(GUIDES[PSC].blocks(), started)
    for product, code in ((desk.evidence.revoked, "bench-revoked"), (desk.neighbour, ASSOCIATED)):
        identity = ("--cert", product.certificate, "--key", product.key)
        asked_again = ("-d", f"client_id={CLIENT}&grant_type=authorization_code&code=x")
        status, told = curl(stack, *identity, *asked_again, f"{stack.bench_url}/psc/token")
        assert status == 401
        assert code in told


@pytest.mark.parametrize("name", sorted(GUIDES))
def test_a_guide_is_run_or_says_that_it_is_not(name: str, tmp_path: Path) -> None:
    """No block is left out of a guide that is run; those of the others are read by a parser."""
    guide = GUIDES[name]
    blocks = guide.blocks()
    marks = {block.mark for block in blocks}
    assert len(blocks) * 2 == guide.path.read_text().count("```")
    assert f"({guide.path.name})" in (HOW_TO / "README.md").read_text()
    if guide.is_run:
        assert {"run", "shown"} <= marks <= MARKS
        return
    assert marks == {""}
    for number, block in enumerate(blocks):
        path = tmp_path / f"block{number}.{block.language}"
        path.write_text(block.text)
        READERS[block.language](path)


@pytest.mark.parametrize("tool", RELAYS)
def test_a_guide_holds_what_the_page_of_a_product_gives_to_copy(tool: str) -> None:
    """Line by line: they cannot drift apart."""
    names = Names(
        base="monservice",
        host="banc.exemple.fr",
        folder="/etc/ssl/monservice",
        chain="chaine-1042.pem",
        certificate="certificat-1042.pem",
        roots="autorites-1042.pem",
        pkcs7="",
    )
    shown = {line.strip() for line in installing.text(f"client/{tool}", names).splitlines()}
    (presenting, _asking) = [b for b in GUIDES[tool].blocks() if b.mark == "file"]
    assert shown - {line.strip() for line in presenting.text.splitlines()} == set()
