"""Asking for a signature, and revoking: what others may have of the authority."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from apps.authority.asking import ask, asked, issued, status
from apps.conftest import NOW
from guichet.authority import operations, queries
from guichet.authority.models import Certificate, CertificationAuthority, SigningRequest
from guichet.authority.signer import Signer
from guichet.domain.certificates.states import SigningState
from guichet.domain.refusals import Code
from guichet.journal import queries as journal
from guichet.x509.crl import Reason
from kit import pki
from kit.refusals import assert_refused

LATER = NOW + timedelta(hours=1, microseconds=500)


def test_what_is_asked_waits_for_the_signer(hierarchy_made: None) -> None:
    """Nothing is signed here; the journal tells it."""
    request = ask()
    assert status(request).state is SigningState.REQUESTED
    assert status(request).certificate_id is None
    assert queries.request_of("test:1") == request
    (entry,) = journal.entries_about(f"signing:{request}")
    assert (entry.event, entry.facts["reference"]) == ("signing-requested", "test:1")


def test_asking_again_changes_nothing(hierarchy_made: None) -> None:
    """ACCEPTED. The same reference, key and profile: the same request, told once."""
    key = pki.fresh_key("p-256")
    assert ask(key=key) == ask(key=key)
    assert SigningRequest.objects.count() == 1
    assert len(journal.entries_about(f"signing:{queries.request_of('test:1')}")) == 1


def test_one_reference_for_two_things(hierarchy_made: None) -> None:
    """REFUSED. Another key, or another profile."""
    key = pki.fresh_key("p-256")
    ask(key=key)
    with assert_refused(Code.IDEMPOTENCY_CONFLICT, reference="test:1"):
        ask()
    with assert_refused(Code.IDEMPOTENCY_CONFLICT):
        ask(profile="ORG/SIGN", key=key)


def test_one_key_for_two_certificates(signer: Signer) -> None:
    """REFUSED while it is asked for, and once it is certified."""
    key = pki.fresh_key("p-256")
    ask(key=key)
    with assert_refused(Code.KEY_SEEN):
        ask("test:2", key=key)
    signer.run_once(NOW)
    with assert_refused(Code.KEY_SEEN):
        ask("test:3", key=key)


def test_two_requests_with_one_key_at_the_same_time(
    hierarchy_made: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED by the database, when neither saw the other."""
    key = pki.fresh_key("p-256")
    first = asked(key=key)
    past = queries.key_past

    def racing(spki_sha256: str, **_asking: object) -> object:
        found = past(spki_sha256)
        monkeypatch.undo()
        operations.request_signature(asked=first, at=NOW)
        return found

    monkeypatch.setattr(queries, "key_past", racing)
    with assert_refused(Code.KEY_SEEN), transaction.atomic():
        operations.request_signature(asked=asked("test:2", key=key), at=NOW)


def test_a_key_whose_request_failed_may_be_asked_for_again(hierarchy_made: None) -> None:
    """ACCEPTED: it was never certified."""
    key = pki.fresh_key("p-256")
    ask(key=key)
    SigningRequest.objects.update(state=SigningState.FAILED.value)
    assert status(ask("test:2", key=key)).state is SigningState.REQUESTED


def test_the_rules_of_the_csr(hierarchy_made: None) -> None:
    """REFUSED here already, so that people hear of it at once."""
    with assert_refused(Code.PROFILE_UNKNOWN, profile="ORG/NONE"):
        operations.request_signature(asked=replace(asked(), profile="ORG/NONE"), at=NOW)
    with assert_refused(Code.CSR_UNREADABLE):
        ask(csr_der=b"rubbish")
    short = pki.csr(pki.kept_key("short", "rsa-1024"))
    with assert_refused(Code.KEY_TOO_SHORT):
        ask(csr_der=short)
    assert not SigningRequest.objects.exists()


def test_an_authority_that_may_not_sign_it(hierarchy_made: None) -> None:
    """REFUSED. A profile names who signs; cards are signed by either of two."""
    with assert_refused(Code.PROFILE_UNKNOWN, authority="ACI-EL-PP-TEST"):
        ask(authority="ACI-EL-PP-TEST")
    fort = ask("test:2", "CARD-AUTH", authority="ACI-FO-PP-TEST")
    standard = ask("test:3", "CARD-AUTH", authority="ACI-ST-PP")
    assert fort != standard
    codes = SigningRequest.objects.order_by("reference").values_list("authority__code", flat=True)
    assert list(codes) == ["ACI-FO-PP-TEST", "ACI-ST-PP-TEST"]


def test_a_revocation_is_definitive(signer: Signer) -> None:
    """To the second, counted by the authority, told; a second one is refused."""
    found = issued(signer)
    count = CertificationAuthority.objects.get(code=found.authority).revocations
    done = operations.revoke(
        certificate_id=found.id, reason=Reason.SUPERSEDED, by="SOPHIE", at=LATER
    )
    assert (done.revoked_at, done.reason) == (LATER.replace(microsecond=0), Reason.SUPERSEDED)
    again = queries.certificate(found.id)
    assert (again.revoked_at, again.reason) == (done.revoked_at, Reason.SUPERSEDED)
    assert CertificationAuthority.objects.get(code=found.authority).revocations == count + 1
    assert Certificate.objects.get(pk=found.id).to_publish
    (entry,) = journal.entries_about(f"certificate:{found.serial_hex}")
    assert (entry.event, entry.actor) == ("certificate-revoked", "SOPHIE")
    with assert_refused(Code.ALREADY_REVOKED):
        operations.revoke(certificate_id=found.id, reason=Reason.SUPERSEDED, by="x", at=LATER)
    assert len(journal.entries_about(f"certificate:{found.serial_hex}")) == 1


def test_a_certificate_that_nobody_issued(hierarchy_made: None) -> None:
    """REFUSED."""
    with assert_refused(Code.PRODUCT_UNKNOWN):
        operations.revoke(certificate_id=10**6, reason=Reason.SUPERSEDED, by="x", at=NOW)
    with assert_refused(Code.PRODUCT_UNKNOWN):
        queries.certificate(10**6)
    with assert_refused(Code.ORDER_UNKNOWN):
        queries.signing_status(uuid4())
    with assert_refused(Code.PROFILE_UNKNOWN):
        queries.authority_certificate("ACX")


def test_certificates_are_found_by_serial_however_written(signer: Signer) -> None:
    """Colons or none, any case; what is no number finds nothing."""
    found = issued(signer)
    bare = found.serial_hex.replace(":", "")
    for text in (found.serial_hex, bare, bare.lower(), f" {found.serial_hex.lower()} "):
        assert queries.find_certificate(text) == found
    for text in ("", "zz", "-1", "0" * 5000, "1" * 5000, found.serial_hex[:-2]):
        assert queries.find_certificate(text) is None
    assert queries.issued_with_references("test:") == {"test:1": found.id}
    assert queries.issued_with_references("other:") == {}


def test_another_allowed_authority_is_asked(signer: Signer) -> None:
    """ACCEPTED by name, short or full, whatever the key; REFUSED where the profile has it not."""
    found = issued(signer, authority="ACI-PQ-ORG")
    assert found.authority == "ACI-PQ-ORG-TEST"
    assert issued(signer, "test:2", authority="ACI-PQ-ORG-TEST").chain_ders == found.chain_ders
    with assert_refused(Code.PROFILE_UNKNOWN):
        ask("test:3", "SERV/SSL_SERV", authority="ACI-PQ-ORG")


def test_the_chain_goes_up_to_the_root(signer: Signer) -> None:
    """Its issuer first, itself not in it."""
    found = issued(signer)
    by_code = {a.code: a for a in queries.authorities()}
    issuer = by_code[found.authority]
    assert issuer.parent is not None
    root = by_code[issuer.parent]
    assert root.parent is None
    assert found.chain_ders == (issuer.certificate_der, root.certificate_der)
