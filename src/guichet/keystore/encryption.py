"""PKCS#8 under a passphrase: PBES2 (RFC 8018 6.2), scrypt (RFC 7914 7) and AES-256-CBC, in PEM.

scrypt with N = 2^14 and r = 8 takes 16 MiB, the most of which `openssl pkey` (all of 3.x) reads
back: above 32 MiB it refuses. p = 8 then makes a guess cost as much as N = 2^17, p = 1 (OWASP asks
p = 5 for this N): about a quarter of a second here. Argon2id has no encoding that openssl reads.
"""

import base64
import os
import textwrap
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.padding import PKCS7

from guichet.x509 import der
from guichet.x509.errors import Unreadable

COST: Final = 2**14
BLOCK_SIZE: Final = 8
PARALLELIZATION: Final = 8
MEMORY: Final = COST * BLOCK_SIZE  # in units of 128 octets
KEY_OCTETS: Final = 32
SALT_OCTETS: Final = 16
BLOCK_OCTETS: Final = 16
PBES2: Final = "1.2.840.113549.1.5.13"
SCRYPT: Final = "1.3.6.1.4.1.11591.4.11"
AES_256_CBC: Final = "2.16.840.1.101.3.4.1.42"
BEGIN: Final = "-----BEGIN ENCRYPTED PRIVATE KEY-----"
END: Final = "-----END ENCRYPTED PRIVATE KEY-----"


def encrypt(pkcs8: bytes, passphrase: bytes) -> bytes:
    """PEM of the EncryptedPrivateKeyInfo (RFC 5958 3) of a DER PrivateKeyInfo."""
    salt, vector = os.urandom(SALT_OCTETS), os.urandom(BLOCK_OCTETS)
    key = Scrypt(salt, KEY_OCTETS, COST, BLOCK_SIZE, PARALLELIZATION).derive(passphrase)
    padder = PKCS7(BLOCK_OCTETS * 8).padder()
    cipher = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    sealed = cipher.update(padder.update(pkcs8) + padder.finalize()) + cipher.finalize()
    scheme = der.sequence(der.oid(PBES2), der.sequence(_derivation(salt), _cipher(vector)))
    encoded = base64.b64encode(der.sequence(scheme, der.octets(sealed))).decode()
    return "\n".join((BEGIN, *textwrap.wrap(encoded, 64), END, "")).encode()


def _derivation(salt: bytes) -> bytes:
    numbers = map(der.integer, (COST, BLOCK_SIZE, PARALLELIZATION, KEY_OCTETS))
    return der.sequence(der.oid(SCRYPT), der.sequence(der.octets(salt), *numbers))


def _cipher(vector: bytes) -> bytes:
    return der.sequence(der.oid(AES_256_CBC), der.octets(vector))


def is_current(pem: bytes) -> bool:
    """Whether a key is encrypted as `encrypt` does, with parameters as strong."""
    body = "".join(pem.decode("ascii", "replace").split(BEGIN)[-1].split(END)[0].split())
    try:
        scheme = der.single(base64.b64decode(body)).children()[0].children()[1]
        derivation, cipher = scheme.children()
        name, parameters = derivation.children()
        if (name.dotted(), cipher.children()[0].dotted()) != (SCRYPT, AES_256_CBC):
            return False
        cost, block_size, parallelization = (n.number() for n in parameters.children()[1:4])
    except (ValueError, IndexError, Unreadable):
        return False
    memory = cost * block_size
    return memory >= MEMORY and memory * parallelization >= MEMORY * PARALLELIZATION
