"""The signer process: opens the keystore, takes intents, signs. It listens on nothing."""

import threading
from functools import cache
from pathlib import Path

from django.conf import settings

from guichet.authority.signer import Signer
from guichet.keystore import Keystore, KeystoreError, open_keystore


def passphrase_path() -> Path:
    """File that holds the keystore's passphrase; readable by the signer's user alone."""
    folder: Path = settings.GUICHET.state / "secrets"
    return folder / "keystore"


def read_passphrase() -> bytes:
    """The passphrase. Raises KeystoreError when the file is missing or empty."""
    path = passphrase_path()
    try:
        passphrase = path.read_bytes().strip()
    except OSError as error:
        raise KeystoreError(f"The keystore's passphrase cannot be read from {path}") from error
    if not passphrase:
        raise KeystoreError(f"The keystore's passphrase file {path} is empty")
    return passphrase


@cache
def open_signing_keystore() -> Keystore:
    """The keystore of the environment, opened once a process."""
    return open_keystore(settings.GUICHET.keystore, read_passphrase())


def make_signer(name: str = "signer") -> Signer:
    """A signer on the environment's keystore and addresses."""
    return Signer(open_signing_keystore(), settings.GUICHET.pki_url, name)


def run(stop: threading.Event) -> None:
    """Sign until told to stop."""
    make_signer().run(stop)
