"""A small hierarchy with keys in memory, and what becomes of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from apps.conftest import NOW, PKI_BASE
from guichet.authority import ceremonies, crls, queries
from guichet.authority.ceremonies import Ceremony
from guichet.authority.signer import Signer
from guichet.domain.catalogue import authorities
from guichet.domain.catalogue.authorities import AuthoritySpec
from guichet.journal import queries as journal
from guichet.keystore import KeystoreError, SigningKey, algorithms
from guichet.keystore.protocol import PublicKey

ROOT, OTHER_ROOT, CODE = "ACR-EL-TEST", "ACR-FO-TEST", "ACI-EL-ORG-TEST"


class MemoryKeystore:
    """Keys of this test alone."""

    def __init__(self) -> None:
        self.keys: dict[str, SigningKey] = {}

    def generate(self, label: str, algorithm: str) -> PublicKey:
        if label in self.keys:
            raise KeystoreError(f"{label} exists")
        self.keys[label] = algorithms.make(algorithm)
        return self.public_key(label)

    def labels(self) -> frozenset[str]:
        return frozenset(self.keys)

    def signing_key(self, label: str) -> SigningKey:
        if label not in self.keys:
            raise KeystoreError(f"No key {label}")
        return self.keys[label]

    def public_key(self, label: str) -> PublicKey:
        return self.signing_key(label).public_key()

    def destroy(self, label: str) -> None:
        self.signing_key(label)
        del self.keys[label]


def spec(code: str) -> AuthoritySpec:
    """As declared, with a key that is made in no time."""
    return replace(authorities.spec(code), algorithm="p-256")


@dataclass
class House:
    """A keystore over the database, at an instant."""

    at: datetime = NOW
    keystore: MemoryKeystore = field(default_factory=MemoryKeystore)

    @property
    def ceremony(self) -> Ceremony:
        return Ceremony(keystore=self.keystore, pki_base=PKI_BASE, at=self.at, by="test")

    @property
    def signer(self) -> Signer:
        return Signer(self.keystore, PKI_BASE, "test")

    def create(self, *codes: str) -> None:
        for code in codes:
            ceremonies.create(self.ceremony, spec(code))

    def renew(self, code: str, **more: bool) -> str:
        made = ceremonies.renew(self.ceremony, spec(code), ceremonies.next_code(spec(code)), **more)
        return made.code

    def issue_lists(self) -> tuple[str, ...]:
        return crls.issue_due(self.keystore, self.at)


@pytest.fixture
def house(db: None, tmp_path: Path, settings: Any) -> House:
    """Two roots and an authority below the first; a state folder of their own."""
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    made = House()
    made.create(ROOT, OTHER_ROOT, CODE)
    return made


def states() -> dict[str, str]:
    """The state of each authority, by its code."""
    return {row.code: row.state.value for row in queries.authorities()}


def told(code: str) -> list[str]:
    """The events that the journal holds about an authority."""
    return [entry.event for entry in journal.entries_about(f"authority:{code}")]
