"""OCSP by POST and GET (RFC 6960, RFC 5019): what is answered, to whom, for how long."""

import base64
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from apps.validation.responders import CODE, SECOND, Service, request_for, said, status_of
from guichet.validation import answers
from guichet.validation.answers import CACHED, FRESHNESS
from guichet.validation.files import replace
from guichet.x509 import bundles, ocsp
from guichet.x509.crl import Reason
from guichet.x509.ocsp import Good, Revoked
from kit.pki import NOW, Pki, kept_key

DAY = timedelta(days=1)


def unfit(pki: Pki) -> bytes:
    """A key that signs no OCSP answer, and a certificate."""
    key = kept_key("unfit", "ed25519")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem + bundles.pem(pki.leaf().der).encode()


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


def test_an_answer_is_kept_for_a_minute(service: Service) -> None:
    """RFC 5019 6: the same bytes, and how long a cache may hold them."""
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
    later = service.post(request_for(leaf), NOW + CACHED)
    assert later is not first
    assert said(later).this_update_utc == NOW + CACHED
    assert said(later).next_update_utc == NOW + CACHED + FRESHNESS


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
    monkeypatch.setattr(answers, "KEPT_AT_MOST", 3)
    leaves = [service.pki.leaf() for _ in range(5)]
    service.tell(leaves[0], Good())
    for leaf in leaves:
        service.post(request_for(leaf))
    assert len(service.validation._kept) == 2
    assert status_of(service.post(request_for(leaves[0]))) == "GOOD"


def test_before_statuses_are_published(bare: Service) -> None:
    """TRY LATER: an unknown would be a lie."""
    bare.publish_authority()
    bare.install_key()
    bare.validation.refresh()
    assert status_of(bare.post(request_for(bare.pki.leaf()))) == "TRY_LATER"


def test_nothing_is_published(bare: Service) -> None:
    """UNAUTHORIZED: no authority is known."""
    bare.validation.refresh()
    assert status_of(bare.post(request_for(bare.pki.leaf()))) == "UNAUTHORIZED"


def test_without_a_key(bare: Service) -> None:
    """TRY LATER, until the key's certificate is there; an awaited key is none."""
    leaf = bare.pki.leaf()
    bare.publish_authority()
    bare.tell(leaf, Good())
    replace(bare.keys / f"{CODE}.next.pem", b"a key without certificate")
    bare.validation.refresh()
    assert status_of(bare.post(request_for(leaf))) == "TRY_LATER"
    bare.install_key()
    bare.validation.refresh()
    assert status_of(bare.post(request_for(leaf))) == "GOOD"


def test_a_key_whose_certificate_ends(service: Service) -> None:
    """No answer outlives the delegate, none is given after it (RFC 6960 4.2.2.2)."""
    leaf = service.pki.leaf()
    service.tell(leaf, Good())
    delegate = service.install_key(at=NOW)
    service.validation.refresh()
    ends = delegate.plan.not_after
    last = said(service.post(request_for(leaf), ends - SECOND))
    assert last.next_update_utc == ends
    assert status_of(service.post(request_for(leaf), ends)) == "TRY_LATER"


def test_a_key_that_was_renewed(service: Service) -> None:
    """What the former one signed is not served any more."""
    leaf = service.pki.leaf()
    service.tell(leaf, Good())
    before = service.post(request_for(leaf))
    renewed = service.install_key(name="second")
    service.validation.refresh()
    after = said(service.post(request_for(leaf)))
    assert after.certificates[0].serial_number == renewed.serial
    assert said(before).certificates[0].serial_number != renewed.serial


@pytest.mark.parametrize("content", [lambda _: b"rubbish", lambda _: b"", unfit])
def test_a_key_file_that_cannot_be_read(
    service: Service, content: Callable[[Pki], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    """TRY LATER, told in the log once; the other authorities and the lists go on."""
    service.publish_authority("ACI-EL-PP-TEST")
    service.install_key("ACI-EL-PP-TEST", "persons")
    replace(service.keys / f"{CODE}.pem", content(service.pki))
    replace(service.published / "ac" / "rubbish.cer", b"rubbish")
    service.validation.refresh()
    service.validation.refresh()
    unreadable = [r for r in caplog.records if "cannot be read" in r.getMessage()]
    assert len(unreadable) == 2
    leaf, person = service.pki.leaf(), service.pki.leaf("PRO/AUTH")
    assert status_of(service.post(request_for(leaf))) == "TRY_LATER"
    assert status_of(service.post(request_for(person))) == "UNKNOWN"
    service.install_key()
    service.validation.refresh()
    assert status_of(service.post(request_for(leaf))) == "UNKNOWN"


def test_alive(service: Service) -> None:
    assert service.get("/healthz").body == b"ok\n"
    assert service.validation.answer("POST", "/healthz", b"", NOW).status == 405
