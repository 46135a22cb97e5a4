"""ACME clients of Debian, each run as its manual says, towards the running product.

They find what they need on the loopback: a DNS server, a web server for http-01, a port for
tls-alpn-01; each has an account of its own, opened by an EAB key of a machine account.
"""

from __future__ import annotations

import os
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from kit import dns_server, loopback
from kit.eab_keys import EMAIL, Binding
from kit.stack import Stack

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

    def issue(self, host: str, *, again: bool = False) -> subprocess.CompletedProcess[str]:
        folders = [f"--{name}-dir={self.folder / name}" for name in ("config", "work", "logs")]
        eab = ["--eab-kid", self.binding.kid, "--eab-hmac-key", self.binding.hmac]
        account = ["--server", self.world.directory, "-m", EMAIL, "--no-eff-email", *eab]
        proof = ["--webroot", "-w", self.world.webroot, "-d", host]
        forced = ["--force-renewal"] if again else []
        told = ["certbot", "certonly", "-n", "--agree-tos", *folders, *account, *proof, *forced]
        return self.run(*told, REQUESTS_CA_BUNDLE=self.root)

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
        account = ["--path", self.folder, "-s", self.world.directory, "-a", "-m", EMAIL]
        eab = ["--eab", "--kid", self.binding.kid, "--hmac", self.binding.hmac]
        proof = ["--tls", "--tls.port", f"127.0.0.1:{port}", "-d", host]
        verb = ["renew", "--days", "9999", "--no-random-sleep"] if again else ["run"]
        return self.run("lego", *account, *eab, *proof, *verb, LEGO_CA_CERTIFICATES=self.root)

    def chain(self) -> str:
        return (self.folder / "certificates" / f"{self.host}.crt").read_text()


class BoundByDehydrated(Client):
    """A client whose account dehydrated opens: its folder, its account key (RSA)."""

    HOOK = """#!/bin/sh
case "$1" in
  deploy_challenge) printf '%s\\n' "$4" > "{records}/_acme-challenge.$2" ;;
  clean_challenge) rm -f "{records}/_acme-challenge.$2" ;;
esac
"""
    CONFIG = """CA="{directory}"
BASEDIR="{folder}"
CHALLENGETYPE="dns-01"
HOOK="{folder}/hook.sh"
CONTACT_EMAIL="{email}"
EAB_KID="{kid}"
EAB_HMAC_KEY="{hmac}"
ACCOUNT_KEYSIZE="3072"
CURL_OPTS="--cacert {root}"
"""

    def register(self) -> None:
        hook = self.folder / "hook.sh"
        hook.write_text(self.HOOK.format(records=self.world.records))
        hook.chmod(0o700)
        told = {"folder": self.folder, "email": EMAIL, "root": self.root}
        eab = {"kid": self.binding.kid, "hmac": self.binding.hmac}
        config = self.CONFIG.format(directory=self.world.directory, **told, **eab)
        (self.folder / "config").write_text(config)
        done = self.run("dehydrated", "--register", "--accept-terms", "-f", "config")
        assert done.returncode == 0, done.stdout + done.stderr


class Dehydrated(BoundByDehydrated):
    """dns-01, its record written by a hook."""

    name = "dehydrated"

    def issue(self, host: str, *, again: bool = False) -> subprocess.CompletedProcess[str]:
        forced = ["--force"] if again else []
        return self.run("dehydrated", "-c", "-f", "config", "-d", host, *forced)

    def chain(self) -> str:
        return (self.folder / "certs" / self.host / "fullchain.pem").read_text()


class Uacme(Client):
    """http-01 by the hook of its package.

    It trusts the system's authorities alone: it sees others in their place. It keeps its key for
    ever: who wants another certificate of it moves the key away.
    """

    name = "uacme"
    TRUSTING = 'mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"'

    def register(self) -> None:
        eab = f"{self.binding.kid}:{self.binding.hmac}"
        done = self._uacme("-e", eab, "-y", "new", EMAIL)
        assert done.returncode == 0, done.stdout + done.stderr

    def issue(self, host: str, *, again: bool = False) -> subprocess.CompletedProcess[str]:
        if again:
            (self.folder / "private" / host / "key.pem").unlink()
        forced = ["-f"] if again else []
        return self._uacme(*forced, "-h", "/usr/share/uacme/uacme.sh", "issue", host)

    def chain(self) -> str:
        return (self.folder / self.host / "cert.pem").read_text()

    def _uacme(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        apart = ["unshare", "--map-root-user", "--mount", "sh", "-c", self.TRUSTING, self.root]
        told = ["uacme", "-v", "-c", str(self.folder), "-a", self.world.directory, *arguments]
        return self.run(*apart, *told, UACME_CHALLENGE_PATH=str(self.world.challenges))


class AcmeTiny(BoundByDehydrated):
    """http-01. It knows no EAB: it works with the account key that dehydrated bound."""

    name = "acme-tiny"

    def issue(self, host: str, *, again: bool = False) -> subprocess.CompletedProcess[str]:
        files = ["-keyout", "server.key", "-out", "server.csr"]
        named = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
        made = self.run("openssl", "req", "-new", "-newkey", "rsa:2048", "-noenc", *files, *named)
        assert made.returncode == 0, made.stderr
        (account,) = self.folder.glob("accounts/*/account_key.pem")
        told = ["--account-key", account, "--csr", "server.csr", "--disable-check"]
        places = ["--acme-dir", self.world.challenges, "--directory-url", self.world.directory]
        done = self.run("acme-tiny", *told, *places, SSL_CERT_FILE=self.root)
        if done.returncode == 0:
            (self.folder / "chain.pem").write_text(done.stdout)
        return done

    def chain(self) -> str:
        return (self.folder / "chain.pem").read_text()


CLIENTS: tuple[type[Client], ...] = (Certbot, Lego, Dehydrated, Uacme, AcmeTiny)
