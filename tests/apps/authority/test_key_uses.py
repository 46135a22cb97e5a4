"""One key, two certificates in a row: lent by the one that carries it, once, and checked twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from apps.authority.asking import asked, issued, status
from apps.conftest import NOW
from guichet.authority import key_uses, operations
from guichet.authority.models import Certificate, SigningRequest
from guichet.authority.signer import Signer
from guichet.domain.certificates.states import SigningState
from guichet.domain.refusals import Code
from guichet.journal import queries as journal
from guichet.x509.crl import Reason
from kit import pki
from kit.refusals import assert_refused

LATER = NOW + timedelta(days=900)


@pytest.fixture
def key() -> pki.Key:
    return pki.fresh_key("p-256")


def renewal(certificate: int, key: pki.Key, reference: str = "test:2"):
    return replace(asked(reference, key=key), renews=certificate)


def test_a_key_goes_from_a_certificate_to_the_next(signer: Signer, key: pki.Key) -> None:
    """Two in a row, then a third; the journal counts the uses."""
    last = issued(signer, key=key).id
    for use in (2, 3):
        request = operations.request_signature(asked=renewal(last, key, f"test:{use}"), at=LATER)
        signer.run_once(LATER)
        entry = journal.entries_about(f"signing:{request}")[0]
        assert entry.facts["key_use"] == use
        found = status(request).certificate_id
        assert found
        last = found
    assert Certificate.objects.exclude(request=None).values("spki_sha256").distinct().count() == 1


@pytest.mark.parametrize("wrong", ["other-key", "revoked", "over", "unknown", "used-already"])
def test_what_lends_no_key(signer: Signer, key: pki.Key, wrong: str) -> None:
    """REFUSED."""
    first = issued(signer, key=key)
    certificate, at, code = first.id, LATER, Code.KEY_NOT_RENEWABLE
    if wrong == "other-key":
        key = pki.fresh_key("p-256")
    elif wrong == "revoked":
        operations.revoke(certificate_id=first.id, reason=Reason.SUPERSEDED, by="x", at=NOW)
    elif wrong == "over":
        at = first.not_after
    elif wrong == "unknown":
        certificate = 10**6
    else:
        operations.request_signature(asked=renewal(first.id, key, "test:9"), at=LATER)
    with assert_refused(code):
        operations.request_signature(asked=renewal(certificate, key), at=at)


def test_a_burnt_key_is_not_renewed(signer: Signer, key: pki.Key) -> None:
    """REFUSED: burnt outweighs everything."""
    first = issued(signer, key=key)
    spki = SigningRequest.objects.get().spki_sha256
    operations.burn_keys(spki_sha256s=[spki], by="x", at=NOW)
    with assert_refused(Code.KEY_BURNT):
        operations.request_signature(asked=renewal(first.id, key), at=LATER)


@pytest.mark.parametrize("is_planned", [False, True])
def test_the_signer_does_not_believe_the_portal(
    signer: Signer, key: pki.Key, monkeypatch: pytest.MonkeyPatch, is_planned: bool
) -> None:
    """REFUSED: the certificate was revoked meanwhile, also when its plan was stored already."""
    first = issued(signer, key=key)
    request = operations.request_signature(asked=renewal(first.id, key), at=LATER)
    if is_planned:
        with monkeypatch.context() as patch:
            patch.setattr(Signer, "_sign", _dies)
            with pytest.raises(MemoryError):
                signer.run_once(LATER)
        SigningRequest.objects.filter(pk=request).update(lease_until=LATER)
    operations.revoke(certificate_id=first.id, reason=Reason.KEY_COMPROMISE, by="x", at=LATER)
    signer.run_once(LATER)
    assert status(request).state is SigningState.REFUSED
    assert status(request).failure == Code.KEY_NOT_RENEWABLE.value


def _dies(*_: object) -> bytes:
    raise MemoryError


def test_two_renewals_of_one_key_at_the_same_time(
    signer: Signer, key: pki.Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED by the database, when neither saw the other."""
    first = issued(signer, key=key)
    judge = key_uses.judge

    def racing(*args: object, **how: object) -> object:
        found = judge(*args, **how)  # type: ignore[arg-type]
        monkeypatch.undo()
        operations.request_signature(asked=renewal(first.id, key, "test:9"), at=LATER)
        return found

    monkeypatch.setattr(key_uses, "judge", racing)
    with assert_refused(Code.KEY_NOT_RENEWABLE), transaction.atomic():
        operations.request_signature(asked=renewal(first.id, key), at=LATER)
