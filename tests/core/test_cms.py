"""Signatures and envelopes of cards: ours and openssl's; one octet altered is found."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from guichet.x509 import cms
from guichet.x509.errors import Unreadable
from kit import pki

CONTENT = b'{"what":"was done"}\r\nto the octet'


def card_of(kind: str) -> tuple[pki.Key, bytes]:
    """A key and its own certificate, DER."""
    key = pki.kept_key(f"card-{kind}", kind)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Anne Premier")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(2**120)
        .not_valid_before(pki.NOW)
        .not_valid_after(pki.NOW + timedelta(days=3))
    )
    return key, builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def files(folder: Path, key: pki.Key, own: bytes) -> tuple[Path, Path]:
    """key.pem and card.pem, for openssl."""
    (folder / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    loaded = x509.load_der_x509_certificate(own)
    (folder / "card.pem").write_bytes(loaded.public_bytes(Encoding.PEM))
    return folder / "key.pem", folder / "card.pem"


@pytest.mark.parametrize("kind", ["rsa-2048", "p-256"])
def test_openssl_verifies_what_is_signed(kind: str, tmp_path: Path) -> None:
    key, own = card_of(kind)
    signature = cms.sign(CONTENT, key, own)
    assert cms.signer(signature, CONTENT) == (own, ())
    _key, card = files(tmp_path, key, own)
    (tmp_path / "content").write_bytes(CONTENT)
    (tmp_path / "signature").write_bytes(signature)
    verify = ["openssl", "cms", "-verify", "-inform", "DER", "-binary", "-in", "signature"]
    given = ["-content", "content", "-CAfile", str(card), "-purpose", "any", "-no_check_time"]
    subprocess.run([*verify, *given], cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("rsa-2048", ["-md", "sha384"]),
        ("rsa-2048", ["-keyid", "-md", "sha256", "-noattr"]),
        ("rsa-2048", ["-keyopt", "rsa_padding_mode:pss", "-md", "sha256"]),
        ("p-256", ["-md", "sha256"]),
    ],
)
def test_what_openssl_signs_is_verified(kind: str, options: list[str], tmp_path: Path) -> None:
    key, own = card_of(kind)
    key_path, card = files(tmp_path, key, own)
    (tmp_path / "content").write_bytes(CONTENT)
    if "-keyid" in options:
        own = with_identifier(tmp_path, key_path)
    sign = ["openssl", "cms", "-sign", "-binary", "-in", "content", "-outform", "DER"]
    chosen = ["-signer", str(card), "-inkey", str(key_path), *options]
    made = subprocess.run([*sign, *chosen], cwd=tmp_path, check=True, capture_output=True)
    assert cms.signer(made.stdout, CONTENT)[0] == own
    with pytest.raises(Unreadable, match="forged"):
        cms.signer(made.stdout, CONTENT + b" ")


def with_identifier(folder: Path, key_path: Path) -> bytes:
    """The same card with a subjectKeyIdentifier, written over card.pem."""
    made = ["openssl", "req", "-x509", "-key", str(key_path), "-subj", "/CN=x", "-out", "card.pem"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    loaded = x509.load_pem_x509_certificate((folder / "card.pem").read_bytes())
    return loaded.public_bytes(Encoding.DER)


def test_every_octet_of_a_signature_counts() -> None:
    """Altered anywhere, it names nobody, or a certificate that compares unequal to the card's."""
    key, own = card_of("p-256")
    signature = cms.sign(CONTENT, key, own)
    within = signature.index(own)
    for place in range(len(signature)):
        altered = bytearray(signature)
        altered[place] ^= 1
        try:
            found, _others = cms.signer(bytes(altered), CONTENT)
        except Unreadable:
            continue
        assert found == own or within <= place < within + len(own)


@pytest.mark.parametrize("data", [b"", b"0", b"\x30\x00", bytes(40), b"\x30\x03\x06\x01\x00"])
def test_what_is_no_signature_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match="cms"):
        cms.signer(data, CONTENT)


def test_a_signature_that_holds_its_content_is_refused(tmp_path: Path) -> None:
    key_path, card = files(tmp_path, *card_of("p-256"))
    sign = ["openssl", "cms", "-sign", "-nodetach", "-binary", "-in", str(card), "-outform", "DER"]
    chosen = ["-signer", str(card), "-inkey", str(key_path)]
    made = subprocess.run([*sign, *chosen], check=True, capture_output=True)
    with pytest.raises(Unreadable, match="cms"):
        cms.signer(made.stdout, card.read_bytes())


def test_an_envelope_opens_for_its_card_alone(tmp_path: Path) -> None:
    key, own = card_of("rsa-2048")
    envelope = cms.envelop(CONTENT, own)
    assert cms.opened(envelope, key, own) == CONTENT
    key_path, card = files(tmp_path, key, own)
    decrypt = ["openssl", "cms", "-decrypt", "-inform", "DER", "-recip", str(card)]
    made = subprocess.run(
        [*decrypt, "-inkey", str(key_path)], input=envelope, check=True, capture_output=True
    )
    assert made.stdout == CONTENT
    with pytest.raises(Unreadable, match="cms"):
        cms.opened(envelope[:-1], key, own)
    other, others = card_of("p-256")
    with pytest.raises(Unreadable, match="not-rsa"):
        cms.envelop(CONTENT, others)
    with pytest.raises(Unreadable, match="not-rsa"):
        cms.opened(envelope, other, others)


def test_a_card_is_read_from_its_files(tmp_path: Path) -> None:
    key, own = card_of("p-256")
    key_path, card = files(tmp_path, key, own)
    together = key_path.read_bytes() + card.read_bytes()
    found, its_own, chain = cms.card(together, b"")
    assert (found.public_key(), its_own, chain) == (key.public_key(), own, ())
    loaded = x509.load_der_x509_certificate(own)
    sealed = pkcs12.serialize_key_and_certificates(
        b"x", key, loaded, None, BestAvailableEncryption(b"right")
    )
    assert cms.card(sealed, b"right")[1] == own
    with pytest.raises(Unreadable, match="password"):
        cms.card(sealed, b"wrong")
    _other, others = card_of("rsa-2048")
    foreign = x509.load_der_x509_certificate(others).public_bytes(Encoding.PEM)
    with pytest.raises(Unreadable, match="card"):
        cms.card(key_path.read_bytes() + foreign, b"")
