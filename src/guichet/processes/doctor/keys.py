"""The keystore: whether it is where it is said to be. `guichet doctor keystore` opens it."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from guichet.conf.environment import Environment
from guichet.keystore import KeystoreError
from guichet.keystore.file import refuse_if_open
from guichet.processes import passphrases
from guichet.processes.doctor.findings import Finding, fault, well

WHY = "Nothing is signed without it: no certificate, no list, and lists run out."


def examine(environment: Environment, _at: datetime) -> Iterator[Finding]:
    """The folder with keys in it and its passphrase; a token is left to the other verb."""
    scheme, _, rest = environment.keystore.partition(":")
    if scheme != "file":
        yield well("keystore", "It is a token: guichet doctor keystore opens it")
        return
    yield _folder(Path(rest))
    yield _passphrase(environment)


def _folder(folder: Path) -> Finding:
    if folder.is_dir() and not os.access(folder, os.R_OK):
        return well("keystore", f"{folder} is closed to this user, as it should be to most")
    if not any(folder.glob("*.pem")):
        return fault(
            "keystore",
            f"No key in {folder}",
            why=WHY,
            mend="Correct GUICHET_KEYSTORE, restore it (guichet restore), or guichet ceremony",
        )
    try:
        refuse_if_open(folder)
    except KeystoreError as error:
        return fault("keystore", str(error), why=WHY, mend=f"chmod 700 {folder}")
    return well("keystore", f"Keys in {folder}; guichet doctor keystore opens them")


def _passphrase(environment: Environment) -> Finding:
    place = passphrases.place(environment)
    try:
        there = place.exists()
    except PermissionError:
        there = True
    if there:
        return well("passphrase", f"The keystore's passphrase is in {place}")
    return fault(
        "passphrase",
        f"No passphrase of the keystore in {place}",
        why=WHY,
        mend=f"Put it in {place} (chmod 600), or name its file in GUICHET_KEYSTORE_PASSPHRASE_FILE",
    )
