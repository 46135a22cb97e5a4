"""The publisher's seal on a head: Ed25519 (RFC 8032) over a line that says what this is.

A sealed head is that line with the key's name, the signature in base64, and the body.
"""

import base64
import binascii
import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from guichet.validation import files
from guichet.validation.copies.refusals import PublicationRefusedError

KIND: Final = b"guichet-publication-1"
FILE: Final = "key.pem"


def own_key(folder: Path) -> Ed25519PrivateKey:
    """The key of this publisher, made at its first use and readable by its user alone.

    Raises TypeError for a file of another kind of key.
    """
    path = folder / FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(path)
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} holds no Ed25519 key")
    return key


def _make(path: Path) -> None:
    """Linked under its name, which fails when another process was first: there is one key."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    with files.aside(path, pem) as written, suppress(FileExistsError):
        path.hardlink_to(written)


def written(key: Ed25519PublicKey) -> str:
    """A public key as operators hand it on: 44 characters of base64."""
    return base64.b64encode(key.public_bytes_raw()).decode("ascii")


def read(text: str) -> Ed25519PublicKey:
    """A public key from its 44 characters, or from a file of them. Raises ValueError."""
    key = _decoded(text)
    if key is None:
        try:
            key = _decoded(Path(text).read_text().strip())
        except OSError as error:
            raise ValueError(f"neither a public key nor a file of one: {text!r}") from error
    if key is None:
        raise ValueError(f"no public key in {text!r}")
    return key


def _decoded(text: str) -> Ed25519PublicKey | None:
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except ValueError:
        return None


def name(key: Ed25519PublicKey) -> str:
    """A short name of a key, by which a head says whose it is."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def seal(body: bytes, key: Ed25519PrivateKey) -> bytes:
    """The body, sealed."""
    first = KIND + b" " + name(key.public_key()).encode()
    signature = key.sign(first + b"\n" + body)
    return b"\n".join((first, base64.b64encode(signature), body))


def opened(sealed: bytes, key: Ed25519PublicKey) -> bytes:
    """The body. Raises PublicationRefusedError for what this key did not seal."""
    first, _, rest = sealed.partition(b"\n")
    signature, _, body = rest.partition(b"\n")
    if signer(sealed) not in {None, name(key)}:
        raise PublicationRefusedError("the publication is signed by another key")
    try:
        key.verify(base64.b64decode(signature, validate=True), first + b"\n" + body)
    except (InvalidSignature, binascii.Error) as error:
        raise PublicationRefusedError("the signature of the publication does not verify") from error
    return body


def signer(sealed: bytes) -> str | None:
    """The name of the key that a head says it is sealed with; None for what is no head."""
    kind, _, named = sealed.partition(b"\n")[0].partition(b" ")
    return named.decode("ascii", "replace") if kind == KIND else None
