"""OCSP by POST and GET (RFC 6960, RFC 5019): what is answered, to whom, for how long."""

import base64
from datetime import timedelta
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from hypothesis import given
from hypothesis import strategies as st

from apps.validation.responders import CODE, SECOND, Service, request_for, said, status_of
from guichet.validation import answers, ocsp_answers, presigning
from guichet.validation.allowance import Allowance
from guichet.validation.files import replace
from guichet.validation.http import etag
from guichet.validation.ocsp_answers import CACHED, LIVE_FRESHNESS
from guichet.x509 import ocsp
from guichet.x509.crl import Reason
from guichet.x509.ocsp import Good, Revoked
from kit.ocsp_requests import request_of_several
from kit.pki import NOW

DAY = timedelta(days=1)


def test_the_three_statuses(service: Service) -> None:
    """A certificate that was never issued is unknown, not good."""
    good, revoked, unknown = (service.pki.leaf() for _ in range(3))
    service.tell(good, Good())
    service.tell(revoked, Revoked(NOW - DAY, Reason.KEY_COMPROMISE))
    assert status_of(service.post(request_for(good))) == "GOOD"
    assert status_of(service.post(request_for(unknown))) == "UNKNOWN"
    told = said(service.post(request_for(revoked)))
    assert told.certificate_status.name == "REVOKED"
    assert told.revocation_time_utc == NOW - DAY
    assert told.revocation_reason is x509.ReasonFlags.key_compromise


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256()])  # noqa: S303
@pytest.mark.parametrize("nonce", [None, b"0123456789abcdef"])
def test_requests_by_get_in_every_form(
    service: Service, algorithm: hashes.HashAlgorithm, nonce: bytes | None
) -> None:
    """RFC 6960 A.1: base64, URL-escaped; clients forget to escape, or to pad."""
    leaf = service.pki.leaf()
    service.tell(leaf, Good())
    encoded = base64.b64encode(request_for(leaf, algorithm=algorithm, nonce=nonce)).decode()
    for form in (quote(encoded, safe=""), encoded, encoded.rstrip("="), quote(encoded)):
        answer = said(service.get(f"/ocsp/{form}"))
        assert answer.serial_number == leaf.serial
        assert answer.certificate_status.name == "GOOD"
        assert answer.hash_algorithm.name == algorithm.name
    headed = service.validation.answer("HEAD", f"/ocsp/{encoded}", b"", NOW)
    assert headed.status == 200


@pytest.mark.parametrize("path", ["/ocsp", "/ocsp/", "/ocsp/%%%", "/ocsp/AAAA", "/ocsp/é"])
def test_a_get_that_holds_no_request(service: Service, path: str) -> None:
    """MALFORMED."""
    assert status_of(service.get(path)) == "MALFORMED_REQUEST"


@pytest.mark.parametrize("body", [b"", b"hello", b"\x30" + bytes(ocsp.MAX_REQUEST)])
def test_a_post_that_holds_no_request(service: Service, body: bytes) -> None:
    """MALFORMED, and no cache keeps that."""
    answer = service.post(body)
    assert status_of(answer) == "MALFORMED_REQUEST"
    assert ("cache-control", "no-store") in answer.headers(NOW)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods(service: Service, method: str) -> None:
    """405, with what is allowed."""
    answer = service.validation.answer(method, "/ocsp", b"", NOW)
    assert answer.status == 405
    assert ("allow", "GET, HEAD, POST") in answer.headers(NOW)


def test_a_foreign_authority(service: Service) -> None:
    """UNAUTHORIZED (RFC 6960 2.3): not ours to say, by name or by key."""
    leaf, person = service.pki.leaf(), service.pki.leaf("PRO/AUTH")
    service.tell(leaf, Good())
    assert status_of(service.post(request_for(person))) == "UNAUTHORIZED"
    other = service.pki.root_of(service.pki.fresh_key("p-256"))
    assert status_of(service.post(request_for(leaf, issuer=other))) == "UNAUTHORIZED"


def test_a_hash_that_we_do_not_compute(service: Service) -> None:
    """UNAUTHORIZED: no authority is known by it."""
    asked = request_for(service.pki.leaf(), algorithm=hashes.SHA384())
    assert status_of(service.post(asked)) == "UNAUTHORIZED"


def test_one_responder_answers_for_several_authorities(service: Service) -> None:
    """Each by its own delegate: another's would not be authorised (RFC 6960 4.2.2.2)."""
    service.publish_authority("ACI-EL-PP-TEST")
    delegate = service.install_key("ACI-EL-PP-TEST", "persons")
    person = service.pki.leaf("PRO/AUTH")
    service.tell(person, Good())
    answer = said(service.post(request_for(person)))
    assert answer.certificate_status.name == "GOOD"
    assert answer.certificates[0].serial_number == delegate.serial


def test_what_the_publisher_signed_is_given_again_and_again(service: Service) -> None:
    """RFC 5019 6: the same bytes to all, under each hash, with how long a cache may hold them."""
    leaf = service.pki.leaf()
    service.tell(leaf, Good())
    first = service.post(request_for(leaf))
    assert service.get("/ocsp/" + base64.b64encode(request_for(leaf)).decode()) is first
    assert service.post(request_for(leaf), NOW + CACHED - SECOND) is first
    headers = dict(first.headers(NOW + timedelta(seconds=20)))
    assert headers["cache-control"] == "max-age=40, public, no-transform, must-revalidate"
    assert headers["last-modified"] == "Tue, 24 Nov 2026 12:00:00 GMT"
    assert headers["expires"] == "Tue, 24 Nov 2026 12:01:00 GMT"
    assert headers["etag"].strip('"')
    assert headers["x-accel-expires"] == "1"
    later = service.post(request_for(leaf), NOW + CACHED)
    assert later.body == first.body
    assert later.expires_at == NOW + 2 * CACHED
    told = said(later)
    assert (told.this_update_utc, told.produced_at_utc) == (NOW, NOW)
    assert told.next_update_utc == NOW + presigning.VALIDITY
    by_sha1 = said(service.post(request_for(leaf, algorithm=hashes.SHA1())))  # noqa: S303
    assert by_sha1.produced_at_utc == NOW


def test_no_cache_keeps_an_answer_past_its_end(service: Service) -> None:
    """RFC 5019 6.2."""
    leaf = service.pki.leaf()
    service.tell(leaf, Good())
    ends_at = NOW + presigning.VALIDITY
    assert service.post(request_for(leaf), ends_at - SECOND).expires_at == ends_at


def test_a_publisher_that_was_away_too_long(service: Service) -> None:
    """The responder signs for itself; without a key it says so rather than give an old answer."""
    leaf = service.pki.leaf()
    service.tell(leaf, Good())
    at = NOW + presigning.VALIDITY
    told = said(service.post(request_for(leaf), at))
    assert (told.certificate_status.name, told.this_update_utc) == ("GOOD", at)
    assert told.next_update_utc == at + LIVE_FRESHNESS
    (service.keys / f"{CODE}.pem").unlink()
    service.validation.refresh()
    assert status_of(service.post(request_for(leaf), at)) == "TRY_LATER"


def test_a_copy_without_any_key(service: Service) -> None:
    """It gives what was signed elsewhere, without the nonce; the rest is not for it to say."""
    leaf = service.pki.leaf()
    service.tell(leaf, Good())
    (service.keys / f"{CODE}.pem").unlink()
    service.validation.refresh()
    told = said(service.post(request_for(leaf, nonce=b"n" * 16)))
    assert (told.certificate_status.name, list(told.extensions)) == ("GOOD", [])
    unknown = service.pki.leaf()
    assert status_of(service.post(request_for(unknown))) == "UNAUTHORIZED"
    both = request_of_several(request_for(leaf), request_for(unknown))
    assert status_of(service.post(both)) == "UNAUTHORIZED"


def test_several_certificates_in_one_answer(service: Service) -> None:
    """Each with its own status, in order, under one signature and one nonce; nothing is kept."""
    good, revoked, unknown = (service.pki.leaf() for _ in range(3))
    service.tell(good, Good())
    service.tell(revoked, Revoked(NOW - DAY, Reason.SUPERSEDED))
    asked = [request_for(leaf) for leaf in (good, revoked, unknown)]
    answer = service.post(request_of_several(*asked, request_for(good, nonce=b"n" * 16)))
    told = said(answer)
    assert [(one.serial_number, one.certificate_status.name) for one in told.responses] == [
        (good.serial, "GOOD"),
        (revoked.serial, "REVOKED"),
        (unknown.serial, "UNKNOWN"),
        (good.serial, "GOOD"),
    ]
    assert told.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 16
    assert ("cache-control", "no-store") in answer.headers(NOW)


def test_several_certificates_of_two_authorities(service: Service) -> None:
    """UNAUTHORIZED: one delegate cannot sign for both (RFC 6960 4.2.2.2)."""
    service.publish_authority("ACI-EL-PP-TEST")
    service.install_key("ACI-EL-PP-TEST", "persons")
    leaf, person = service.pki.leaf(), service.pki.leaf("PRO/AUTH")
    service.tell(leaf, Good())
    service.tell(person, Good())
    both = request_of_several(request_for(leaf), request_for(person))
    assert status_of(service.post(both)) == "UNAUTHORIZED"


def test_signing_on_the_spot_has_a_limit(service: Service) -> None:
    """Past it, a nonce is left out where an answer is ready; what has none is put off."""
    leaf, unknown = service.pki.leaf(), service.pki.leaf()
    service.tell(leaf, Good())
    inside = service.validation._ocsp_answers
    inside._for_nonces = inside._for_others = Allowance(0, 1)
    assert list(said(service.post(request_for(leaf, nonce=b"first"))).extensions)
    told = said(service.post(request_for(leaf, nonce=b"second")))
    assert (told.certificate_status.name, list(told.extensions)) == ("GOOD", [])
    assert status_of(service.post(request_for(unknown))) == "TRY_LATER"


@given(seconds=st.lists(st.floats(0, 3), max_size=30))
def test_an_allowance_never_gives_more_than_it_is(seconds: list[float]) -> None:
    """So many at once and so many a second, whenever they are asked for."""
    now = [0.0]
    allowance = Allowance(2, 5, lambda: now[0])
    given_out = 0
    for pause in seconds:
        now[0] += pause
        given_out += allowance.take()
    assert given_out <= 5 + 2 * now[0] + 1e-6
    now[0] += 60
    assert [allowance.take() for _ in range(6)] == [True] * 5 + [False]


def test_whether_it_is_ready(bare: Service) -> None:
    """Not before all statuses are there, not when their signing is left behind."""
    bare.publish_authority()
    bare.install_key()
    assert bare.get("/readyz").status == 503
    bare.tell(bare.pki.leaf(), Good())
    assert bare.get("/readyz").status == 200
    late = bare.get("/readyz", NOW + presigning.AGAIN_BEFORE + answers.LATE)
    assert late.status == 503
    assert b"were to be signed again" in late.body


def test_a_long_list_is_not_kept_in_memory(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent from its file, under a validator of its bytes."""
    monkeypatch.setattr(answers, "KEPT_FILE_AT_MOST", 10)
    path = service.published / "crl" / "X.crl"
    replace(path, b"longer than that")
    found = service.get("/crl/X.crl")
    assert (found.body, found.file) == (b"", path)
    assert found.etag == etag(b"longer than that")


def test_a_revocation_is_told_at_once(service: Service) -> None:
    """Whatever was kept."""
    leaf = service.pki.leaf()
    service.tell(leaf, Good())
    assert status_of(service.post(request_for(leaf))) == "GOOD"
    service.tell(leaf, Revoked(NOW, None))
    assert status_of(service.post(request_for(leaf))) == "REVOKED"


def test_a_certificate_issued_after_it_was_asked_about(service: Service) -> None:
    """An unknown that was kept does not outlive the issuance."""
    leaf = service.pki.leaf()
    assert status_of(service.post(request_for(leaf))) == "UNKNOWN"
    service.tell(leaf, Good())
    assert status_of(service.post(request_for(leaf))) == "GOOD"


def test_a_nonce_is_echoed_and_nothing_of_it_is_kept(service: Service) -> None:
    """RFC 9654 2.1: signed for this request alone."""
    leaf = service.pki.leaf()
    service.tell(leaf, Good())
    for nonce in (b"first nonce", b"second nonce"):
        answer = service.post(request_for(leaf, nonce=nonce))
        told = said(answer).extensions.get_extension_for_class(x509.OCSPNonce).value
        assert told.nonce == nonce
        assert ("cache-control", "no-store") in answer.headers(NOW)
        assert answer.etag == ""
    bare = said(service.post(request_for(leaf)))
    assert list(bare.extensions) == []


def test_what_is_kept_has_an_end(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who asks about every number fills no memory, and gets right answers."""
    monkeypatch.setattr(ocsp_answers, "KEPT_AT_MOST", 3)
    leaves = [service.pki.leaf() for _ in range(5)]
    service.tell(leaves[0], Good())
    for leaf in leaves:
        service.post(request_for(leaf))
    assert len(service.validation._ocsp_answers._kept) == 2
    assert status_of(service.post(request_for(leaves[0]))) == "GOOD"


def test_alive(service: Service) -> None:
    assert service.get("/healthz").body == b"ok\n"
    assert service.validation.answer("POST", "/healthz", b"", NOW).status == 405
