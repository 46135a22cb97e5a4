"""Keys in a PKCS#11 token (SoftHSM): made, used, lost, found again; PINs never tried in a loop."""

import ctypes
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA3_256, SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11 import Attribute
from pkcs11.constants import TokenFlag

from guichet.keystore import KeystoreError, open_keystore
from guichet.keystore.token import TokenKeystore, TokenUri, objects, parse
from guichet.keystore.token.module import Module, module_of
from guichet.x509 import signatures
from kit import commands
from kit.documents import DOCS, blocks
from kit.softhsm import LABEL, MODULE, PIN, SO_PIN, SoftHsm

GUIDE = "how-to/magasin-de-cles"
DATA = bytes(range(256)) * 300
Lose = Callable[[TokenKeystore], None]


def signs(keystore: TokenKeystore, label: str = "k", scheme: str = "") -> bool:
    bound = signatures.bound(keystore.signing_key(label), scheme)
    return bound.scheme.verifies(bound.key.public_key(), bound.sign(DATA), DATA)


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


def close_sessions(keystore: TokenKeystore) -> None:
    assert keystore._session is not None
    ctypes.CDLL(str(MODULE)).C_CloseAllSessions(
        ctypes.c_ulong(keystore._session.token.slot.slot_id)
    )


def log_out(keystore: TokenKeystore) -> None:
    session: Any = keystore._session
    ctypes.CDLL(str(MODULE)).C_Logout(ctypes.c_ulong(session.handle))


def end_module(keystore: TokenKeystore) -> None:
    ctypes.CDLL(str(MODULE)).C_Finalize(None)


@pytest.mark.parametrize("lose", [close_sessions, log_out, end_module])
def test_what_is_lost_is_opened_anew(softhsm: SoftHsm, lose: Lose) -> None:
    """Behind its back: the signature asked for is made all the same."""
    keystore = softhsm.keystore()
    keystore.generate("k", "p-256")
    key = keystore.signing_key("k")
    lose(keystore)
    assert signs(keystore)
    assert keystore.signing_key("k") is key


def test_a_token_taken_away_and_put_back(softhsm: SoftHsm) -> None:
    keystore = softhsm.keystore()
    keystore.generate("k", "p-256")
    softhsm.take_away()
    for _ in range(2):
        with pytest.raises(KeystoreError, match="Plug it in or reach it"):
            signs(keystore)
    softhsm.put_back()
    assert signs(keystore)


def test_another_key_under_the_same_label_does_not_sign(softhsm: SoftHsm) -> None:
    """REFUSED: while the token was away, somebody put another of the same name in its slot."""
    keystore = softhsm.keystore()
    keystore.generate("k", "p-256")
    assert signs(keystore)
    other = softhsm.keystore()
    other.destroy("k")
    other.generate("k", "p-256")
    close_sessions(keystore)
    with pytest.raises(KeystoreError, match="not the one that signed until now"):
        signs(keystore)


def test_a_wrong_pin_is_tried_once(softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signer asks every two seconds: a token that counts would lock. Another PIN is tried."""
    pins = [b"000000", b"000000", PIN.encode()]
    keystore = open_keystore(softhsm.url(), lambda: pins[0])
    heard: list[str] = []
    give = module_of(MODULE).token

    def listening(uri: TokenUri) -> Any:
        real = give(uri)

        def open_session(user_pin: str) -> object:
            heard.append(user_pin)
            return real.open(user_pin=user_pin)

        return SimpleNamespace(flags=real.flags, serial=real.serial, open=open_session)

    monkeypatch.setattr(module_of(MODULE), "token", listening)
    for _ in range(2):
        with pytest.raises(KeystoreError, match="refused the PIN"):
            keystore.labels()
        pins.pop(0)
    assert keystore.labels() == frozenset()
    assert heard == ["000000", PIN]


@pytest.mark.parametrize(
    ("flags", "answer", "words", "tries"),
    [
        (TokenFlag(0), pkcs11.PinLocked(), "has locked its PIN", 1),
        (TokenFlag(0), pkcs11.PinExpired(), "wants a new PIN", 1),
        (TokenFlag.USER_PIN_LOCKED, None, "has locked its PIN", 0),
        (TokenFlag.USER_PIN_FINAL_TRY, None, "no process spends that try", 0),
    ],
)
def test_a_pin_that_locks_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
    flags: TokenFlag,
    answer: pkcs11.PKCS11Error | None,
    words: str,
    tries: int,
) -> None:
    """SoftHSM never locks: a token that answers as others do. Not even another PIN is tried."""
    heard: list[str] = []

    def open_session(user_pin: str) -> object:
        heard.append(user_pin)
        raise answer or AssertionError

    module = Module(Path("/a/token.so"))
    fake = SimpleNamespace(flags=flags, serial=b"1", open=open_session)
    monkeypatch.setattr(module, "token", lambda uri: fake)
    monkeypatch.setattr(TokenKeystore, "module", module)
    pins = iter((b"1111", b"2222"))
    keystore = TokenKeystore(parse("pkcs11:token=t?module-path=/a/token.so"), lambda: next(pins))
    for _ in range(2):
        with pytest.raises(KeystoreError, match=words):
            keystore.labels()
    assert len(heard) == tries


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


def test_threads_share_a_token(softhsm: SoftHsm) -> None:
    keystore = softhsm.keystore()
    keystore.generate("k", "p-256")
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: signs(keystore), range(40)))


# As the signer does, it tries again: SoftHSM may see no token while another process logs in.
PROCESS = """
import sys
from guichet.keystore import KeystoreError, open_keystore
from guichet.x509 import signatures
keystore, made = open_keystore(sys.argv[1], sys.argv[2].encode()), 0
for _ in range(1000):
    try:
        bound = signatures.bound(keystore.signing_key("k"))
        made += bound.scheme.verifies(bound.key.public_key(), bound.sign(b"x"), b"x")
    except KeystoreError as error:
        assert "No token matches" in str(error)
    if made == 20:
        break
print(made)
"""


def test_processes_share_a_token(softhsm: SoftHsm) -> None:
    softhsm.keystore().generate("k", "p-256")
    command = [sys.executable, "-c", PROCESS, softhsm.url(), PIN]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate()[0].strip() for process in running] == ["20", "20"]


def test_after_a_fork_a_process_opens_its_own(
    softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED: PKCS#11 leaves undefined what a child does with its parent's sessions."""
    keystore = softhsm.keystore()
    assert keystore.labels() == frozenset()
    with monkeypatch.context() as child:
        child.setattr(os, "getpid", lambda: 1)
        with pytest.raises(KeystoreError, match="after any fork"):
            keystore.generate("k", "p-256")
    keystore.generate("k", "p-256")


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
