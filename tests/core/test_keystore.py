"""Keys in files: encrypted, private, never replaced, and clear words when they cannot be opened."""

import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from guichet.keystore import Keystore, KeystoreError, SigningKey, encryption, open_keystore
from guichet.keystore.rewrapping import rewrap
from guichet.x509 import keys

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


def test_a_key_is_destroyed_for_ever(keystore: Keystore, tmp_path: Path) -> None:
    """Its octets are overwritten where they stood, then its name goes; once."""
    keystore.generate("k", "p-256")
    seen = tmp_path / "seen"
    seen.hardlink_to(tmp_path / "keys" / "k.pem")
    pem = seen.read_bytes()
    keystore.destroy("k")
    assert (len(seen.read_bytes()), pem[:64] in seen.read_bytes()) == (len(pem), False)
    assert keystore.labels() == frozenset()
    for act in (keystore.signing_key, keystore.destroy):
        with pytest.raises(KeystoreError, match="No key k"):
            act("k")


def test_another_passphrase_opens_nothing(keystore: Keystore, tmp_path: Path) -> None:
    keystore.generate("k", "p-256")
    with pytest.raises(KeystoreError, match="passphrase"):
        reopened(tmp_path, b"other").signing_key("k")


def test_an_empty_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeystoreError, match="not empty"):
        reopened(tmp_path, b"").generate("k", "p-256")


@pytest.mark.parametrize("label", ["../out", "", ".hidden", "a/b", "x" * 65])
def test_labels_stay_inside_the_folder(keystore: Keystore, label: str) -> None:
    with pytest.raises(KeystoreError, match="label"):
        keystore.generate(label, "p-256")


def test_unknown_things_are_named(keystore: Keystore, tmp_path: Path) -> None:
    with pytest.raises(KeystoreError, match="No key"):
        keystore.signing_key("absent")
    with pytest.raises(KeystoreError, match="algorithm"):
        keystore.generate("k", "rsa-512")
    with pytest.raises(KeystoreError, match="file:<folder>"):
        open_keystore("memory:", PASSPHRASE)


def put(path: Path, key: SigningKey | x25519.X25519PrivateKey, passphrase: bytes = b"") -> Path:
    """A key file as other programs write it, in a folder of keys."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    how: KeySerializationEncryption = NoEncryption()
    if passphrase:
        how = BestAvailableEncryption(passphrase)
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how))
    return path


def test_what_is_not_an_encrypted_signing_key_is_refused(
    keystore: Keystore, tmp_path: Path
) -> None:
    put(tmp_path / "keys" / "odd.pem", x25519.X25519PrivateKey.generate(), PASSPHRASE)
    put(tmp_path / "keys" / "bare.pem", ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(KeystoreError, match="signs nothing"):
        keystore.signing_key("odd")
    with pytest.raises(KeystoreError, match="not encrypted"):
        keystore.signing_key("bare")


def test_openssl_reads_a_key_back(
    keystore: Keystore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program, the same key, at its real cost: PBES2 and scrypt as the RFC writes them."""
    for name, real in {"COST": 2**14, "PARALLELIZATION": 8, "MEMORY": 2**17}.items():
        monkeypatch.setattr(encryption, name, real)
    keystore.generate("k", "p-256")
    path = tmp_path / "keys" / "k.pem"
    done = subprocess.run(
        ["openssl", "pkey", "-in", path, "-passin", "stdin", "-pubout", "-outform", "DER"],
        input=PASSPHRASE,
        capture_output=True,
        check=True,
    )
    assert done.stdout == keys.public_half(keystore.signing_key("k"))
    assert encryption.is_current(path.read_bytes())


@pytest.mark.parametrize(("name", "mode"), [("", 0o750), ("k.pem", 0o604)])
def test_what_others_may_open_is_refused(
    keystore: Keystore, tmp_path: Path, name: str, mode: int
) -> None:
    """REFUSED, with the command to run; after it the key opens."""
    keystore.generate("k", "p-256")
    path = tmp_path / "keys" / name
    path.chmod(mode)
    with pytest.raises(KeystoreError, match=f"`chmod [67]00 {path}`"):
        reopened(tmp_path).signing_key("k")
    path.chmod(mode & 0o700)
    reopened(tmp_path).signing_key("k")


NEW = b"une autre phrase"


def test_keys_are_encrypted_again_and_a_cut_is_gone_on_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old files open, one passphrase then the other, cut between two keys, run again."""
    folder = tmp_path / "keys"
    made = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("a", "b", "c")}
    for name, key in made.items():
        path = put(folder / f"{name}.pem", key, PASSPHRASE)
        assert not encryption.is_current(path.read_bytes())
    assert reopened(tmp_path).public_key("a") == made["a"].public_key()
    replace = Path.replace

    def cut(source: Path, target: Path) -> Path:
        assert source.parent == target.parent  # one file system: a key is replaced whole
        if target.stem == "b":
            raise OSError("power lost")
        return replace(source, target)

    with monkeypatch.context() as failing:
        failing.setattr(Path, "replace", cut)
        with pytest.raises(OSError, match="power lost"):
            rewrap(folder, PASSPHRASE, NEW)
    (folder / ".new-lost").touch()
    with pytest.raises(KeystoreError, match="guichet keystore rewrap"):
        reopened(tmp_path).public_key("a")
    told: list[str] = []
    done = rewrap(folder, PASSPHRASE, NEW, told.append)
    assert (told, done.changed, done.left) == (["a", "b", "c"], ("b", "c"), ("a",))
    assert {path.name for path in folder.iterdir()} == {"a.pem", "b.pem", "c.pem"}
    again = reopened(tmp_path, NEW)
    assert {name: again.public_key(name) for name in made} == {
        name: key.public_key() for name, key in made.items()
    }
    assert rewrap(folder, PASSPHRASE, NEW).changed == ()


def test_a_passphrase_that_opens_not_every_key_changes_none(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    put(folder / "a.pem", ec.generate_private_key(ec.SECP256R1()), PASSPHRASE)
    put(folder / "b.pem", ec.generate_private_key(ec.SECP256R1()), b"of somebody else")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(KeystoreError, match="the key b"):
        rewrap(folder, PASSPHRASE, NEW)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


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
