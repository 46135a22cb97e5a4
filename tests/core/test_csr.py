"""Certificate requests: those of other tools, the shapes people send, and what is no request."""

import base64
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from guichet.x509 import bundles, csr, keys, names
from guichet.x509.errors import Unreadable
from kit.pki import Pki, kept_key

REQUESTS = Path(__file__).parent.parent / "vectors" / "requests"


def reason(data: bytes) -> str:
    """Return why the bytes are refused."""
    with pytest.raises(Unreadable) as caught:
        csr.read(data)
    return caught.value.reason


@pytest.mark.parametrize(
    ("name", "kind", "bits", "digest", "valid"),
    [
        ("openssl-rsa-2048", "rsa", 2048, "sha256", True),
        ("openssl-p256-san", "ec", 256, "sha256", True),
        ("openssl-secp256k1", "ec", 256, "sha256", True),
        ("openssl-sha1", "rsa", 2048, "sha1", False),
        ("openssl-ca-true", "rsa", 2048, "sha256", True),
        ("openssl-ed25519", "ed25519", 256, None, True),
        ("openssl-ed448", "other", 0, None, True),
        ("openssl-dsa", "other", 0, "sha256", True),
        ("openssl-pss", "rsa", 2048, "sha256", True),
        ("certtool-challenge", "rsa", 2048, "sha256", True),
        ("keytool-rsa-3072", "rsa", 3072, "sha256", True),
    ],
)
def test_requests_of_other_tools(
    name: str, kind: str, bits: int, digest: str | None, valid: bool
) -> None:
    """ACCEPTED. What openssl and certtool make is read as it is."""
    found = csr.read((REQUESTS / f"{name}.pem").read_bytes())
    assert (found.key.kind, found.key.bits) == (kind, bits)
    assert found.signature_hash == digest
    assert found.signature_valid is valid


def test_what_a_request_asks_is_told() -> None:
    """Subject, names and extensions are read, to be judged elsewhere."""
    found = csr.read((REQUESTS / "openssl-rsa-2048.pem").read_bytes())
    assert names.display(found.subject) == "CN=Monserviceclient, O=HOPITAL DES 3 DAMES, C=FR"
    assert (found.extension_oids, found.dns_names, found.is_ca) == ((), (), False)
    with_names = csr.read((REQUESTS / "openssl-p256-san.pem").read_bytes())
    assert with_names.dns_names == ("a.exemple.fr", "b.exemple.fr")
    assert set(with_names.extension_oids) == {"2.5.29.17", "2.5.29.15"}
    assert csr.read((REQUESTS / "openssl-ca-true.pem").read_bytes()).is_ca


def test_every_shape_of_the_same_request(pki: Pki) -> None:
    """ACCEPTED. PEM, DER, Windows line ends and byte order marks, text around, lost armour."""
    encoding = pki.csr()
    pem = bundles.pem(encoding, "CERTIFICATE REQUEST").encode()
    old = bundles.pem(encoding, "NEW CERTIFICATE REQUEST").encode()
    body = base64.b64encode(encoding)
    shapes = (
        encoding,
        pem,
        old,
        body,
        body + b"\r\n",
        pem.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + body,
        b"\xff\xfe" + pem.decode().encode("utf-16-le"),
        b"\xfe\xff" + pem.decode().encode("utf-16-be"),
        b"Certificate Request:\n    Data:\n" + pem + b"\n",
    )
    assert {csr.read(shape) for shape in shapes} == {csr.read(encoding)}


def test_the_key_is_kept_byte_for_byte(pki: Pki) -> None:
    """The certificate will carry the very SubjectPublicKeyInfo of the request."""
    key = pki.fresh_key("p-384")
    found = csr.read(pki.csr(key))
    assert found.key == keys.facts(key.public_key())
    assert found.key.spki_der == keys.public_half(key)
    assert (found.key.curve, found.key.modulus) == ("P-384", None)


def test_possession_is_checked(pki: Pki) -> None:
    """A request signed by another key proves nothing (RFC 2986 3)."""
    assert csr.read(pki.csr()).signature_valid
    assert not csr.read(pki.csr(signed_by=pki.fresh_key())).signature_valid


def test_private_keys_are_recognised_in_every_shape(tmp_path: Path) -> None:
    """REFUSED. The person must be told that the key is burnt, whatever the shape."""
    key = kept_key("csr")
    assert isinstance(key, rsa.RSAPrivateKey)
    secret = BestAvailableEncryption(b"secret")
    for encoding in (Encoding.PEM, Encoding.DER):
        for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
            assert reason(key.private_bytes(encoding, form, NoEncryption())) == "private-key"
        assert reason(key.private_bytes(encoding, PrivateFormat.PKCS8, secret)) == "private-key"
    openssh = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    assert reason(openssh) == "private-key"
    assert reason(b"PuTTY-User-Key-File-3: ssh-rsa\n") == "private-key"
    naked = base64.b64encode(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    assert reason(naked) == "private-key"
    bundle = pkcs12.serialize_key_and_certificates(b"a", key, None, None, secret)
    assert reason(bundle) == "private-key"
    both = bundles.pem(b"", "CERTIFICATE REQUEST").encode() + openssh
    assert reason(both) == "private-key"


def test_a_certificate_is_not_a_request(pki: Pki) -> None:
    """REFUSED, and said: people mistake one file for the other."""
    leaf = pki.leaf()
    assert reason(leaf.der) == "certificate"
    assert reason(bundles.pem(leaf.der).encode()) == "certificate"


def test_what_else_is_refused(pki: Pki) -> None:
    """REFUSED. Nothing, too much, two at once, halves, and anything else."""
    pem = bundles.pem(pki.csr(), "CERTIFICATE REQUEST").encode()
    assert reason(b"") == "empty"
    assert reason(b" \r\n\t") == "empty"
    assert reason(b"a" * csr.MAX_SIZE) == "not-a-csr"
    assert reason(b"a" * (csr.MAX_SIZE + 1)) == "too-large"
    assert reason(b"a" * (10 * 1024 * 1024)) == "too-large"
    assert reason(pem + pem) == "several"
    assert reason(pem.replace(b"M", b"M?", 1)) == "not-a-csr"
    assert reason(b"\xff\xfe" + b"\x00") == "not-a-csr"
    assert reason(pem[: len(pem) // 2]) == "not-a-csr"
    assert reason(pki.csr()[:-1]) == "not-a-csr"
    assert reason(pki.csr() + b"\0") == "not-a-csr"
    assert reason(b"bonjour") == "not-a-csr"
    assert reason(
        b"-----BEGIN CERTIFICATE REQUEST-----\n?\n-----END CERTIFICATE REQUEST-----\n"
    ) == ("not-a-csr")
    assert reason(bundles.pem(b"x", "PUBLIC KEY").encode()) == "not-a-csr"


def test_armour_that_overlaps_is_read_from_the_outside(pki: Pki) -> None:
    """A beginning without its end hides nothing of what follows it."""
    pem = bundles.pem(pki.csr(), "CERTIFICATE REQUEST").encode()
    assert csr.read(b"-----BEGIN NOTE-----\n" + pem).der == pki.csr()
    assert csr.read(pem + b"-----BEGIN CERTIFICATE REQUEST-----\n").der == pki.csr()
    hidden = b"-----BEGIN NOTE-----\n" + pem + b"-----END NOTE-----\n"
    assert reason(hidden) == "not-a-csr"


@pytest.mark.parametrize("label", ["A", "CERTIFICATE REQUEST"])
def test_beginnings_without_ends_are_read_once(label: str) -> None:
    """A pattern read 64 kB of them to the end from each: 100 million steps, seconds."""
    line = f"-----BEGIN {label}-----".encode()
    began = time.process_time()
    assert reason(line * (csr.MAX_SIZE // len(line))) == "not-a-csr"
    assert time.process_time() - began < 0.5


def test_duplicate_extensions_are_unreadable(pki: Pki) -> None:
    """REFUSED. What says two things says nothing (RFC 5280 4.2)."""
    twice = pki.csr(extensions=[(x509.BasicConstraints(ca=False, path_length=None), False)] * 1)
    other = pki.csr(extensions=[(x509.SubjectAlternativeName([x509.DNSName("a.fr")]), False)])
    assert csr.read(other).dns_names == ("a.fr",)
    assert replace(csr.read(twice), der=b"").is_ca is False


def test_openssl_reads_the_same_key(pki: Pki, tmp_path: Path) -> None:
    """A second opinion on the key of a request."""
    path = tmp_path / "request.der"
    path.write_bytes(pki.csr())
    command = ["openssl", "req", "-inform", "DER", "-in", path, "-noout", "-pubkey"]
    printed = subprocess.run(command, check=True, capture_output=True).stdout
    found = csr.read(pki.csr())
    assert printed.decode() == bundles.pem(found.key.spki_der, "PUBLIC KEY")
