"""What is signed is what was linted, by the authority's own key; else nothing is issued."""

from dataclasses import replace
from typing import Any

import pytest

from apps.authority.asking import ask, asked, status
from apps.conftest import NOW
from guichet.authority import crls
from guichet.authority.models import Certificate, Crl
from guichet.authority.signer import Signer
from guichet.authority.signing import SigningFaultError
from guichet.domain.certificates.states import SigningState
from guichet.keystore import Keystore
from guichet.x509 import certificate, lints, names
from guichet.x509.lints import Finding

FINDING = Finding(severity="ERROR", code="pkix.bad", message="")


def assert_failed(signer: Signer, failure: str) -> None:
    """The request has failed for this, and no certificate came of it."""
    request = ask()
    assert signer.run_once(NOW) == 0
    found = status(request)
    assert (found.state, found.failure) == (SigningState.FAILED, failure)
    assert not Certificate.objects.filter(request=request).exists()


def test_the_lint_objects(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    """REFUSED before the real key signs; each code is told once."""
    monkeypatch.setattr(lints, "lint_certificate", lambda _: (FINDING, FINDING))
    real: list[str] = []
    monkeypatch.setattr(certificate, "is_signed_by", lambda *_: real.append("signed"))
    assert_failed(signer, "lint: pkix.bad")
    assert real == []


def test_what_cannot_be_built_stops_nobody_else(signer: Signer) -> None:
    """REFUSED alone; a name of 64 accented letters, twice as many octets, is good."""
    subject = asked().subject
    bad, good = (
        ask(reference, subject=(*subject[:-1], ((names.COMMON_NAME, value),)))
        for reference, value in (("test:bad", 65 * "a"), ("test:good", 64 * "é"))
    )
    assert signer.run_once(NOW) == 1
    assert status(bad).state is SigningState.FAILED
    assert status(bad).failure.startswith("cannot be built")
    assert status(good).state is SigningState.ISSUED


def test_other_bytes_than_those_linted(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    """REFUSED. Something between the rehearsal and the key changed the plan."""
    sign, calls = certificate.sign, []

    def changing(plan: Any, key: Any) -> bytes:
        calls.append(key)
        return sign(replace(plan, serial=plan.serial + len(calls) - 1), key)

    monkeypatch.setattr(certificate, "sign", changing)
    assert_failed(signer, "the bytes signed are not those linted")
    assert len(calls) == 2


def test_another_key_than_the_authority_s(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    """REFUSED. The keystore gave the key of somebody else."""
    keys: Any = signer._keystore
    monkeypatch.setattr(signer, "_keystore", Swapped(keys))
    assert_failed(signer, "the signature does not verify under the authority's certificate")


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
