"""Requests to be certified: PKCS#10, each with a key of its own."""

import itertools
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

EXPONENT: Final = 65537
BITS: Final = 2048
PRIMES: Final = 160  # two by two, 12,720 keys
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def csr(key: Key | None = None, name: str = "") -> bytes:
    """One request, DER, of a new P-256 key unless it is given; without a subject without a name."""
    attributes = ((NameOID.COUNTRY_NAME, "FR"), (NameOID.COMMON_NAME, name)) if name else ()
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    key = key or ec.generate_private_key(ec.SECP256R1())
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def several(kind: str, count: int, first: int = 0) -> Iterator[bytes]:
    """As many requests, DER, of keys of a kind: "p-256", or "rsa-2048", 12,720 at most."""
    keys: Iterator[Key] = _rsa_keys() if kind == "rsa-2048" else _p256_keys()
    for number, key in enumerate(itertools.islice(keys, first, first + count), first):
        yield csr(key, f"monserviceclient-{number:07}")


def write(ders: list[bytes], folder: Path) -> list[Path]:
    """The requests as PEM, a file each."""
    files = []
    for number, der in enumerate(ders):
        files.append(folder / f"{number:05}.csr")
        files[-1].write_bytes(pem(der))
    return files


def pem(der: bytes) -> bytes:
    """One request as PEM."""
    return x509.load_der_x509_csr(der).public_bytes(Encoding.PEM)


def _p256_keys() -> Iterator[ec.EllipticCurvePrivateKey]:
    while True:
        yield ec.generate_private_key(ec.SECP256R1())


def _rsa_keys() -> Iterator[rsa.RSAPrivateKey]:
    """Different moduli of few primes: thousands of keys in seconds, as slow to verify as others."""
    for p, q in itertools.combinations(_primes(), 2):
        d = rsa.rsa_recover_private_exponent(EXPONENT, p, q)
        public = rsa.RSAPublicNumbers(EXPONENT, p * q)
        dp, dq, inverse = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
        numbers = rsa.RSAPrivateNumbers(p, q, d, dp, dq, inverse, public)
        yield numbers.private_key(unsafe_skip_rsa_key_validation=True)


@cache
def _primes() -> tuple[int, ...]:
    found: list[int] = []
    while len(found) < PRIMES:
        numbers = rsa.generate_private_key(EXPONENT, BITS).private_numbers()
        found += (numbers.p, numbers.q)
    return tuple(found)
