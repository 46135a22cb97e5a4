"""A counter in a few lines, behind the client's own notion of a way: it issues, waits, refuses."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from guichet_client import cli, keeping
from guichet_client.clock import Clock
from guichet_client.errors import ClientError
from guichet_client.protocols import Asked, Issued
from guichet_client.store import Version

START = datetime(2026, 3, 1, tzinfo=UTC)
LIFE = timedelta(days=90)


@dataclass
class Time:
    """A clock that only tests move; waiting moves it too."""

    at: datetime = START
    chance: float = 0.5

    def clock(self) -> Clock:
        return Clock(lambda: self.at, self._sleep, lambda: self.chance)

    def _sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Counter:
    """Signs whatever it is asked, with what the next answers should be instead."""

    time: Time
    failures: list[ClientError] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    revoked: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.root = self._signed("Racine", self.key.public_key(), timedelta(days=3650))

    def check(self) -> str:
        return "ok"

    def obtain(self, asked: Asked) -> Issued:
        self.asked.append(asked)
        if self.failures:
            asked.note(order=12)
            raise self.failures.pop(0)
        key = x509.load_der_x509_csr(asked.csr_der).public_key()
        leaf = self._signed("www.exemple.fr", key, LIFE)
        return Issued([self.root, leaf], {"product": len(self.asked)})

    def revoke(self, version: Version, reason: str) -> None:
        self.revoked.append((version.leaf.serial_number, reason))

    def _signed(self, name: str, key: Any, life: timedelta) -> x509.Certificate:
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Racine")])
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.time.at)
            .not_valid_after(self.time.at + life)
            .sign(self.key, hashes.SHA256())
        )


@dataclass
class Desk:
    """A server's own folders, and the command run on them."""

    folder: Path
    counter: Counter
    time: Time
    capture: pytest.CaptureFixture[str]

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def live(self) -> Path:
        return self.state / "www" / "live"

    def configure(self, more: str = "", name: str = "www") -> None:
        text = f'protocol = "acme"\nserver = "https://guichet.test/acme/directory"\n{more}'
        text = (
            text if "[certificate]" in text else f'{text}\n[certificate]\nname = "www.exemple.fr"\n'
        )
        text += "" if "[key]" in text else '[key]\ntype = "p-256"\n'
        (self.folder / "etc").mkdir(exist_ok=True)
        (self.folder / "etc" / f"{name}.toml").write_text(text)

    def run(self, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
        """Exit code and results."""
        places = ("--config", str(self.folder / "etc"), "--state", str(self.state))
        code = cli.main([*places, *arguments, "--json"], self.time.clock())
        results: list[dict[str, Any]] = json.loads(self.capture.readouterr().out)["results"]
        return code, results

    def one(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        code, results = self.run(*arguments)
        assert len(results) == 1
        return code, results[0]

    def serial(self) -> int:
        return x509.load_pem_x509_certificate((self.live / "cert.pem").read_bytes()).serial_number


@contextmanager
def desk_with(
    folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    """A desk whose counter is the one above."""
    time = Time()
    counter = Counter(time)
    way: Callable[..., Counter] = lambda *_: counter  # noqa: E731
    patch.setattr(keeping, "way_of", way)
    patch.setattr("guichet_client.advice._asked", lambda *_: (None, time.at + timedelta(hours=6)))
    desk = Desk(folder, counter, time, capture)
    desk.configure()
    yield desk
