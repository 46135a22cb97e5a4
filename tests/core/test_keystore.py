"""Keys in files: encrypted, private, never replaced, and clear words when they cannot be opened."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from guichet.keystore import Keystore, KeystoreError, open_keystore

PASSPHRASE = b"cheval agrafe pile correct"


@pytest.fixture
def keystore(tmp_path: Path) -> Keystore:
    return open_keystore(f"file:{tmp_path / 'keys'}", PASSPHRASE)


def reopened(tmp_path: Path, passphrase: bytes = PASSPHRASE) -> Keystore:
    return open_keystore(f"file:{tmp_path / 'keys'}", passphrase)


def test_a_key_is_found_again_after_a_restart(keystore: Keystore, tmp_path: Path) -> None:
    made = keystore.generate("ACR-EL-TEST", "p-384")
    again = reopened(tmp_path)
    assert again.labels() == {"ACR-EL-TEST"}
    assert again.public_key("ACR-EL-TEST") == made
    assert again.signing_key("ACR-EL-TEST") is again.signing_key("ACR-EL-TEST")


@pytest.mark.parametrize(("algorithm", "bits"), [("rsa-2048", 2048), ("p-256", 256)])
def test_the_algorithm_asked_is_the_one_made(keystore: Keystore, algorithm: str, bits: int) -> None:
    assert keystore.generate("k", algorithm).key_size == bits


def test_files_are_private_and_encrypted(keystore: Keystore, tmp_path: Path) -> None:
    keystore.generate("k", "p-256")
    folder = tmp_path / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"ENCRYPTED" in file.read_bytes()


def test_a_key_is_never_replaced(keystore: Keystore) -> None:
    made = keystore.generate("k", "p-256")
    with pytest.raises(KeystoreError, match="never replaced"):
        keystore.generate("k", "p-256")
    assert keystore.public_key("k") == made


def test_another_passphrase_opens_nothing(keystore: Keystore, tmp_path: Path) -> None:
    keystore.generate("k", "p-256")
    with pytest.raises(KeystoreError, match="passphrase"):
        reopened(tmp_path, b"other").signing_key("k")


def test_an_empty_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeystoreError, match="not empty"):
        reopened(tmp_path, b"")


@pytest.mark.parametrize("label", ["../out", "", ".hidden", "a/b", "x" * 65])
def test_labels_stay_inside_the_folder(keystore: Keystore, label: str) -> None:
    with pytest.raises(KeystoreError, match="label"):
        keystore.generate(label, "p-256")


def test_unknown_things_are_named(keystore: Keystore, tmp_path: Path) -> None:
    with pytest.raises(KeystoreError, match="No key"):
        keystore.signing_key("absent")
    with pytest.raises(KeystoreError, match="algorithm"):
        keystore.generate("k", "rsa-512")
    with pytest.raises(KeystoreError, match="PKCS#11"):
        open_keystore("pkcs11:token=x", PASSPHRASE)
    with pytest.raises(KeystoreError, match="file:<folder>"):
        open_keystore("memory:", PASSPHRASE)


def test_a_key_of_another_kind_is_refused(keystore: Keystore, tmp_path: Path) -> None:
    keystore.generate("k", "p-256")
    pem = ed25519.Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE)
    )
    (tmp_path / "keys" / "odd.pem").write_bytes(pem)
    with pytest.raises(KeystoreError, match="neither RSA nor EC"):
        keystore.signing_key("odd")


def test_unreadable_folder_is_said(keystore: Keystore, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(KeystoreError, match="may not read"):
        keystore.signing_key("k")


def test_a_signature_of_a_reopened_key_verifies(keystore: Keystore, tmp_path: Path) -> None:
    keystore.generate("k", "p-256")
    key = reopened(tmp_path).signing_key("k")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signature = key.sign(b"data", ec.ECDSA(SHA256()))
    key.public_key().verify(signature, b"data", ec.ECDSA(SHA256()))
