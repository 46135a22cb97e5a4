"""The signer process: opens the keystore, takes intents, signs. It listens on nothing."""

import gc
import logging
import threading
from functools import cache
from typing import Final

from django.conf import settings
from django.db import Error as DatabaseFaultError
from django.db import close_old_connections

from guichet.authority import custody, fingerprints
from guichet.authority.signer import Signer
from guichet.database.stillness import in_a_line, is_absent
from guichet.keystore import Keystore, open_keystore
from guichet.processes import passphrases

logger = logging.getLogger(__name__)
UPGRADE_SECONDS: Final = 600.0
"""Between two looks for what a signer of the release before, still running, stored meanwhile."""


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


def settle_memory() -> None:
    """Have the collector leave alone what the program is made of.

    To look through it all takes a tenth of a second, in the middle of a batch, to find nothing.
    """
    gc.collect()
    gc.freeze()


def run(stop: threading.Event) -> None:
    """Sign until told to stop. Raises StrangeKeysError when the keys are not the authorities'."""
    signer = make_signer()
    custody.wait_for_own_keys(open_signing_keystore(), stop)
    completing = threading.Thread(target=complete, args=(stop,), name="fingerprints")
    completing.start()
    settle_memory()
    try:
        signer.run(stop)
    finally:
        stop.set()
        completing.join()


def complete(stop: threading.Event) -> None:
    """Fingerprint what the release before stored, beside the signing, until told to stop.

    A fault of the database is waited out as the end of the work is.
    """
    while not stop.is_set():
        close_old_connections()
        try:
            is_done = not fingerprints.fill()
        except DatabaseFaultError as fault:
            if is_absent():
                logger.warning("fingerprints wait for the database: %s", in_a_line(fault))
            else:
                logger.exception("fingerprints are not complete; it will be tried again")
            is_done = True
        close_old_connections()
        if is_done:
            stop.wait(UPGRADE_SECONDS)
