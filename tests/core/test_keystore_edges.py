"""What a keystore and a token say when a key, a file or an object is not as it should be."""

import base64
import errno
from copy import copy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from pkcs11 import Attribute, KeyType

from guichet.keystore import KeystoreError, algorithms, encryption, file, open_keystore, rewrapping
from guichet.keystore.token import module, objects
from guichet.keystore.token.keys import TokenEcKey, TokenRsaKey
from guichet.x509 import der
from kit.pki import kept_key

PASSPHRASE = b"cheval agrafe pile correct"
RSA = kept_key("csr").public_key()
EC = ec.generate_private_key(ec.SECP256R1()).public_key()


def test_every_algorithm_offered_is_made() -> None:
    assert {"rsa-4096", "p-521", "ed25519", "ml-dsa-44"} <= set(algorithms.names())
    with pytest.raises(KeystoreError, match="'rsa-1024'"):
        algorithms.make("rsa-1024")


@pytest.mark.parametrize("body", ["", "AAAA", base64.b64encode(der.sequence()).decode(), "é"])
def test_what_is_no_encrypted_key_is_not_current(body: str) -> None:
    pem = f"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{body}\n-----END ENCRYPTED PRIVATE KEY-----\n"
    assert not encryption.is_current(pem.encode())


def test_a_key_that_cannot_be_destroyed_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_keystore(f"file:{tmp_path}", PASSPHRASE)
    store.generate("k", "p-256")

    def full(fd: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(KeystoreError, match="cannot be destroyed: Input/output error"):
        store.destroy("k")
    assert (tmp_path / "k.pem").exists()


def test_keys_are_not_encrypted_again_by_nothing_nor_nowhere(tmp_path: Path) -> None:
    with pytest.raises(KeystoreError, match=r"^The keystore wants a passphrase"):
        rewrapping.rewrap(tmp_path, PASSPHRASE, b"")
    with pytest.raises(KeystoreError, match="No folder of keys"):
        rewrapping.rewrap(tmp_path / "nowhere", PASSPHRASE, b"another one")


def test_a_key_that_is_not_read_back_as_it_was_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_keystore(f"file:{tmp_path}", PASSPHRASE)
    store.generate("k", "p-256")
    before = (tmp_path / "k.pem").read_bytes()
    (tmp_path / f"{file.ASIDE}cut").write_bytes(b"half of a key")
    written, other = file.encrypted, algorithms.make("p-256")
    monkeypatch.setattr(file, "encrypted", lambda key, secret: written(other, secret))
    with pytest.raises(KeystoreError, match="not read back as it is"):
        rewrapping.rewrap(tmp_path, PASSPHRASE, b"another one")
    assert [path.name for path in tmp_path.iterdir()] == ["k.pem"]
    assert (tmp_path / "k.pem").read_bytes() == before


HOLDER: Any = SimpleNamespace(sign=lambda label, asked: bytes(64))
KEYS: list[Any] = [TokenRsaKey(HOLDER, "k", RSA), TokenEcKey(HOLDER, "k", EC)]


@pytest.mark.parametrize("key", KEYS, ids=["rsa", "ec"])
def test_a_key_in_a_token_tells_its_public_half_and_nothing_else(key: Any) -> None:
    assert key.public_key() in (RSA, EC)
    assert key.key_size == key.public_key().key_size
    assert copy(key) is key
    acts = [
        key.private_numbers,
        lambda: key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        (lambda: key.decrypt(b"", padding.PKCS1v15()))
        if key is KEYS[0]
        else lambda: key.exchange(ec.ECDH(), EC),
    ]
    for act in acts:
        with pytest.raises(KeystoreError, match="never leaves"):
            act()
    assert KEYS[1].curve.name == "secp256r1"


class Held(dict[Any, Any]):
    """An object of a token, by its attributes."""

    key_type = KeyType.EC
    is_destroyed = False

    def destroy(self) -> None:
        self.is_destroyed = True


def held(kind: KeyType, **told: Any) -> Held:
    made = Held({Attribute[name]: value for name, value in told.items()})
    made.key_type = kind
    return made


def session(*found: Held) -> Any:
    return SimpleNamespace(get_objects=lambda asked: iter(found))


def test_an_rsa_key_tells_its_modulus_where_its_public_half_is_lost() -> None:
    numbers = RSA.public_numbers()
    private = held(
        KeyType.RSA,
        LABEL="k",
        ID=b"1",
        PUBLIC_EXPONENT=numbers.e.to_bytes(3, "big"),
        MODULUS=numbers.n.to_bytes(256, "big"),
    )
    assert objects.public_half(session(), private) == RSA


def test_an_ec_key_without_its_public_half_is_said() -> None:
    with pytest.raises(KeystoreError, match="no RSA or EC public key that goes with k"):
        objects.public_half(session(), held(KeyType.EC, LABEL="k", ID=b"1"))


def test_points_are_read_wrapped_or_not_and_odd_curves_are_said() -> None:
    point = EC.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    private = held(KeyType.EC, LABEL="k", ID=b"1")
    curve = objects.CURVE_OIDS["p-256"]
    for written in (point, der.octets(point)):
        public = held(KeyType.EC, EC_PARAMS=curve, EC_POINT=written)
        assert objects.public_half(session(public), private) == EC
    odd = held(KeyType.EC, EC_PARAMS=der.oid("1.3.132.0.10"), EC_POINT=point)
    with pytest.raises(KeystoreError, match="a curve that is not"):
        objects.public_half(session(odd), private)


@pytest.mark.parametrize("is_leaving", [True, False])
def test_a_pair_that_is_not_alone_or_may_leave_is_given_up(
    monkeypatch: pytest.MonkeyPatch, *, is_leaving: bool
) -> None:
    safe = objects.NEVER_LEAVES | ({Attribute.EXTRACTABLE: True} if is_leaving else {})
    public, private = Held(), Held(safe)
    monkeypatch.setattr(objects, "_generated", lambda *given: (public, private))
    monkeypatch.setattr(objects, "private_keys", lambda *given: ())
    lost = KeystoreError("two under one label")

    def other_made_it(*given: Any) -> Any:
        if not is_leaving:
            raise lost
        return private

    monkeypatch.setattr(objects, "private_key", other_made_it)
    with pytest.raises(KeystoreError, match="that can leave it" if is_leaving else "two under"):
        objects.generate(session(), "k", "p-256")
    assert public.is_destroyed
    assert private.is_destroyed


def test_slots_without_a_token_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise pkcs11.TokenNotPresent

    slots = [SimpleNamespace(slot_id=0, get_token=absent)]
    made = module.Module(Path("/nowhere.so"))
    monkeypatch.setattr(made, "library", lambda: SimpleNamespace(get_slots=lambda **_: slots))
    assert made.tokens() == ()


def test_a_pin_is_text() -> None:
    assert module._text("é".encode()) == "é"
    with pytest.raises(KeystoreError, match="not UTF-8"):
        module._text(b"\xff")
