"""Signature schemes: each signs and verifies everything the authority makes, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from guichet.x509 import certificate, crl, keys, lints, possession, signatures
from guichet.x509.crl_headings import Heading
from guichet.x509.signatures import BoundKey
from kit.pki import NOW, Pki, kept_key

SCHEMES = {
    "rsa-sha256": "rsa-2048",
    "rsa-sha384": "rsa-2048",
    "rsa-sha512": "rsa-2048",
    "rsa-pss-sha256": "rsa-2048",
    "rsa-pss-sha384": "rsa-2048",
    "rsa-pss-sha512": "rsa-2048",
    "ecdsa-sha256": "p-256",
    "ecdsa-sha384": "p-384",
    "ecdsa-sha512": "p-521",
    "ed25519": "ed25519",
    "ml-dsa-44": "ml-dsa-44",
    "ml-dsa-65": "ml-dsa-65",
    "ml-dsa-87": "ml-dsa-87",
}


def key_of(scheme: str, name: str = "scheme") -> BoundKey:
    """A key of the scheme's kind, made once a process."""
    return signatures.bound(kept_key(name, SCHEMES[scheme]), scheme)


def test_every_scheme_is_tried_here() -> None:
    """A scheme added without a line above fails here."""
    assert {scheme.name for scheme in signatures.every()} == set(SCHEMES)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_certificates_and_lists(pki: Pki, scheme: str) -> None:
    """What is rehearsed is what is signed; the real key alone verifies; nobody's bit is free."""
    real = key_of(scheme)
    plan = replace(pki.leaf().plan, issuer=certificate.subject_der(pki.root_of(real.key)))
    root, other = pki.root_of(real.key), pki.root_of(key_of(scheme, "other").key)
    rehearsed = certificate.sign(plan, signatures.throw_away(real))
    signed = certificate.sign(plan, real)
    assert certificate.tbs(signed) == certificate.tbs(rehearsed)
    assert certificate.is_signed_by(signed, root)
    assert not certificate.is_signed_by(rehearsed, root)
    assert lints.lint_certificate(signed) == ()
    heading = Heading(number=1, this_update=NOW, next_update=NOW + timedelta(days=1))
    found = crl.build(root, heading, [], real)
    assert lints.lint_crl(found) == ()
    assert crl.is_signed_by(found, root)
    assert not crl.is_signed_by(found, other)
    assert not crl.is_signed_by(found[:-1] + bytes([found[-1] ^ 1]), root)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_identifiers_are_those_of_the_library(pki: Pki, scheme: str) -> None:
    """Byte for byte: PSS with its parameters written, ML-DSA and Ed25519 without any."""
    real = key_of(scheme)
    signed = certificate.sign(pki.leaf().plan, real)
    parameters = certificate.load(signed).signature_algorithm_parameters
    digest = getattr(real.scheme, "digest", None)
    salted = parameters if isinstance(parameters, padding.PSS) else None
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "other")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    theirs = builder.sign(real.key, digest, rsa_padding=salted).public_bytes(Encoding.DER)
    assert real.identifier in theirs
    if salted is not None:
        assert isinstance(salted._mgf, padding.MGF1)
        assert salted._mgf._algorithm.name == digest.name
        assert salted._salt_length == digest.digest_size
    assert signatures.identified(real.identifier) is real.scheme


def test_a_key_signs_by_its_own_schemes_alone() -> None:
    """REFUSED when it is bound, so that nothing is signed by mistake."""
    with pytest.raises(ValueError, match=r"p-256 does not sign by ecdsa-sha384"):
        signatures.bound(kept_key("scheme", "p-256"), "ecdsa-sha384")
    with pytest.raises(ValueError, match=r"ml-dsa-65 does not sign by ml-dsa-87"):
        signatures.bound(kept_key("scheme", "ml-dsa-65"), "ml-dsa-87")
    with pytest.raises(ValueError, match="no signature scheme"):
        signatures.bound(kept_key("scheme", "rsa-2048"), "rsa-sha1")


@pytest.mark.parametrize("scheme", ["rsa-pss-sha256", "ecdsa-sha256", "ml-dsa-44"])
def test_another_kind_of_key_verifies_nothing(scheme: str) -> None:
    """False, never an exception: bytes come from anywhere."""
    real, data = key_of(scheme), b"data"
    signed = real.sign(data)
    assert real.scheme.verifies(real.key.public_key(), signed, data)
    for other in {"rsa-2048", "p-256", "ed25519"} - {SCHEMES[scheme]}:
        assert not real.scheme.verifies(kept_key("scheme", other).public_key(), signed, data)
    assert not real.scheme.verifies(real.key.public_key(), b"", data)


class Token(rsa.RSAPrivateKey):
    """A key that a token keeps: the library's class is abstract, and told everything."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key, self.asked = key, ""

    def sign(self, data: bytes, padding: object, algorithm: object) -> bytes:  # type: ignore[override]
        """Remember how; the padding is given as the token must apply it."""
        self.asked = f"{padding.name} {algorithm.name}"  # type: ignore[attr-defined]
        return self._key.sign(data, padding, algorithm)  # type: ignore[arg-type]

    def public_key(self) -> rsa.RSAPublicKey:
        """The public half."""
        return self._key.public_key()

    decrypt = private_numbers = private_bytes = __copy__ = __deepcopy__ = None  # type: ignore[assignment]
    key_size = 2048  # type: ignore[assignment]


def test_a_key_in_a_token_signs_by_its_scheme() -> None:
    """PSS and its salt reach the token; a throw-away key is made in memory."""
    key = kept_key("scheme", "rsa-2048")
    assert isinstance(key, rsa.RSAPrivateKey)
    token = Token(key)
    real = signatures.bound(token, "rsa-pss-sha384")
    assert real.scheme.verifies(token.public_key(), real.sign(b"data"), b"data")
    assert token.asked == f"EMSA-PSS {hashes.SHA384.name}"
    assert not isinstance(signatures.throw_away(real).key, Token)


@pytest.mark.parametrize("kind", ["rsa-2048", "p-256", "p-521", "ed25519", "ml-dsa-65"])
def test_possession_as_browsers_prove_it(kind: str) -> None:
    """By the usual scheme; ECDSA is r and s side by side there (Web Cryptography API 23.7)."""
    real = signatures.bound(kept_key("scheme", kind))
    signed = real.sign(b"challenge")
    if kind.startswith("p-"):
        size = -(int(kind.removeprefix("p-")) // -8)
        signed = b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(signed))
    spki = keys.public_half(real.key)
    assert possession.verifies(spki, signed, b"challenge")
    assert not possession.verifies(spki, signed, b"another")
    assert not possession.verifies(spki, signed[1:], b"challenge")
    assert not possession.verifies(spki, signed + b"\0", b"challenge")
    assert not possession.verifies(b"", signed, b"challenge")
