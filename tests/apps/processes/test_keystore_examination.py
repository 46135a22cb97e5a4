"""`guichet doctor keystore` names each fault, says what to do, ends with 1 and tells no secret."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from django.conf import settings as django_settings
from django.db import connection
from typer.testing import CliRunner

from apps.conftest import NOW, PKI_BASE
from guichet.authority import hierarchy
from guichet.authority.models import CertificationAuthority
from guichet.cli import app
from guichet.domain.catalogue import authorities
from guichet.domain.certificates.authority_states import AuthorityState
from guichet.keystore import FileKeystore
from guichet.processes.keystore_examination import Finding, Grade, examine
from kit.kept_rows import KEPT
from kit.softhsm import PIN, SoftHsm

PASSPHRASE = b"a test passphrase"
CA, OTHER = "ACI-EL-ORG-TEST", "ACI-EL-PP-TEST"
Break = Callable[["Place"], object]


@dataclass(frozen=True)
class Place:
    """A keystore to be broken."""

    folder: Path
    passphrase: Path
    settings: Any

    def key(self, label: str) -> Path:
        return self.folder / f"{label}.pem"

    def point(self, url: str) -> None:
        self.settings.GUICHET = replace(self.settings.GUICHET, keystore=url)

    def add(self, label: str) -> None:
        shutil.copy(self.key(CA), self.key(label))

    def weaken(self) -> None:
        key = FileKeystore(str(self.folder), lambda: PASSPHRASE).signing_key(CA)
        how = BestAvailableEncryption(PASSPHRASE)
        self.key(CA).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> FileKeystore:
    """A key for every authority, quick to open."""
    keystore = FileKeystore(str(tmp_path_factory.mktemp("made")), lambda: PASSPHRASE)
    for spec in authorities.specs():
        keystore.generate(spec.code, "p-256")
    return keystore


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Place:
    """Where the settings say that keys and passphrase are."""
    passphrase = tmp_path / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_bytes(PASSPHRASE + b"\n")
    settings.GUICHET = replace(settings.GUICHET, keystore_passphrase_file=passphrase)
    found = Place(tmp_path / "keys", passphrase, settings)
    found.point(f"file:{found.folder}")
    return found


@pytest.fixture
def filled(db: None, place: Place, made: FileKeystore) -> Place:
    """A hierarchy, and its keys there."""
    shutil.copytree(made.folder, place.folder)
    KEPT.make("p-256 hierarchy", lambda: hierarchy.create(made, pki_base=PKI_BASE, at=NOW))
    return place


def looked(grade: Grade) -> list[Finding]:
    return [found for found in examine(django_settings.GUICHET) if found.grade is grade]


def test_all_is_well(filled: Place) -> None:
    """Every authority is named, with the algorithm of its key; nothing secret is."""
    done = CliRunner().invoke(app, ["doctor", "keystore"])
    assert done.exit_code == 0, done.output
    for spec in authorities.specs():
        assert spec.code in done.output
    assert done.output.count("p-256, signs by ecdsa-sha256, verified") > 1
    assert "fault" not in done.output
    assert PASSPHRASE.decode() not in done.output


def be(state: AuthorityState) -> None:
    CertificationAuthority.objects.filter(code=CA).update(state=state.value)


FAULTS: dict[str, tuple[Break, str, str]] = {
    "no such keystore": (lambda at: at.point("memory:"), "Address", "file:<folder> or pkcs11:"),
    "no passphrase": (lambda at: at.passphrase.unlink(), "Passphrase or PIN", "put it there"),
    "empty passphrase": (lambda at: at.passphrase.write_bytes(b" "), "Passphrase or PIN", "empty"),
    "passphrase for all": (
        lambda at: at.passphrase.chmod(0o644),
        "Passphrase or PIN",
        "run `chmod 600 ",
    ),
    "wrong passphrase": (lambda at: at.passphrase.write_text("x"), CA, "does not open the key"),
    "no folder": (lambda at: at.folder.rename(f"{at.folder}-"), "Folder", "restore it"),
    "folder for all": (lambda at: at.folder.chmod(0o755), "Folder", "run `chmod 700 "),
    "key for all": (lambda at: at.key(CA).chmod(0o640), "Files", "run `chmod 600 "),
    "no key": (lambda at: at.key(CA).unlink(), CA, "its lists run out"),
    "another key": (lambda at: shutil.copy(at.key(OTHER), at.key(CA)), CA, "refuses to start"),
    "key come back": (lambda _: be(AuthorityState.DESTROYED), CA, "which copy came back"),
    "two hierarchies": (lambda at: at.add("ACR-EL"), "Hierarchies", "TEST and production"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_named(filled: Place, name: str) -> None:
    breaks, step, words = FAULTS[name]
    breaks(filled)
    assert any(f.step == step and words in f.says for f in looked(Grade.FAULT))


@pytest.mark.parametrize(
    ("odd", "step", "words"),
    [
        (lambda at: at.add("stray-TEST"), "Other keys", "belong to no authority: stray-TEST"),
        (Place.weaken, "Files", "run `guichet keystore rewrap`"),
        (lambda _: be(AuthorityState.OFFLINE), CA, "should be kept elsewhere"),
    ],
)
def test_what_is_odd_is_a_warning(filled: Place, odd: Break, step: str, words: str) -> None:
    odd(filled)
    (found,) = (found for found in examine(django_settings.GUICHET) if found.grade != Grade.WELL)
    assert (found.step, found.grade) == (step, Grade.WARNING)
    assert words in found.says


def test_an_authority_whose_key_is_elsewhere_needs_none(filled: Place) -> None:
    be(AuthorityState.OFFLINE)
    filled.key(CA).unlink()
    assert {found.grade for found in examine(django_settings.GUICHET)} == {Grade.WELL}


def test_a_fault_ends_with_1(filled: Place) -> None:
    """And without a terminal, each finding is on a line of its own."""
    filled.key(CA).unlink()
    done = CliRunner().invoke(app, ["doctor", "keystore"])
    assert done.exit_code == 1
    assert "its lists run out" in done.output


def test_a_database_that_is_not_made(filled: Place) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE authority_certificationauthority RENAME TO elsewhere")
    (found,) = looked(Grade.FAULT)
    assert (found.step, "guichet init" in found.says) == ("Authorities", True)


def test_a_token(db: None, place: Place, softhsm: SoftHsm) -> None:
    """Opened by its PIN, which is tried once and said nowhere."""
    place.point(softhsm.url())
    place.passphrase.write_text(PIN)
    keystore = softhsm.keystore()
    for spec in authorities.specs():
        keystore.generate(spec.code, "p-256")
    hierarchy.create(keystore, pki_base=PKI_BASE, at=NOW)
    softhsm.forget()
    done = CliRunner().invoke(app, ["doctor", "keystore"])
    assert done.exit_code == 0, done.output
    assert done.output.count("p-256, signs by ecdsa-sha256, verified") > 1
    softhsm.forget()
    place.passphrase.write_text("999999")
    (found,) = looked(Grade.FAULT)
    assert found.step == "Token"
    assert "refused the PIN" in found.says
    assert not any(pin in found.says + done.output for pin in (PIN, "999999"))
