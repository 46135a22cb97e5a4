"""A keystore in a folder: one encrypted PKCS#8 file a key, readable by its owner alone."""

import os
import re
import stat
import tempfile
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from guichet.keystore import algorithms, encryption
from guichet.keystore.protocol import KeystoreError, PublicKey, Secret, SigningKey
from guichet.x509 import keys

LABEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
ASIDE: Final = ".new-"
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class FileKeystore:
    """Keys as <folder>/<label>.pem; the folder is 0700, the files 0600.

    The passphrase is asked of `secret` when a key is opened, and not held in between.
    """

    def __init__(self, folder: str, secret: Secret) -> None:
        self._folder = Path(folder)
        self._secret = secret
        self._loaded: dict[str, SigningKey] = {}

    @property
    def folder(self) -> Path:
        """Where the keys are."""
        return self._folder

    def generate(self, label: str, algorithm: str) -> PublicKey:
        """Make and store a key whole or not at all. Raises KeystoreError for a label taken."""
        path = self._path(label)
        passphrase = self._passphrase()
        key = algorithms.make(algorithm)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        refuse_if_open(self._folder)
        aside = write_aside(self._folder, encrypted(key, passphrase))
        try:
            os.link(aside, path)
            synchronise(self._folder)
        except FileExistsError as error:
            raise KeystoreError(f"The key {label} exists already: it is never replaced") from error
        finally:
            aside.unlink()
        self._loaded[label] = key
        return key.public_key()

    def labels(self) -> frozenset[str]:
        """Labels of the keys held; empty before the first one."""
        return frozenset(path.stem for path in self._folder.glob("*.pem"))

    def signing_key(self, label: str) -> SigningKey:
        """Load once and keep: unlocking takes a quarter of a second, RSA-4096 checked as much."""
        if label not in self._loaded:
            self._loaded[label] = self._load(label)
        return self._loaded[label]

    def public_key(self, label: str) -> PublicKey:
        """The public half of a key held."""
        return self.signing_key(label).public_key()

    def destroy(self, label: str) -> None:
        """Overwrite the file of a key, then remove it. Raises KeystoreError.

        What a disk may keep of it is under the passphrase still.
        """
        path = self._path(label)
        try:
            with path.open("r+b") as stream:
                stream.write(os.urandom(path.stat().st_size))
                stream.flush()
                os.fsync(stream.fileno())
            path.unlink()
        except FileNotFoundError as error:
            raise KeystoreError(f"No key {label} in {self._folder}") from error
        except OSError as error:
            raise KeystoreError(f"The key {label} cannot be destroyed: {error.strerror}") from error
        synchronise(self._folder)
        self._loaded.pop(label, None)

    def _load(self, label: str) -> SigningKey:
        path = self._path(label)
        return decrypted(path, read(path), self._passphrase())

    def _passphrase(self) -> bytes:
        passphrase = self._secret()
        if not passphrase:
            raise KeystoreError("The keystore wants a passphrase that is not empty")
        return passphrase

    def _path(self, label: str) -> Path:
        if not LABEL.fullmatch(label):
            raise KeystoreError(f"Not a key label: {label!r}")
        return self._folder / f"{label}.pem"


def read(path: Path) -> bytes:
    """The encrypted key of a file that its owner alone may read. Raises KeystoreError."""
    try:
        pem = path.read_bytes()
        refuse_if_open(path.parent)
        refuse_if_open(path)
    except FileNotFoundError as error:
        raise KeystoreError(f"No key {path.stem} in {path.parent}") from error
    except PermissionError as error:
        raise KeystoreError(f"This user may not read {path.parent}") from error
    return pem


def refuse_if_open(path: Path) -> None:
    """Raises KeystoreError, with the command to run, when others may read or change the path."""
    found = path.stat()
    if found.st_mode & OTHERS:
        mode = "700" if stat.S_ISDIR(found.st_mode) else "600"
        raise KeystoreError(
            f"Others may open {path}: run `chmod {mode} {path}`, then ask who read it since"
        )


def decrypted(path: Path, pem: bytes, passphrase: bytes) -> SigningKey:
    """The key of an encrypted file's bytes. Raises KeystoreError."""
    try:
        key = load_pem_private_key(pem, passphrase)
    except TypeError as error:
        raise KeystoreError(f"The key {path.stem} is not encrypted: do not use it") from error
    except ValueError as error:
        raise KeystoreError(
            f"The passphrase does not open the key {path.stem}: give the one it was made under; "
            "after a change of passphrase cut short, run `guichet keystore rewrap` again"
        ) from error
    if not isinstance(key, keys.SIGNING_KEYS):
        raise KeystoreError(f"The key {path.stem} is of a kind that signs nothing here")
    return key


def encrypted(key: SigningKey, passphrase: bytes) -> bytes:
    """The key in PEM under the passphrase."""
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return encryption.encrypt(plain, passphrase)


def write_aside(folder: Path, pem: bytes) -> Path:
    """A new file of mode 0600 in the folder, on disk, under a name that is no key's."""
    descriptor, aside = tempfile.mkstemp(dir=folder, prefix=ASIDE)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(pem)
        stream.flush()
        os.fsync(stream.fileno())
    return Path(aside)


def synchronise(folder: Path) -> None:
    """Have the names of the folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
