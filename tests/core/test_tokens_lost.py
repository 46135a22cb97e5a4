"""PKCS#11 sessions that are lost, locked out or shared; PINs never tried in a loop."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pkcs11
import pytest
from pkcs11.constants import TokenFlag

from guichet.keystore import KeystoreError, open_keystore
from guichet.keystore.token import TokenKeystore, TokenUri, parse
from guichet.keystore.token.module import Module, module_of
from kit.softhsm import MODULE, PIN, SoftHsm, signs

Lose = Callable[[TokenKeystore], None]


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
