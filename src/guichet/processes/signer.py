"""The signer process: opens the keystore, takes intents, signs. It listens on nothing."""

import threading
from contextlib import suppress
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import Error as DatabaseFaultError

from guichet.authority import custody, fingerprints
from guichet.authority.signer import Signer
from guichet.keystore import Keystore, open_keystore
from guichet.processes import passphrases


def passphrase_path() -> Path:
    """File of the state folder that may hold the passphrase; its user's alone."""
    return passphrases.default_path(settings.GUICHET)


@cache
def open_signing_keystore() -> Keystore:
    """The keystore of the environment, opened once a process.

    A person at a terminal is asked for the passphrase where no file holds it. Raises KeystoreError.
    """
    environment = settings.GUICHET
    return open_keystore(environment.keystore, passphrases.secret(environment, asks=True))


def make_signer(name: str = "signer") -> Signer:
    """A signer on the environment's keystore and addresses."""
    environment = settings.GUICHET
    keystore = open_signing_keystore()
    return Signer(keystore, environment.pki_url, name, environment.signer_threads)


def run(stop: threading.Event) -> None:
    """Sign until told to stop. Raises StrangeKeysError when the keys are not the authorities'."""
    signer = make_signer()
    custody.wait_for_own_keys(open_signing_keystore(), stop)
    with suppress(DatabaseFaultError):  # done at the next start: nothing else waits for it
        fingerprints.fill()
    signer.run(stop)
