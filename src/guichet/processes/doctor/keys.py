"""The keystore: whether it is where it is said to be. `guichet doctor keystore` opens it."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from guichet.conf.environment import Environment
from guichet.keystore import KeystoreError
from guichet.keystore.file import refuse_if_open
from guichet.processes import passphrases
from guichet.processes.doctor.findings import Finding, closed, fault, well

SIGNERS_CREDENTIAL: Final = Path("/run/credentials/guichet-signer.service") / passphrases.CREDENTIAL
"""Where systemd keeps it while the signer runs, for the signer and for root."""
WHY = "Nothing is signed without it: no certificate, no list, and lists run out."


def examine(environment: Environment, _at: datetime) -> Iterator[Finding]:
    """The folder with keys in it and its passphrase; a token is left to the other verb."""
    scheme, _, rest = environment.keystore.partition(":")
    if scheme != "file":
        yield well("keystore", "It is a token: guichet doctor keystore opens it")
        return
    folder = Path(rest)
    if _is_closed(folder):
        yield closed("keystore", folder)
        yield closed("passphrase", "The keystore's passphrase")
        return
    yield _folder(folder)
    yield _passphrase(environment)


def _is_closed(folder: Path) -> bool:
    """Whether this user may not look into it: neither is the passphrase theirs to read."""
    try:
        return folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK)
    except PermissionError:
        return True


def _folder(folder: Path) -> Finding:
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
    place, shut = passphrases.place(environment), []
    for found in (place, SIGNERS_CREDENTIAL):
        try:
            if found.exists():
                return well("passphrase", f"The keystore's passphrase is in {found}")
        except PermissionError:
            shut.append(found)
    if shut:
        return closed("passphrase", shut[0])
    return fault(
        "passphrase",
        f"No passphrase of the keystore in {place}",
        why=WHY,
        mend=f"Put it in {place} (chmod 600), or name its file in GUICHET_KEYSTORE_PASSPHRASE_FILE",
    )
