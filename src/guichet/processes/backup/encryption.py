"""The age format (age-encryption.org/v1), by pyrage: streams of any size in little memory.

A backup is encrypted to public keys; the private halves, identities, are kept off the machine. An
identity may itself be protected by a passphrase, as `age` does it.
"""

import getpass
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import pyrage

from guichet.processes.backup.refusals import BackupError

HEADER: Final = b"age-encryption.org/v1"
ARMOR: Final = b"-----BEGIN AGE ENCRYPTED FILE-----"
PRIVATE: Final = "AGE-SECRET-KEY-1"
IDENTITY_AT_MOST: Final = 1 << 16
Ask = Callable[[str], str]


@dataclass(slots=True)
class _Pulled:
    """What an iterator yields, as a file to read; keeps the error that ended it."""

    chunks: Iterator[bytes]
    error: Exception | None = None
    _rest: memoryview = field(default_factory=lambda: memoryview(b""))

    def read(self, size: int = -1) -> bytes:
        """At most so many octets, b"" at the end."""
        try:
            while not self._rest:
                self._rest = memoryview(next(self.chunks))
        except StopIteration:
            return b""
        except Exception as error:
            self.error = error
            raise
        part, self._rest = self._rest[:size], self._rest[size:]
        return bytes(part)


def recipients(texts: Sequence[str]) -> list[Any]:
    """Public keys (`age1…`). Raises BackupError when one is none, or there is none."""
    if not texts:
        raise BackupError(
            "No key to encrypt to: run “guichet backup keygen --to FILE” on a machine that is kept "
            "apart, and give its public key in GUICHET_BACKUP_RECIPIENT"
        )
    try:
        return [pyrage.x25519.Recipient.from_str(text) for text in texts]
    except pyrage.RecipientError as error:
        raise BackupError(f"GUICHET_BACKUP_RECIPIENT: age1… public keys: {error}") from error


def encrypt(chunks: Iterator[bytes], stream: IO[bytes], to: Sequence[str]) -> None:
    """Write the chunks, encrypted. Raises BackupError, and whatever the chunks raise."""
    pulled = _Pulled(chunks)
    try:
        pyrage.encrypt_io(pulled, stream, recipients(to))
    except pyrage.EncryptError as error:
        raise pulled.error or BackupError(f"The backup cannot be encrypted: {error}") from error


@contextmanager
def decrypted(path: Path, identities: Sequence[Any]) -> Iterator[IO[bytes]]:
    """What the file holds, as a stream that is authenticated piece by piece.

    Raises BackupError at the end of the block, whatever the block raised: the file is cut or
    altered, or none of the identities opens it.
    """
    reading, writing = os.pipe()
    failures: list[Exception] = []

    def work() -> None:
        try:
            # Closed whatever happens: whoever reads waits for that.
            with os.fdopen(writing, "wb") as sink, path.open("rb") as source:
                pyrage.decrypt_io(source, sink, identities)
        except BrokenPipeError:
            return  # nobody reads any more: who stopped says why
        except (OSError, pyrage.DecryptError) as error:
            failures.append(error)

    thread = threading.Thread(target=work, name="decrypting")
    thread.start()
    try:
        with os.fdopen(reading, "rb") as stream:
            yield stream
    except Exception as error:
        thread.join()
        raise (_explained(path, failures[0]) if failures else error) from error
    thread.join()
    if failures:
        raise _explained(path, failures[0])


def _explained(path: Path, error: Exception) -> BackupError:
    if isinstance(error, FileNotFoundError | PermissionError):
        return BackupError(f"{path} cannot be read: {error.strerror}")
    if "No matching keys" in str(error):
        return BackupError(
            f"This identity does not open {path.name}: it was encrypted to another public key"
        )
    if isinstance(error, pyrage.DecryptError):
        return BackupError(f"{path.name} is no backup, or its beginning is damaged: {error}")
    return BackupError(f"{path.name} was cut or altered: take another copy of it")


def make_identity() -> tuple[str, str]:
    """A new private identity and its public key, as text."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def protected(text: str, passphrase: str) -> bytes:
    """An identity encrypted by a passphrase; `age -d` opens it too."""
    return bytes(pyrage.passphrase.encrypt(text.encode(), passphrase, armored=True))


def read_identities(path: Path, ask: Ask = getpass.getpass) -> list[Any]:
    """The private keys of a file, one a line, as `age-keygen` writes it.

    `ask` is asked for the passphrase when the file is protected by one. Raises BackupError.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(IDENTITY_AT_MOST)
    except OSError as error:
        raise BackupError(f"The identity cannot be read from {path}: {error.strerror}") from error
    if content.startswith((HEADER, ARMOR)):
        content = _opened(path, content, ask)
    return list(_identities(path, content.decode("utf-8", "replace").splitlines()))


def _opened(path: Path, content: bytes, ask: Ask) -> bytes:
    try:
        return bytes(pyrage.passphrase.decrypt(content, ask(f"Passphrase of {path}: ")))
    except pyrage.DecryptError as error:
        raise BackupError(f"This passphrase does not open {path}") from error


def _identities(path: Path, lines: Iterable[str]) -> Iterator[Any]:
    found = [line.strip() for line in lines if line.strip().startswith(PRIVATE)]
    if not found:
        raise BackupError(f"{path} holds no private key ({PRIVATE}…)")
    for line in found:
        try:
            yield pyrage.x25519.Identity.from_str(line)
        except pyrage.IdentityError as error:
            raise BackupError(f"{path} holds a private key that cannot be read") from error
