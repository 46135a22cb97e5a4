"""The files of a test certificate: what servers and browsers take, and one archive of all."""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12PrivateKeyTypes

PASSWORD: Final = "guichet-test"  # noqa: S105 told to everybody: test certificates
CHAIN: Final = "chain.pem"
KEY: Final = "key.pem"
PACKAGE: Final = "identity.p12"
LABORATORY: Final = "laboratoire.pem"


def key_pem(key: PKCS12PrivateKeyTypes) -> str:
    """A private key that is no secret, PKCS#8 PEM without a password."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode()


def package(name: str, key: PKCS12PrivateKeyTypes, chain_pem: str) -> bytes:
    """A PKCS#12 under the password that everybody is told; the chain is PEM text, leaf first."""
    leaf, *others = x509.load_pem_x509_certificates(chain_pem.encode())
    locked = BestAvailableEncryption(PASSWORD.encode())
    return pkcs12.serialize_key_and_certificates(name.encode(), key, leaf, others, locked)


def archive(slug: str, *, key: str, chain: str, root: str, made_at: datetime) -> bytes:
    """A ZIP of the files; key, chain and the laboratory's root (or nothing) are PEM text."""
    private: PKCS12PrivateKeyTypes = load_pem_private_key(key.encode(), None)  # type: ignore[assignment]
    held: Mapping[str, bytes] = {
        CHAIN: chain.encode(),
        KEY: key.encode(),
        PACKAGE: package(f"TEST {slug}", private, chain),
        **({LABORATORY: root.encode()} if root else {}),
    }
    moment = made_at.astimezone(UTC).timetuple()[:6]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in held.items():
            zipped.writestr(zipfile.ZipInfo(f"test-{slug}/{name}", moment), data)
    return stream.getvalue()
