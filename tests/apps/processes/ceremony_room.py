"""The room of a ceremony: its plan, who is there, what they type, what comes out of it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from django.utils import timezone

from guichet.domain.ceremonies import share_text
from guichet.domain.ceremonies.shares import join
from guichet.domain.ceremonies.steps import Step
from guichet.journal import queries as journal
from guichet.processes.ceremony import plans, verify
from guichet.processes.ceremony.setting import Setting
from kit import pki

PASSWORD = "carte"
ROOT, ISSUING = "ACR-EL-TEST", "ACI-EL-ORG-TEST"
PLAN = f"""\
title = "Création de deux autorités"
environment = "test"
place = "Paris"
day = 2026-11-26
keystore = "file:KEYS"
witnesses = ["Jeanne Martin"]
[secret]
custody = "new"
threshold = 2
[[officer]]
name = "Anne Premier"
role = "Maître de cérémonie"
share = "screen"
[[officer]]
name = "Boris Second"
role = "Officier"
share = "card"
certificate = "boris.pem"
[[officer]]
name = "Chloé Troisième"
role = "Officier"
share = "screen"
[[act]]
do = "create"
authority = "{ROOT}"
[[act]]
do = "create"
authority = "{ISSUING}"
"""


@dataclass
class Script:
    """People who do as told: what they were shown and told, what they answer."""

    answers: list[str] = field(default_factory=list)
    unsaid: str = "nothing is refused"
    typed: Callable[[str], str] = str
    shown: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.said.append(text)

    refuse = say

    def checklist(self, steps: tuple[tuple[Step, bool], ...]) -> None:
        self.said.append("".join("x" if is_done else "." for _step, is_done in steps))

    def announce(self, number: int, total: int, step: Step) -> None:
        self.announced.append(step.key)

    def confirm(self, question: str) -> bool:
        return self.unsaid not in question

    def ask(self, question: str) -> str:
        return self.answers.pop(0)

    def ask_secret(self, question: str) -> str:
        return self.answers.pop(0)

    def hand_share(self, title: str, text: str) -> str:
        self.shown.append(text)
        return self.typed(text)


@dataclass(frozen=True)
class Room:
    """Where a ceremony is held: a state folder of its own, and the plan's folder."""

    folder: Path

    @property
    def plan(self) -> Path:
        return self.folder / "plan.toml"

    @property
    def transcript(self) -> Path:
        return next(self.folder.glob("state/ceremonies/*/transcript"))


real_spec = Setting.spec


def short_spec(setting: Setting, code: str) -> Any:
    """RSA-2048, so that a run stays short."""
    return real_spec(replace(setting, short_keys=True), code)


def make_card(folder: Path) -> None:
    """boris.pem and boris.p12, by an authority whose certificate is cards.pem."""
    authority, own = pki.kept_key("ceremony-cards", "p-256"), pki.kept_key("ceremony-card")
    issuer = named("AC des cartes")
    until = timezone.now() + timedelta(days=30)
    parts = {"issuer": issuer, "key": authority, "until": until}
    root = certified(issuer, authority.public_key(), is_authority=True, **parts)
    card = certified(named("Boris Second"), own.public_key(), is_authority=False, **parts)
    (folder / "cards.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "boris.pem").write_bytes(card.public_bytes(Encoding.PEM))
    sealed = pkcs12.serialize_key_and_certificates(
        b"x", own, card, [root], BestAvailableEncryption(PASSWORD.encode())
    )
    (folder / "boris.p12").write_bytes(sealed)


def named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certified(subject: x509.Name, public: Any, *, is_authority: bool, **parts: Any) -> Any:
    constraints = x509.BasicConstraints(ca=is_authority, path_length=None)
    usage = dict.fromkeys(KEY_USAGES, False) | {
        "digital_signature": not is_authority,
        "key_cert_sign": is_authority,
    }
    signer = parts["key"].public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(parts["issuer"])
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(timezone.now() - timedelta(days=30))
        .not_valid_after(parts["until"])
        .add_extension(constraints, critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
        .sign(parts["key"], hashes.SHA256())
    )


KEY_USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
    *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


def joined(shown: list[str]) -> str:
    return join([share_text.read(text) for text in shown]).decode()


def events(room: Room) -> list[str]:
    plan = plans.load(room.plan)
    return [entry.event for entry in journal.entries_about(f"ceremony:{plan.id}")]


def authorities(room: Room, name: str) -> tuple[bytes, ...]:
    return tuple(verify.certificates([room.folder / name]))


@pytest.fixture
def room(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Room:
    """A room with its keystore and cards, and nobody at the keyboard yet."""
    keys = tmp_path / "keys"
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path / "state", keystore=f"file:{keys}")
    monkeypatch.setattr(Setting, "spec", short_spec)
    made = Room(tmp_path)
    made.plan.write_text(PLAN.replace("KEYS", str(keys)))
    make_card(tmp_path)
    return made
