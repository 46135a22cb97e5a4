"""What is signed is what was linted, by the authority's own key; else nothing is issued."""

from typing import Any

import pytest

from apps.authority.asking import ask, asked, issued, status
from apps.conftest import NOW, PKI_BASE
from guichet.authority import authority_keys, crls, intents, queue, signing
from guichet.authority.models import Certificate, Crl, SigningRequest
from guichet.authority.queue import LEASE
from guichet.authority.signer import Signer
from guichet.authority.signing import SigningFaultError, new_serial
from guichet.domain.certificates.plan import PkiUrls
from guichet.domain.certificates.states import SigningState
from guichet.keystore import Keystore
from guichet.x509 import lints, names, signatures
from guichet.x509.lints import Finding
from guichet.x509.signatures import BoundKey
from kit import pki

FINDING = Finding(severity="ERROR", code="pkix.bad", message="")


def assert_set_aside(signer: Signer, failure: str) -> None:
    """The request is left to an operator for this, and no certificate came of it."""
    request = ask()
    assert signer.run_once(NOW) == 0
    found = status(request)
    assert (found.state, found.failure) == (SigningState.SET_ASIDE, failure)
    assert not Certificate.objects.filter(request=request).exists()


@pytest.fixture
def lint(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What is linted from here on by a signer that has linted nothing yet."""
    seen: list[bytes] = []
    real = lints.lint_certificate

    def watched(der: bytes) -> tuple[Finding, ...]:
        seen.append(der)
        return real(der)

    monkeypatch.setattr(signer._rehearsal, "_templates", {})
    monkeypatch.setattr(lints, "lint_certificate", watched)
    return seen


def test_the_lint_objects(
    signer: Signer, lint: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED before the real key signs; each code is told once."""
    monkeypatch.setattr(lints, "lint_certificate", lambda _: (FINDING, FINDING))
    real: list[bytes] = []
    monkeypatch.setattr(signing, "_public_key", real.append)
    assert_set_aside(signer, "lint: pkix.bad")
    assert real == []


def test_each_shape_is_linted_once(
    signer: Signer, lint: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then certificates are compared with what was; another profile or another shape is linted.

    None of the share that chance has linted all the same is drawn here.
    """
    monkeypatch.setattr(signing, "LINTED_ONE_IN", 1 << 64)
    subject = asked().subject
    others = {
        "plain": {},
        "named": {"subject": (*subject[:-1], ((names.COMMON_NAME, "Autre service"),))},
        "longer": {"key": pki.fresh_key("rsa-2048")},
        "signing": {"profile": "ORG/SIGN"},
        "again": {"profile": "ORG/SIGN"},
    }
    requests = {name: ask(f"test:{name}", **more) for name, more in others.items()}
    linted = {}
    for name in others:
        before = len(lint)
        SigningRequest.objects.exclude(pk=requests[name]).update(lease_until=NOW + LEASE)
        SigningRequest.objects.filter(pk=requests[name]).update(lease_until=None)
        assert signer.run_once(NOW) == 1
        linted[name] = len(lint) - before
    assert linted == {"plain": 1, "named": 0, "longer": 1, "signing": 1, "again": 0}


def test_a_share_is_linted_all_the_same(
    signer: Signer, lint: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED when the lint objects to what looks like what it let pass."""
    issued(signer, "test:first")
    monkeypatch.setattr(signing.secrets, "randbelow", lambda _: 0)
    monkeypatch.setattr(lints, "lint_certificate", lambda _: (FINDING,))
    assert_set_aside(signer, "lint: pkix.bad")


def test_what_a_dead_signer_planned_is_linted_whole(signer: Signer, lint: list[bytes]) -> None:
    """Its plan is not at hand, only its octets."""
    issued(signer, "test:first")
    request = ask()
    queue.take(by="dead", limit=1, at=NOW)
    urls = PkiUrls(PKI_BASE)
    intents.prepare([request], serials=[new_serial()], urls=urls, by="dead", at=NOW)
    before = len(lint)
    assert signer.run_once(NOW + LEASE) == 1
    assert len(lint) == before + 1


def test_what_cannot_be_built_stops_nobody_else(signer: Signer) -> None:
    """REFUSED alone; a name of 64 accented letters, twice as many octets, is good."""
    subject = asked().subject
    bad, good = (
        ask(reference, subject=(*subject[:-1], ((names.COMMON_NAME, value),)))
        for reference, value in (("test:bad", 65 * "a"), ("test:good", 64 * "é"))
    )
    assert signer.run_once(NOW) == 1
    assert status(bad).state is SigningState.FAILED
    assert "common name" in (status(bad).failure or "")
    assert status(good).state is SigningState.ISSUED


def test_other_bytes_than_those_linted(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    """REFUSED. Something between the intent and the certificate changed the octets."""
    signed = BoundKey.signed

    def changing(key: BoundKey, tbs: bytes) -> bytes:
        return signed(key, tbs[:-1] + bytes([tbs[-1] ^ 1]))

    issued(signer, "test:first")
    monkeypatch.setattr(BoundKey, "signed", changing)
    assert_set_aside(signer, "the bytes signed are not those linted")


def test_an_intent_for_another_algorithm(
    signer: Signer, lint: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED. The authority's scheme was changed between the intent and the signature."""
    other = signatures.named("ecdsa-sha384")
    monkeypatch.setattr(authority_keys, "scheme_of", lambda _: other)
    assert_set_aside(signer, "it was planned for another signature algorithm")


def test_another_key_than_the_authority_s(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    """REFUSED. The keystore gave the key of somebody else."""
    keys: Any = signer._keystore
    monkeypatch.setattr(signer, "_keystore", Swapped(keys))
    assert_set_aside(signer, "the signature does not verify under the authority's certificate")


class Swapped:
    """A keystore whose labels were exchanged."""

    def __init__(self, keys: Keystore) -> None:
        self._keys = keys

    def signing_key(self, _label: str) -> Any:
        return self._keys.signing_key("ACR-FO-TEST")


def test_a_list_that_the_lint_objects_to(
    hierarchy_made: None, authority_keys: Keystore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED: nothing is stored, nothing can be published."""
    monkeypatch.setattr(lints, "lint_crl", lambda _: (FINDING,))
    with pytest.raises(SigningFaultError, match=r"lint: pkix\.bad"):
        crls.issue_due(authority_keys, NOW)
    assert not Crl.objects.exists()


def test_long_lists_are_not_linted_whole(
    hierarchy_made: None, authority_keys: Keystore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ACCEPTED. pkilint would take minutes on a million entries; short ones have the same shape."""
    monkeypatch.setattr(crls, "LINTED_ENTRIES_AT_MOST", -1)
    monkeypatch.setattr(lints, "lint_crl", lambda _: (FINDING,))
    assert crls.issue_due(authority_keys, NOW)
