"""Encrypting the keys of the environment's folder again, for an operator."""

from collections.abc import Callable
from pathlib import Path

from guichet.conf.environment import Environment
from guichet.keystore import FileKeystore, KeystoreError, open_keystore, rewrapping
from guichet.keystore.rewrapping import Rewrapped
from guichet.processes import passphrases


def new_passphrase(path: Path | None) -> bytes:
    """From a file, or typed twice. Raises KeystoreError."""
    if path is not None:
        return passphrases.read(path)
    typed = passphrases.ask("New passphrase: ")
    if passphrases.ask("Once more: ") != typed:
        raise KeystoreError("The two are not the same: nothing was changed")
    return typed


def rewrap(
    environment: Environment, old: bytes, new: bytes, progress: Callable[[str], None]
) -> Rewrapped:
    """Encrypt every key under `new`; `progress` hears each label. Raises KeystoreError."""
    keystore = open_keystore(environment.keystore, old)
    if not isinstance(keystore, FileKeystore):
        raise KeystoreError(
            "Keys in a token are under its PIN: change that with the vendor's tool, then put the "
            "new one where the signer reads it"
        )
    return rewrapping.rewrap(keystore.folder, old, new, progress)
