"""What is wrong with the keystore, step by step, and what to do about it. It tells no secret."""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from django.db import Error as DatabaseFaultError

from guichet.authority import authority_keys, custody
from guichet.authority.custody import Bond
from guichet.conf.environment import Environment
from guichet.domain.catalogue.twins import environment_of
from guichet.domain.certificates.authority_states import AuthorityState
from guichet.keystore import FileKeystore, Keystore, KeystoreError, encryption, open_keystore
from guichet.keystore.file import read, refuse_if_open
from guichet.processes import passphrases
from guichet.x509 import keys

TRIAL_OCTETS: Final = 64


class Grade(StrEnum):
    """How a finding weighs."""

    WELL = "well"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, and what was found; where it is not well, what to do."""

    step: str
    grade: Grade
    says: str


def examine(environment: Environment) -> tuple[Finding, ...]:
    """Look at address, passphrase, folder or token, then at each authority's key.

    A PIN is tried once. Where one thing is wrong, what depends on it is not looked at.
    """
    looked = _Examination()
    step = "Address"
    try:
        secret = passphrases.secret(environment, asks=True)
        keystore = open_keystore(environment.keystore, secret)
        looked.add(step, environment.keystore)
        step = "Passphrase or PIN"
        secret()
        place = passphrases.place(environment)
        looked.add(step, f"read from {place}" if place.exists() else "typed")
        step = "Folder" if isinstance(keystore, FileKeystore) else "Token"
        held = _opened(looked, keystore)
        step = "Authorities"
        bonds = custody.bonds()
        looked.add(step, f"{len(bonds)} in the database")
    except KeystoreError as error:
        looked.add(step, str(error), Grade.FAULT)
    except DatabaseFaultError as error:
        asked = "set GUICHET_DATABASE_URL, or make it by `guichet init`"
        looked.add(step, f"The database cannot be read: {asked} [{error}]", Grade.FAULT)
    else:
        for bond in bonds:
            looked.authority(bond, keystore, held)
        looked.whole(held, bonds)
    return tuple(looked.findings)


def _opened(looked: "_Examination", keystore: Keystore) -> frozenset[str]:
    """The labels held, once the folder or token is known to open. Raises KeystoreError."""
    if isinstance(keystore, FileKeystore):
        looked.folder(keystore.folder)
        return keystore.labels()
    held = keystore.labels()
    looked.add("Token", f"opened by the PIN; it holds {len(held)} private keys")
    return held


class _Examination:
    """Findings as they are made."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, step: str, says: str, grade: Grade = Grade.WELL) -> None:
        self.findings.append(Finding(step, grade, says))

    def folder(self, folder: Path) -> None:
        """Raises KeystoreError when the folder is not there, or open to others."""
        if not folder.is_dir():
            raise KeystoreError(
                f"No folder at {folder}: correct GUICHET_KEYSTORE, restore it from its backup, or "
                "make the first keys (`guichet ceremony`)"
            )
        refuse_if_open(folder)
        self.add("Folder", f"{folder}, its owner's alone")
        for path in sorted(folder.glob("*.pem")):
            self.file(path)

    def file(self, path: Path) -> None:
        try:
            if not encryption.is_current(read(path)):
                says = f"{path.name} is encrypted by older means: run `guichet keystore rewrap`"
                self.add("Files", says, Grade.WARNING)
        except KeystoreError as error:
            self.add("Files", str(error), Grade.FAULT)

    def authority(self, bond: Bond, keystore: Keystore, held: frozenset[str]) -> None:
        """Present, opens, matches its certificate, signs what verifies."""
        if bond.label not in held:
            self.missing(bond)
            return
        try:
            if not bond.is_kept(keystore):
                says = (
                    f"The key under the label {bond.label} is not that of its certificate: this is "
                    "another folder or token, or the key was replaced. Correct GUICHET_KEYSTORE, "
                    "or restore the key. The signer refuses to start"
                )
                self.add(bond.code, says, Grade.FAULT)
            else:
                self.add(bond.code, _tried(bond, keystore), _expected(bond))
        except KeystoreError as error:
            self.add(bond.code, str(error), Grade.FAULT)

    def missing(self, bond: Bond) -> None:
        if not bond.signs:
            self.add(bond.code, f"no key here, as it should be: it is {bond.state.value}")
            return
        says = (
            f"No key under the label {bond.label}: restore it, or correct GUICHET_KEYSTORE. Until "
            "then nothing is signed by it, and its lists run out"
        )
        self.add(bond.code, says, Grade.FAULT)

    def whole(self, held: frozenset[str], bonds: tuple[Bond, ...]) -> None:
        """What the keystore should not hold: keys of nobody, and of two hierarchies."""
        if strange := sorted(held - {bond.label for bond in bonds}):
            says = (
                f"Keys that belong to no authority: {', '.join(strange)}. Left by a ceremony cut "
                "short, or another's: keep them elsewhere, or destroy them once you know"
            )
            self.add("Other keys", says, Grade.WARNING)
        if len({environment_of(label) for label in held}) > 1:
            says = (
                "TEST and production keys are in one keystore: whoever may use one may use the "
                "other. Keep each hierarchy in a folder or token of its own"
            )
            self.add("Hierarchies", says, Grade.FAULT)


def _tried(bond: Bond, keystore: Keystore) -> str:
    """Sign a trial message and verify it by the certificate's key. Raises KeystoreError."""
    bound = authority_keys.bind(keystore.signing_key(bond.label), bond.scheme)
    public = bound.key.public_key()
    message = secrets.token_bytes(TRIAL_OCTETS)
    if not bound.scheme.verifies(public, bound.sign(message), message):
        raise KeystoreError(
            "Its signature does not verify: do not sign with it, call the maker of the token"
        )
    told = f"{keys.facts(public).name}, signs by {bound.scheme.name}, verified"
    return told if bond.signs else f"{told}. {_surplus(bond.state)}"


def _surplus(state: AuthorityState) -> str:
    if state is AuthorityState.OFFLINE:
        return "It is offline: its key should be kept elsewhere, not here"
    if state is AuthorityState.DESTROYED:
        return (
            "Its key was destroyed, and yet it is here: find out which copy came back, destroy it"
        )
    return f"It is {state.value}: its key is used no more, destroy it by `guichet ceremony`"


def _expected(bond: Bond) -> Grade:
    if bond.state is AuthorityState.DESTROYED:
        return Grade.FAULT
    return Grade.WELL if bond.signs else Grade.WARNING
