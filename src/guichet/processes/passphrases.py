"""The keystore's passphrase or PIN: where it is, and how it is read. It is never in a variable.

In this order: the systemd credential "keystore", the file that GUICHET_KEYSTORE_PASSPHRASE_FILE
names, secrets/keystore in the state folder, and for verbs typed by a person a prompt.
"""

import getpass
import os
import stat
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from guichet.conf.environment import Environment
from guichet.keystore import KeystoreError

CREDENTIAL: Final = "keystore"
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def default_path(environment: Environment) -> Path:
    """The file of the state folder, which the demo makes."""
    return environment.state / "secrets" / "keystore"


def place(environment: Environment) -> Path:
    """The file that the passphrase is read from, whether it is there or not."""
    if folder := os.environ.get("CREDENTIALS_DIRECTORY"):
        credential = Path(folder) / CREDENTIAL
        if credential.is_file():
            return credential
    return environment.keystore_passphrase_file or default_path(environment)


def secret(environment: Environment, *, asks: bool = False) -> Callable[[], bytes]:
    """What a keystore calls to have the passphrase: read when asked, held by nobody in between.

    `asks`: a person at the terminal is asked, once, where no file is. Raises KeystoreError.
    """
    prompt = cache(lambda: ask("Passphrase or PIN of the keystore: "))

    def give() -> bytes:
        path = place(environment)
        if asks and not path.exists() and sys.stdin and sys.stdin.isatty():
            return prompt()
        return read(path)

    return give


def ask(question: str) -> bytes:
    """What a person types unseen. Raises KeystoreError when it is nothing."""
    typed = getpass.getpass(question).encode()
    if not typed:
        raise KeystoreError("The keystore wants a passphrase that is not empty")
    return typed


def read(path: Path) -> bytes:
    """The passphrase in a file, without the blanks around it. Raises KeystoreError."""
    try:
        refuse_if_open(path)
        passphrase = path.read_bytes().strip()
    except OSError as error:
        raise KeystoreError(
            f"The keystore's passphrase cannot be read from {path} ({error.strerror}): put it "
            "there, readable by the signer's user alone, or name its file in "
            "GUICHET_KEYSTORE_PASSPHRASE_FILE"
        ) from error
    if not passphrase:
        raise KeystoreError(f"The keystore's passphrase file {path} is empty")
    return passphrase


def refuse_if_open(path: Path) -> None:
    """Raises KeystoreError when others may read the file; OSError when it is not there.

    systemd keeps its credentials in a folder for one unit alone, some under an access list that
    shows as the mode of a group.
    """
    is_credential = path.parent == Path(os.environ.get("CREDENTIALS_DIRECTORY") or "/dev/null")
    if not is_credential and path.stat().st_mode & OTHERS:
        raise KeystoreError(
            f"Others may read the keystore's passphrase: run `chmod 600 {path}`, then change it "
            "(`guichet keystore rewrap`)"
        )
