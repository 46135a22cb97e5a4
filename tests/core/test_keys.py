"""Keys as facts, key identifiers, and signatures that others verify."""

import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from guichet.x509 import keys
from guichet.x509.errors import Unreadable
from kit.pki import kept_key

# An RFC 9500 style key nobody here knows: SubjectPublicKeyInfo with the OID of ML-KEM-512.
UNKNOWN = bytes.fromhex("3013300b0609608648016503040401030400010203")


@pytest.mark.parametrize(
    ("name", "kind", "bits", "curve"),
    [
        ("rsa-2048", "rsa", 2048, None),
        ("p-256", "ec", 256, "P-256"),
        ("p-384", "ec", 384, "P-384"),
        ("p-521", "ec", 521, "P-521"),
        ("ed25519", "ed25519", 256, None),
        ("ml-dsa-65", "ml-dsa-65", 0, None),
    ],
)
def test_facts(name: str, kind: str, bits: int, curve: str | None) -> None:
    """Kind, size, curve, and a digest to know the key again."""
    key = kept_key(name, name)
    found = keys.facts(key.public_key())
    assert (found.kind, found.bits, found.curve) == (kind, bits, curve)
    assert found.name == name
    assert found == keys.facts_of_spki(keys.public_half(key))
    assert found.spki_sha256 == hashlib.sha256(found.spki_der).hexdigest()
    assert (found.modulus is not None) == (kind == "rsa")
    assert found.exponent == (65537 if kind == "rsa" else None)


def test_unusual_curves_keep_their_name() -> None:
    """brainpoolP256r1 is no NIST curve and is not called one."""
    key = ec.generate_private_key(ec.BrainpoolP256R1())
    assert keys.facts(key.public_key()).curve == "brainpoolP256r1"


def test_keys_nobody_knows_are_other() -> None:
    """An unknown algorithm is a fact, not an error."""
    found = keys.facts_of_spki(UNKNOWN)
    assert (found.kind, found.bits, found.spki_der) == ("other", 0, UNKNOWN)


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"abc", UNKNOWN + b"\0"])
def test_what_is_no_key_is_unreadable(data: bytes) -> None:
    """REFUSED."""
    with pytest.raises(Unreadable, match="not-a-key"):
        keys.facts_of_spki(data)


def test_the_key_identifier_is_the_librarys() -> None:
    """SHA-1 of the key bits (RFC 5280 4.2.1.2 (1))."""
    for name in ("rsa-2048", "p-256", "ed25519", "ml-dsa-44"):
        key = kept_key(name, name)
        expected = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest
        assert keys.key_identifier(keys.public_half(key)) == expected


def test_public_half_is_the_spki() -> None:
    """As any library writes it."""
    key = kept_key("rsa-2048", "rsa-2048")
    assert isinstance(key, rsa.RSAPrivateKey)
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert keys.public_half(key) == spki
