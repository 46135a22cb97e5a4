"""Tokens are found by their address (RFC 7512), and told apart."""

from pathlib import Path

import pytest

from guichet.keystore import KeystoreError, open_keystore
from guichet.keystore.token import parse
from guichet.keystore.token.module import module_of
from kit.softhsm import LABEL, MODULE, PIN, SoftHsm


def test_tokens_are_told_apart(softhsm: SoftHsm) -> None:
    """By serial where labels are the same; those that are there are named."""
    softhsm.initialise(LABEL)
    softhsm.forget()
    with pytest.raises(KeystoreError, match=r"Several tokens .*add a serial"):
        softhsm.keystore().labels()
    (_, one), (_, other) = module_of(MODULE).tokens()
    for found in (one, other):
        url = f"pkcs11:serial={found.serial.decode()}?module-path={MODULE}"
        keystore = open_keystore(url, PIN.encode())
        keystore.generate(found.serial.decode(), "p-256")
        assert keystore.labels() == {found.serial.decode()}
    with pytest.raises(KeystoreError, match=f"No token matches token=x.*{one.serial.decode()}"):
        open_keystore(softhsm.url("x"), PIN.encode()).labels()


def test_a_module_that_is_none(tmp_path: Path) -> None:
    """Not there, or something else."""
    odd = tmp_path / "odd.so"
    for path, words in ((odd, "No PKCS#11 module at"), (odd, "does not start")):
        with pytest.raises(KeystoreError, match=words):
            open_keystore(f"pkcs11:token=t?module-path={path}", PIN.encode()).labels()
        odd.write_bytes(b"no library")


def test_addresses_are_read() -> None:
    """RFC 7512: escapes undone, in any order."""
    found = parse(
        "pkcs11:serial=a%3Bb;token=Cl%C3%A9s%20d%27AC;slot-id=7?module-path=/usr/lib/m.so"
    )
    assert dict(found.said) == {"serial": "a;b", "token": "Clés d'AC"}
    assert (found.slot_id, found.module_path) == (7, Path("/usr/lib/m.so"))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("pkcs11:token=t", "module-path, absolute, is missing"),
        ("pkcs11:token=t?module-path=m.so", "module-path, absolute, is missing"),
        ("pkcs11:?module-path=/m.so", "which token"),
        ("pkcs11:token=t?module-path=/m.so&pin-value=1234", "no PIN in the address"),
        ("pkcs11:token=t;object=k?module-path=/m.so", "object cannot be said"),
        ("pkcs11:token=t;token=u?module-path=/m.so", "token: once"),
        ("pkcs11:token?module-path=/m.so", "token: once, with a value"),
        ("pkcs11:token=%ff?module-path=/m.so", "token: not UTF-8"),
        ("pkcs11:slot-id=x?module-path=/m.so", "slot-id: a number"),
    ],
)
def test_addresses_that_cannot_be_used(address: str, words: str) -> None:
    """REFUSED before any token is asked; a PIN in one is not repeated."""
    with pytest.raises(KeystoreError, match=words) as caught:
        open_keystore(address, PIN.encode())
    assert "1234" not in str(caught.value)
