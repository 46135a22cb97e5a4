"""Clients of EST over real TLS: curl with openssl, and what Debian has, strongSwan's pki."""

import base64
import ssl
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kit import commands
from kit.stack import Stack
from protocols.products import HOSPITAL, Product, call, curl, near_its_end

SUBJECT = "/C=FR/ST=Paris (75)/O=HOPITAL DES 3 DAMES/OU=10B0135356/CN="
PUBLISHED_WITHIN_S = 20
TRUSTED = ("--cacert", "root.pem", "--cacert", "door.pem")
PKCS10 = "Content-Type: application/pkcs10"


@dataclass(frozen=True)
class Desk:
    """A folder to work in, and a machine account of ORG/AUTH_CLI in the product that runs."""

    stack: Stack
    folder: Path
    account: str

    def secret(self) -> str:
        """Account and a new secret of one use, as Basic wants them."""
        path = f"/machines/{self.account}/credentials"
        made = call(self.stack, path, {"kind": "est-secret", "label": "essai"})
        return f"{self.account}:{made['secret']}"

    def address(self, function: str) -> str:
        return f"{self.stack.card_url}/.well-known/est/{function}"

    def run(self, *command: str | Path, sent: str | None = None) -> str:
        """What a command says, in the folder; its failure fails the test."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            input=sent,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def openssl(self, options: str, *others: str | Path) -> str:
        """What openssl says."""
        return self.run("openssl", *options.split(), *others)

    def request(self, name: str, subject: str) -> Path:
        """A new key <name>.key and its request in base64 (RFC 8951), by openssl."""
        made = f"req -new -newkey rsa:2048 -noenc -utf8 -keyout {name}.key -outform DER"
        self.openssl(made, "-subj", subject, "-out", f"{name}.der")
        coded = self.folder / f"{name}.b64"
        coded.write_bytes(base64.encodebytes((self.folder / f"{name}.der").read_bytes()))
        return coded

    def certificate(self, name: str, answer: str) -> Path:
        """The one certificate of an answer, by openssl, proved by the demo's root."""
        found = self.folder / f"{name}.pem"
        der = base64.b64decode(answer, validate=True)
        (self.folder / f"{name}.p7").write_bytes(der)
        self.openssl("pkcs7 -inform DER -print_certs -in", f"{name}.p7", "-out", found)
        assert found.read_text().count("BEGIN CERTIFICATE") == 1
        chain = ("-CAfile", self.stack.root, "-untrusted", self.authorities())
        self.openssl("verify -x509_strict", *chain, found)
        return found

    def authorities(self) -> Path:
        """What cacerts tells, PEM."""
        _, answer = curl(self.stack, self.address("org-auth-cli/cacerts"))
        told, found = self.folder / "cacerts.p7", self.folder / "cacerts.pem"
        told.write_bytes(base64.b64decode(answer, validate=True))
        self.openssl("pkcs7 -inform DER -print_certs -in", told, "-out", found)
        assert found.read_text().count("BEGIN CERTIFICATE") == 2
        return found


@pytest.fixture(scope="module")
def desk(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    asked = {
        "name": "Relais EST",
        "structure": HOSPITAL,
        "contact_email": "reseau@hopital-3-dames.test",
        "verbs": ["order", "withdraw", "renew"],
        "profiles": ["ORG/AUTH_CLI"],
    }
    return Desk(stack, tmp_path_factory.mktemp("est"), call(stack, "/machines", asked)["id"])


def test_curl_and_openssl(desk: Desk) -> None:
    """A first certificate by a secret of one use; the next one by the first, in TLS."""
    body = ("-H", PKCS10, "--data-binary", f"@{desk.request('first', '/CN=Pare-feu')}")
    to = desk.address("org-auth-cli/simpleenroll")
    status, answer = curl(desk.stack, "-u", desk.secret(), *body, to)
    assert status == 200, answer
    first = desk.certificate("first", answer)
    near_its_end(desk.stack, "Pare-feu")
    body = ("-H", PKCS10, "--data-binary", f"@{desk.request('next', SUBJECT + 'Pare-feu')}")
    shown = ("--cert", first, "--key", desk.folder / "first.key")
    to = desk.address("org-auth-cli/simplereenroll")
    status, answer = curl(desk.stack, *shown, *body, to)
    assert status == 200, answer
    following = desk.certificate("next", answer)
    told = [desk.openssl("x509 -noout -subject -in", f) for f in (first, following)]
    assert told[0] == told[1]
    assert curl(desk.stack, *shown, *body, to) == (200, answer)


def test_openssl_reads_what_a_request_should_hold(desk: Desk) -> None:
    """RFC 9908: the template, with the alternative name of a server left to fill in."""
    _, answer = curl(desk.stack, desk.address("serv-ssl-serv/csrattrs"))
    (desk.folder / "attributes.der").write_bytes(base64.b64decode(answer, validate=True))
    told = desk.openssl("asn1parse -inform DER -in attributes.der")
    assert "1.2.840.113549.1.9.16.2.61" in told
    assert "X509v3 Subject Alternative Name" in told


def test_strongswan(desk: Desk) -> None:
    """Our guide, by its pki command: it knows no label, and polls on 202, every minute untold."""
    port = urlsplit(desk.stack.card_url).port or 0
    door = desk.folder / "door.pem"
    door.write_text(ssl.get_server_certificate(("localhost", port)))
    # It reads neither several certificates in a file, nor the name constraints of the demo's ports.
    root = desk.folder / "root.pem"
    root.write_text(desk.stack.root.read_text().partition("-----END CERTIFICATE-----\n")[0])
    with root.open("a") as stream:
        stream.write("-----END CERTIFICATE-----\n")
    to = ("--url", desk.stack.card_url, *TRUSTED)
    desk.run("pki", "--estca", *to, "--caout", "ca.der", "--force")
    known = {
        "https://guichet.exemple.fr:8445": desk.stack.card_url,
        "--cacert racine.der": " ".join(TRUSTED),
        "$COMPTE:$SECRET": desk.secret(),
        "pki --est ": "pki --est --interval 1 --maxpolltime 40 ",
    }
    (block,) = commands.told("how-to/est")
    first, then, following = block.partition("pki --gen --type rsa --size 3072 > vpn2.key\n")
    commands.shell(first, desk.folder, known)
    near_its_end(desk.stack, "Tunnel")
    commands.shell(then + following, desk.folder, known)
    told = [desk.run("pki", "--dn", "--in", f"{name}.crt") for name in ("vpn", "vpn2")]
    assert told[0] == told[1]
    keys = {desk.openssl(f"x509 -noout -pubkey -in {name}.crt") for name in ("vpn", "vpn2")}
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("held", "code"),
    [
        ("good", "client-certificate-unbound"),
        ("revoked", "client-certificate-revoked"),
        ("card", "client-certificate-untrusted"),
        ("foreign", "client-certificate-untrusted"),
    ],
)
def test_certificates_that_enrol_nobody(
    desk: Desk,
    client_product: Product,
    revoked_product: Product,
    held: str,
    code: str,
) -> None:
    """401 in plain words, whatever the handshake let through."""
    card = desk.stack.state / "demo" / "cards" / "sophie"
    foreign = desk.folder / "foreign"
    if held == "foreign":
        made = f"req -x509 -newkey rsa:2048 -noenc -keyout {foreign}.key -out {foreign}.crt"
        desk.openssl(made, "-subj", f"{SUBJECT}Pare-feu")
    certificate, key = {
        "good": (client_product.certificate, client_product.key),
        "revoked": (revoked_product.certificate, revoked_product.key),
        "card": (card.with_suffix(".crt"), card.with_suffix(".key")),
        "foreign": (foreign.with_suffix(".crt"), foreign.with_suffix(".key")),
    }[held]
    body = ("-H", PKCS10, "--data-binary", f"@{desk.request('other', '/CN=Autre')}")
    to = desk.address("org-auth-cli/simpleenroll")
    shown, deadline = ("--cert", certificate, "--key", key), time.monotonic() + PUBLISHED_WITHIN_S
    while f"({code})" not in (answer := curl(desk.stack, *shown, *body, to))[1]:
        assert held == "revoked", answer
        assert time.monotonic() < deadline, answer
        time.sleep(0.2)
    assert answer[0] == 401


def test_a_product_of_a_card_renews_itself_by_a_machine_account(
    desk: Desk, client_product: Product
) -> None:
    """What an account of the structure reaches may renew itself: here it is only too early."""
    body = ("-H", PKCS10, "--data-binary", f"@{desk.request('own', SUBJECT + 'Service AUTH_CLI')}")
    shown = ("--cert", client_product.certificate, "--key", client_product.key)
    status, answer = curl(desk.stack, *shown, *body, desk.address("simplereenroll"))
    assert (status, "(renewal-not-open)" in answer) == (400, True), answer
