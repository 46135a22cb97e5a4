"""guichet-client against the running product: enrolled, renewed by ARI, reloaded, revoked."""

from __future__ import annotations

import json
import os
import shlex
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from guichet.x509.certificate import serial_hex
from guichet_client.errors import Exit
from kit import commands, dns_server
from kit.stack import Stack
from protocols.products import HOSPITAL, call

CONTACT = "exploitation@hopital-3-dames.test"
SERVER = "client.hopital-3-dames.fr"
ELSEWHERE = "www.ailleurs.fr"
SOURCE = Path(__file__).resolve().parents[2] / "client" / "src"
WITHIN_S = 120
CREDENTIALS = {"acme": "eab", "est": "est-secret", "rest": "token"}


@dataclass(frozen=True)
class Host:
    """A server with guichet-client: its settings, its store, and a count of its reloads."""

    stack: Stack
    folder: Path

    @property
    def live(self) -> Path:
        return self.folder / "state" / "web" / "live"

    def configure(self, way: str, name: str, profile: str) -> None:
        """Settings as the portal's page gives them, and a hook that counts."""
        machine = call(self.stack, "/machines", {
            "name": f"Serveur {self.folder.name}"[:80], "structure": HOSPITAL,
            "verbs": ["read", "order", "withdraw", "renew", "revoke"],
            "profiles": ["ORG/AUTH_CLI", "SERV/SSL_SERV"], "names": ["hopital-3-dames.fr"],
            "contact_email": CONTACT,
        })  # fmt: skip
        path = f"/machines/{machine['id']}/credentials"
        made = call(self.stack, path, {"kind": CREDENTIALS[way], "label": "web"})
        secret = self.folder / "secret"
        secret.touch(0o600)
        secret.write_text(made["mac_key"] or made["secret"])
        shown = {
            "acme": f'eab_key_id = "{made["secret"]}"\neab_mac_key_file = "{secret}"',
            "est": f'user = "{machine["id"]}"\nsecret_file = "{secret}"',
            "rest": f'token_file = "{secret}"',
        }
        directory = f"{self.stack.portal_url}/acme/directory"
        server = {"acme": directory, "est": self.stack.card_url, "rest": self.stack.portal_url}
        (self.folder / "web.toml").write_text(f"""
protocol = "{way}"
server = "{server[way]}"
trust = "{self.stack.root}"
[certificate]
profile = "{profile}"
name = "{name}"
structure = "{HOSPITAL}"
contact = "{CONTACT}"
[key]
type = "p-256"
[credentials]
{shown[way]}
[acme]
listen = "127.0.0.1:{self.stack.env["GUICHET_ACME_HTTP_PORT"]}"
[est]
label = "org-auth-cli"
[renewal]
directory = "{directory}"
[hooks]
commands = [["sh", "-c", "echo again >> {self.folder}/reloads"]]
""")

    def run(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Exit code, and what is told of the one certificate."""
        places = ("--config", self.folder, "--state", self.folder / "state")
        done = subprocess.run(
            [sys.executable, "-m", "guichet_client", *places, *arguments, "--json"],
            env=os.environ | {"PYTHONPATH": str(SOURCE), "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
            timeout=WITHIN_S,
        )
        assert done.stdout, done.stderr
        (told,) = json.loads(done.stdout)["results"]
        return done.returncode, told

    def follow(self, text: str) -> None:
        """Type what our guide says, for which the folders of the system are this host's."""
        places = f"--config {self.folder} --state {self.folder}/state"
        here = f"{shlex.quote(sys.executable)} -m guichet_client {places}"
        known = {"guichet-client": here}
        commands.shell(text, self.folder, known, PYTHONPATH=str(SOURCE), LC_ALL="C")

    def reloads(self) -> int:
        return len((self.folder / "reloads").read_text().splitlines())

    def leaf(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.live / "cert.pem").read_bytes())

    def is_trusted(self) -> bool:
        """Whether openssl builds a path from what is installed to the root."""
        trust = ("-CAfile", self.stack.root, "-untrusted", self.live / "chain.pem")
        command = ["openssl", "verify", *trust, self.live / "cert.pem"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def let_it_end_soon(self) -> None:
        """In the counter's books, the certificate in use ends within the hour."""
        with sqlite3.connect(self.stack.state / "guichet.db", timeout=20) as books:
            books.execute(
                "UPDATE orders_product SET not_after = datetime('now', '+1 hour') "
                "WHERE serial_hex = ?",
                (serial_hex(self.leaf().serial_number),),
            )
            assert books.total_changes == 1
        books.close()


@pytest.fixture
def host(stack: Stack, tmp_path: Path) -> Host:
    return Host(stack, tmp_path)


@pytest.mark.parametrize(
    ("way", "name", "profile"),
    [
        ("acme", SERVER, "SERV/SSL_SERV"),
        ("acme", "Client par ACME", "ORG/AUTH_CLI"),
        ("est", "Client par EST", "ORG/AUTH_CLI"),
        ("rest", "Client par REST", "ORG/AUTH_CLI"),
    ],
)
def test_a_certificate_lives_without_anybodys_hand(
    host: Host, way: str, name: str, profile: str
) -> None:
    host.configure(way, name, profile)
    with dns_server.serving(int(host.stack.env["GUICHET_DNS_RESOLVER"].rpartition(":")[2])) as zone:
        zone.put(SERVER, "A", "127.0.0.1")
        (block,) = commands.told("how-to/renouvellement-automatique")
        tried, asked = block.splitlines()
        host.follow(tried)
        assert not host.live.exists()
        host.follow(asked)
        assert host.is_trusted()
        first = host.leaf()
        assert host.run("renew", "web")[1]["action"] == "not-due"
        host.let_it_end_soon()
        (host.folder / "state" / "web" / "state.json").unlink()
        code, told = host.run("renew", "--all")
    assert (code, told["action"]) == (Exit.DONE, "renewed"), told
    assert told["renewal_by"] == "ari"
    assert host.is_trusted()
    assert host.leaf().subject == first.subject
    assert host.leaf().serial_number != first.serial_number
    assert host.reloads() == 2
    code, told = host.run("revoke", "web", "--reason", "superseded", "--yes")
    assert (code, told["action"]) == (Exit.DONE, "revoked"), told
    found = call(host.stack, f"/products?text={serial_hex(host.leaf().serial_number)}")["items"]
    assert [product["state"] for product in found] == ["revoked"]


def test_what_no_right_covers_is_refused_in_words(host: Host) -> None:
    host.configure("acme", ELSEWHERE, "SERV/SSL_SERV")
    code, told = host.run("enrol", "web")
    assert (code, told["problem"]) == (Exit.REFUSED, "acme_refused")
    assert ELSEWHERE in told["message"]
    assert not host.live.exists()
