"""Encrypting the keys of a folder again: under another passphrase, or stronger parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from guichet.keystore import encryption, file
from guichet.keystore.protocol import KeystoreError, SigningKey
from guichet.x509 import keys

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """Labels of the keys encrypted anew, and of those that needed nothing."""

    changed: tuple[str, ...]
    left: tuple[str, ...]


def rewrap(
    folder: Path, old: bytes, new: bytes, progress: Progress = lambda label: None
) -> Rewrapped:
    """Encrypt under `new` each key that is not yet, with the parameters of today.

    Every key is opened, encrypted aside and read back before the first one is put in its place:
    a passphrase that opens not all of them changes nothing. Each is then replaced whole. After a
    cut, run it again with the same passphrases: what was replaced already is left as it is. Nobody
    may make keys meanwhile. Raises KeystoreError.
    """
    if not new:
        raise KeystoreError("The keystore wants a passphrase that is not empty")
    ready: dict[Path, Path] = {}
    left: list[str] = []
    for cut_short in folder.glob(f"{file.ASIDE}*"):
        cut_short.unlink()
    try:
        for path in sorted(folder.glob("*.pem")):
            progress(path.stem)
            pem = file.read(path)
            key, is_new = _opened(path, pem, old, new)
            if is_new and encryption.is_current(pem):
                left.append(path.stem)
            else:
                ready[path] = _wrapped(path, key, new)
        for path, aside in ready.items():
            aside.replace(path)
        file.synchronise(folder)
    except FileNotFoundError as error:
        raise KeystoreError(f"No folder of keys at {folder}") from error
    finally:
        for aside in ready.values():
            aside.unlink(missing_ok=True)
    return Rewrapped(tuple(path.stem for path in ready), tuple(left))


def _opened(path: Path, pem: bytes, old: bytes, new: bytes) -> tuple[SigningKey, bool]:
    """The key, and whether the new passphrase opens it."""
    try:
        return file.decrypted(path, pem, new), True
    except KeystoreError:
        return file.decrypted(path, pem, old), False


def _wrapped(path: Path, key: SigningKey, new: bytes) -> Path:
    aside = file.write_aside(path.parent, file.encrypted(key, new))
    again = file.decrypted(path, aside.read_bytes(), new)
    if keys.public_half(again) != keys.public_half(key):
        aside.unlink()
        raise KeystoreError(f"The key {path.stem} was not read back as it is: nothing was changed")
    return aside
