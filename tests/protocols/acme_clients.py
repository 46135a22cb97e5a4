"""ACME clients of Debian, each run by the commands of our guide, towards the running product.

They find what they need on the loopback: a DNS server, a web server for http-01, a port for
tls-alpn-01; each has an account of its own, opened by an EAB key of a machine account.
"""

from __future__ import annotations

import os
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from kit import commands, dns_server, loopback
from kit.documents import DOCS, blocks
from kit.eab_keys import EMAIL, Binding
from kit.guides import placed
from kit.stack import Stack

PAGE = "how-to/clients-acme"
RUNS_IT = "tests/protocols/test_acme_clients.py::test_a_client_gets_a_certificate_and_renews_it"
DOMAIN = "hopital-3-dames.fr"
ELSEWHERE = "www.ailleurs.fr"
WELL_KNOWN = "/.well-known/acme-challenge/"
WITHIN_S = 120


@dataclass(frozen=True)
class World:
    """The product, and the folders of what clients publish: TXT records, files of http-01."""

    stack: Stack
    records: Path
    webroot: Path

    @property
    def directory(self) -> str:
        return f"{self.stack.portal_url}/acme/directory"

    @property
    def challenges(self) -> Path:
        return self.webroot / WELL_KNOWN.strip("/")


@contextmanager
def world(stack: Stack, folder: Path, hosts: list[str]) -> Iterator[World]:
    """The network where hosts are this machine."""
    found = World(stack, folder / "records", folder / "webroot")
    found.records.mkdir()
    found.challenges.mkdir(parents=True)

    class Site(loopback.Handler):
        def reply(self, body: bytes | None) -> None:
            file = found.challenges / Path(self.path).name
            is_there = self.path.startswith(WELL_KNOWN) and file.exists()
            self.answer(
                200 if is_there else 404, "text/plain", file.read_bytes() if is_there else b""
            )

    resolver = int(stack.env["GUICHET_DNS_RESOLVER"].rpartition(":")[2])
    with (
        dns_server.serving(resolver) as zone,
        loopback.serving(Site, int(stack.env["GUICHET_ACME_HTTP_PORT"])),
    ):
        zone.folder = found.records
        for host in hosts:
            zone.put(host, "A", "127.0.0.1")
        yield found


class Client(ABC):
    """One client, with its own folder, its own account and the server that it keeps supplied."""

    name: ClassVar[str]

    def __init__(self, world: World, binding: Binding, folder: Path) -> None:
        self.world, self.binding, self.folder = world, binding, folder
        self.folder.mkdir()

    @property
    def host(self) -> str:
        return f"{self.name}.{DOMAIN}"

    def register(self) -> None:
        """Open the account, where that is an act of its own."""
        return

    @abstractmethod
    def issue(self, host: str, *, again: bool = False) -> subprocess.CompletedProcess[str]:
        """Get the certificate of a host, or get another before the first one ends."""

    @abstractmethod
    def chain(self) -> str:
        """The certificate of its own host, and its issuers, PEM."""

    @property
    def guide(self) -> str:
        """What our guide has one type for this client."""
        (found,) = (text for text in commands.told(PAGE, RUNS_IT) if f"{self.name} " in text)
        return found

    def follow(
        self, text: str, host: str, here: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Type a part of the guide, with the names of this machine; `here`: what this client wants.

        That is options for folders and ports, where those that it would take are not free.
        """
        known = {
            "www.exemple.fr": host,
            "exploitation@exemple.fr": EMAIL,
            "/etc/guichet/racine.pem": self.root,
            "/var/www/html": str(self.world.webroot),
            **here,
        }
        account = {"KID": self.binding.kid, "HMAC": self.binding.hmac}
        typed = ["bash", "-euo", "pipefail", "-c", placed(text, known)]
        return self.run(*self.apart, *typed, ANNUAIRE=self.world.directory, **account)

    @property
    def apart(self) -> list[str]:
        """What this client has to be run by."""
        return []

    def run(self, *command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=os.environ | {"HOME": str(self.folder)} | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )

    def told(self, done: subprocess.CompletedProcess[str]) -> str:
        """What a person reads of a run."""
        return done.stdout + done.stderr

    @property
    def root(self) -> str:
        return str(self.world.stack.root)


class Certbot(Client):
    """http-01, its file laid in the folder of a web server."""

    name = "certbot"
    # As root of a machine of one's own, none of it is needed.
    SETTINGS = """non-interactive = true
config-dir = {folder}/config
work-dir = {folder}/work
logs-dir = {folder}/logs
"""

    def register(self) -> None:
        settings = self.folder / ".config" / "letsencrypt" / "cli.ini"
        settings.parent.mkdir(parents=True)
        settings.write_text(self.SETTINGS.format(folder=self.folder))

    def issue(self, host: str, *, again: bool = False) -> subprocess.CompletedProcess[str]:
        forced = {"certonly": "certonly --force-renewal"} if again else {}
        return self.follow(self.guide, host, forced)

    def chain(self) -> str:
        return (self.folder / "config" / "live" / self.host / "fullchain.pem").read_text()

    def told(self, done: subprocess.CompletedProcess[str]) -> str:
        """Debian 12's certbot trips over its own report of a refusal, whose log has it whole."""
        return super().told(done) + (self.folder / "logs" / "letsencrypt.log").read_text()


class Lego(Client):
    """tls-alpn-01, on a port of its own."""

    name = "lego"

    def issue(self, host: str, *, again: bool = False) -> subprocess.CompletedProcess[str]:
        port = self.world.stack.env["GUICHET_ACME_TLS_PORT"]
        here = {"--tls": f"--tls --tls.port 127.0.0.1:{port}"}
        if again:
            here[" run"] = " renew --days 9999 --no-random-sleep"
        return self.follow(self.guide, host, here)

    def chain(self) -> str:
        return (self.folder / ".lego" / "certificates" / f"{self.host}.crt").read_text()


class Dehydrated(Client):
    """dns-01, its record written by a hook."""

    name = "dehydrated"
    HOOK = """#!/bin/sh
case "$1" in
  deploy_challenge) printf '%s\\n' "$4" > "{records}/_acme-challenge.$2" ;;
  clean_challenge) rm -f "{records}/_acme-challenge.$2" ;;
esac
"""

    def register(self) -> None:
        hook = self.folder / "hook.sh"
        hook.write_text(self.HOOK.format(records=self.world.records))
        hook.chmod(0o700)
        told = {
            "https://<portail>/acme/directory": self.world.directory,
            "/etc/dehydrated/hook.sh": str(hook),
            "exploitation@exemple.fr": EMAIL,
            'EAB_KID="…"': f'EAB_KID="{self.binding.kid}"',
            'EAB_HMAC_KEY="…"': f'EAB_HMAC_KEY="{self.binding.hmac}"',
            "/etc/guichet/racine.pem": self.root,
        }
        (settings,) = (one.text for one in blocks(DOCS / f"{PAGE}.md") if one.language == "ini")
        here = f'BASEDIR="{self.folder}"\nACCOUNT_KEYSIZE="3072"\n'
        (self.folder / "config").write_text(here + placed(settings, told))
        done = self._type(0, self.host)
        assert done.returncode == 0, done.stdout + done.stderr

    def issue(self, host: str, *, again: bool = False) -> subprocess.CompletedProcess[str]:
        return self._type(1, host, {"-c ": "-c --force "} if again else {})

    def _type(
        self, line: int, host: str, here: Mapping[str, str] = commands.NOTHING
    ) -> subprocess.CompletedProcess[str]:
        text = self.guide.splitlines()[line]
        return self.follow(text, host, {"dehydrated ": "dehydrated -f config ", **here})

    def chain(self) -> str:
        return (self.folder / "certs" / self.host / "fullchain.pem").read_text()


class Uacme(Client):
    """http-01 by the hook of its package.

    It trusts the system's authorities alone: it sees others in their place. It keeps its key for
    ever: who wants another certificate of it moves the key away.
    """

    name = "uacme"
    TRUSTING = 'mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"'

    @property
    def apart(self) -> list[str]:
        return ["unshare", "--map-root-user", "--mount", "sh", "-c", self.TRUSTING, self.root]

    def register(self) -> None:
        done = self._type(0, self.host)
        assert done.returncode == 0, done.stdout + done.stderr

    def issue(self, host: str, *, again: bool = False) -> subprocess.CompletedProcess[str]:
        if again:
            (self.folder / "private" / host / "key.pem").unlink()
        return self._type(1, host, {" issue ": " -f issue "} if again else {})

    def chain(self) -> str:
        return (self.folder / self.host / "cert.pem").read_text()

    def _type(
        self, line: int, host: str, here: Mapping[str, str] = commands.NOTHING
    ) -> subprocess.CompletedProcess[str]:
        text = self.guide.splitlines()[line]
        return self.follow(text, host, {"uacme -a": f"uacme -v -c {self.folder} -a", **here})

    def run(self, *command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Its hook lays the files where the web server reads them."""
        challenges = {"UACME_CHALLENGE_PATH": str(self.world.challenges)}
        return super().run(*command, **environment, **challenges)


class AcmeTiny(Client):
    """http-01. It knows no EAB: it works with the account key (RSA) that dehydrated bound."""

    name = "acme-tiny"

    def register(self) -> None:
        own = Dehydrated(self.world, self.binding, self.folder / "dehydrated")
        own.register()

    def issue(self, host: str, *, again: bool = False) -> subprocess.CompletedProcess[str]:
        files = ["-keyout", "www.key", "-out", "www.csr"]
        named = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
        made = self.run("openssl", "req", "-new", "-newkey", "rsa:2048", "-noenc", *files, *named)
        assert made.returncode == 0, made.stderr
        (account,) = self.folder.glob("dehydrated/accounts/*/account_key.pem")
        here = {
            "/var/lib/dehydrated/accounts/<…>/account_key.pem": str(account),
            "acme-tiny ": "acme-tiny --disable-check ",
        }
        return self.follow(self.guide, host, here)

    def chain(self) -> str:
        return (self.folder / "www.pem").read_text()


CLIENTS: tuple[type[Client], ...] = (Certbot, Lego, Dehydrated, Uacme, AcmeTiny)
