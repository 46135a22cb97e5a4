"""What the responder answers while statuses, or keys to sign by, are missing or unfit."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from apps.validation.responders import CODE, SECOND, Service, request_for, said, status_of
from guichet.validation.files import replace
from guichet.x509 import bundles
from guichet.x509.ocsp import Good
from kit.pki import NOW, Pki, kept_key


def unfit(pki: Pki) -> bytes:
    """A key that signs no OCSP answer, and a certificate."""
    key = x25519.X25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem + bundles.pem(pki.leaf().der).encode()


def strange(pki: Pki) -> bytes:
    """A key, and the certificate of another."""
    key = kept_key("strange", "p-256")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem + bundles.pem(pki.leaf("OCSP", authority=CODE).der).encode()


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
    ends = service.install_key(at=NOW).plan.not_after
    service.tell(leaf, Good(), ends - SECOND)
    assert said(service.post(request_for(leaf), ends - SECOND)).next_update_utc == ends
    unknown = request_for(service.pki.leaf())
    assert said(service.post(unknown, ends - SECOND)).next_update_utc == ends
    assert status_of(service.post(request_for(leaf), ends)) == "TRY_LATER"
    assert status_of(service.post(unknown, ends)) == "TRY_LATER"


def test_a_key_that_was_renewed(service: Service) -> None:
    """What the former one signed is good until its end; what is signed from now on is the new's."""
    leaf = service.pki.leaf()
    service.tell(leaf, Good())
    unknown = request_for(service.pki.leaf())
    before = [said(service.post(body)) for body in (request_for(leaf), unknown)]
    renewed = service.install_key(name="second").serial
    service.validation.refresh()
    after = [said(service.post(body)) for body in (request_for(leaf), unknown)]
    signed_by = [[told.certificates[0].serial_number for told in pair] for pair in (before, after)]
    assert renewed not in signed_by[0]
    assert signed_by[1] == [signed_by[0][0], renewed]
    service.tell(leaf, Good())
    assert said(service.post(request_for(leaf))).certificates[0].serial_number == renewed


@pytest.mark.parametrize("content", [lambda _: b"rubbish", lambda _: b"", unfit, strange])
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
