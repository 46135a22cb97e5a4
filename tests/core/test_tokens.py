"""Keys in a PKCS#11 token (SoftHSM): made, used, refused; what a token cannot do."""

import shlex
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA3_256, SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11 import Attribute

from guichet.keystore import KeystoreError, open_keystore
from guichet.keystore.token import objects
from kit import commands
from kit.documents import DOCS, blocks
from kit.softhsm import LABEL, MODULE, PIN, SO_PIN, SoftHsm, signs

GUIDE = "how-to/magasin-de-cles"


@pytest.mark.parametrize(
    ("algorithm", "schemes"),
    [
        ("rsa-2048", ["rsa-sha256", "rsa-sha512", "rsa-pss-sha256", "rsa-pss-sha384"]),
        ("p-256", ["ecdsa-sha256"]),
        ("p-384", ["ecdsa-sha384"]),
        ("p-521", ["ecdsa-sha512"]),
    ],
)
def test_a_key_signs_by_each_of_its_schemes(
    softhsm: SoftHsm, algorithm: str, schemes: list[str]
) -> None:
    keystore = softhsm.keystore()
    made = keystore.generate("k", algorithm)
    assert [signs(keystore, "k", scheme) for scheme in schemes] == [True] * len(schemes)
    again = softhsm.keystore()
    assert again.labels() == {"k"}
    assert again.public_key("k") == made
    assert again.signing_key("k") is deepcopy(again.signing_key("k"))
    keystore.destroy("k")
    assert keystore.labels() == frozenset()


def test_a_key_never_leaves(softhsm: SoftHsm) -> None:
    """The token says so itself, under the label and an identifier, and so does the key."""
    keystore = softhsm.keystore()
    keystore.generate("k", "p-256")
    assert keystore._session is not None
    private = objects.private_key(keystore._session, "k")
    wanted = (Attribute.SENSITIVE, Attribute.NEVER_EXTRACTABLE, Attribute.PRIVATE, Attribute.SIGN)
    assert all(private[name] for name in wanted)
    assert not private[Attribute.EXTRACTABLE]
    assert not private[Attribute.DERIVE]
    assert len(private[Attribute.ID]) == objects.ID_OCTETS
    key = keystore.signing_key("k")
    with pytest.raises(KeystoreError, match="never leaves"):
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_what_is_not_made_or_signed(softhsm: SoftHsm) -> None:
    keystore = softhsm.keystore()
    made = keystore.generate("k", "p-256")
    rsa_key = (keystore.generate("r", "rsa-2048"), keystore.signing_key("r"))[1]
    assert isinstance(rsa_key, rsa.RSAPrivateKey)
    ec_key = keystore.signing_key("k")
    assert isinstance(ec_key, ec.EllipticCurvePrivateKey)
    refused: list[tuple[str, Callable[[], object]]] = [
        ("never replaced", lambda: keystore.generate("k", "rsa-2048")),
        ("Not a key label", lambda: keystore.generate("../k", "p-256")),
        ("Not a key algorithm that tokens make", lambda: keystore.generate("e", "ml-dsa-65")),
        ("holds no private key under this label", lambda: keystore.signing_key("absent")),
        ("SHA-256, SHA-384 or SHA-512", lambda: ec_key.sign(b"", ec.ECDSA(SHA3_256()))),
        (
            "a salt as long",
            lambda: rsa_key.sign(b"", padding.PSS(padding.MGF1(SHA384()), 32), SHA256()),
        ),
    ]
    for words, act in refused:
        with pytest.raises(KeystoreError, match=words):
            act()
    assert keystore.labels() == {"k", "r"}
    assert keystore.public_key("k") == made


def test_two_keys_under_one_label_are_refused(softhsm: SoftHsm) -> None:
    """Nobody could say which one would sign."""
    keystore = softhsm.keystore()
    keystore.generate("k", "p-256")
    with pkcs11.lib(str(MODULE)).get_token(token_label=LABEL).open(rw=True) as session:
        objects._generated(session, "k", "p-256")
        with pytest.raises(KeystoreError, match="2 private keys under the label k"):
            softhsm.keystore().signing_key("k")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (pkcs11.DeviceMemory(), "is full"),
        (pkcs11.TokenWriteProtected(), "write-protected"),
        (pkcs11.KeySizeRange(), "keys of this size"),
        (pkcs11.MechanismInvalid(), "choose another algorithm"),
        (pkcs11.DeviceError(), "does not answer"),
        (pkcs11.SessionCount(), "no session left"),
        (pkcs11.DataLenRange(), "could not do what was asked"),
    ],
)
def test_what_a_token_cannot_do_is_said(
    softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch, answer: pkcs11.PKCS11Error, words: str
) -> None:
    """With the name of the error, for the maker's support."""

    def refuse(*_: object) -> None:
        raise answer

    monkeypatch.setattr(objects, "generate", refuse)
    with pytest.raises(KeystoreError, match=rf"{words}.*\[{type(answer).__name__}\]"):
        softhsm.keystore().generate("k", "p-256")


def test_the_guide_makes_the_token_that_its_address_names(
    softhsm: SoftHsm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By SoftHSM's own command, at a terminal; then the keystore opens it, makes a key there."""
    (making,) = commands.told(GUIDE)
    questions = [("enter SO PIN:", SO_PIN), ("reenter SO PIN:", SO_PIN)]
    questions += [("enter user PIN:", PIN), ("reenter user PIN:", PIN)]
    commands.at_a_terminal(making, tmp_path, questions)
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm" / "softhsm2.conf"))
    softhsm.forget()
    settings = [block.text for block in blocks(DOCS / f"{GUIDE}.md") if block.language == "ini"]
    (address,) = (text for text in settings if "pkcs11:" in text)
    keystore = open_keystore(shlex.split(address)[0].partition("=")[2], PIN.encode())
    assert keystore.generate("k", "p-256") == keystore.public_key("k")
