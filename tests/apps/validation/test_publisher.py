"""The clerk's publishing: what changed, once, and never anything that goes back."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import pkcs7

from apps.conftest import NOW
from guichet.authority import crls, operations, queries
from guichet.authority.models import Certificate, Crl
from guichet.keystore import Keystore
from guichet.validation import publisher
from guichet.validation.publisher import PublicationError, publish_once
from guichet.validation.store import FILE, StoreWriter
from guichet.x509 import crl
from guichet.x509.crl import Reason
from guichet.x509.ocsp import Good, Revoked, Status

CODE = "ACI-EL-ORG-TEST"
ROOT = "ACR-EL-TEST"
LATER = NOW + timedelta(minutes=1)
NEVER = NOW + timedelta(days=9999)


@pytest.fixture
def published(state: Path) -> Path:
    """Where artefacts go; nothing is there yet."""
    return state / "published"


@pytest.fixture
def lists(hierarchy_made: None, authority_keys: Keystore) -> None:
    """The first list of every authority."""
    crls.issue_due(authority_keys, NOW)


def intermediate() -> Certificate:
    """The certificate of an issuing authority, which its root can revoke."""
    der = queries.authority_certificate(CODE)
    return Certificate.objects.get(der=der)


def stored(published: Path, certificate: Certificate) -> Status:
    """What the store says of a certificate, by a look at every record."""
    with StoreWriter(published) as store:
        due = store.due(NEVER, at_the_latest=NEVER, limit=10_000)
    serial = queries.serial_of(certificate.serial_hex)
    return {one.serial: one.status for one in due}[serial]


def list_of(published: Path, code: str = ROOT) -> crl.Crl:
    return crl.read((published / "crl" / f"{code}.crl").read_bytes())


def test_nothing_to_publish(db: None, published: Path) -> None:
    """Before the ceremony, not even a folder."""
    assert publish_once(NOW) == 0
    assert not published.exists()


def test_everything_at_first(lists: None, published: Path) -> None:
    """Certificates, the chain, lists and statuses."""
    authorities = queries.authorities()
    assert publish_once(NOW) > 0
    for authority in authorities:
        assert (published / "ac" / f"{authority.code}.cer").read_bytes() == (
            authority.certificate_der
        )
        assert list_of(published, authority.code).entries == {}
    bundle = pkcs7.load_der_pkcs7_certificates((published / "ac" / "chain.p7c").read_bytes())
    assert len(bundle) == len(authorities)
    assert stored(published, intermediate()) == Good()
    assert not Certificate.objects.filter(to_publish=True).exists()


def test_nothing_again(lists: None, published: Path, django_assert_max_num_queries: Any) -> None:
    """Cheap when nothing changed."""
    publish_once(NOW)
    before = {path: path.stat().st_ino for path in published.rglob("*") if path.name != FILE}
    with django_assert_max_num_queries(3):
        assert publish_once(LATER) == 0
    assert {p: p.stat().st_ino for p in published.rglob("*") if p.name != FILE} == before


def test_a_revocation(lists: None, published: Path, authority_keys: Keystore) -> None:
    """Its status at once, its list as soon as the signer issued it."""
    publish_once(NOW)
    found = intermediate()
    operations.revoke(
        certificate_id=found.pk, reason=Reason.CESSATION_OF_OPERATION, by="test", at=LATER
    )
    assert publish_once(LATER) == 1
    assert stored(published, found) == Revoked(LATER, Reason.CESSATION_OF_OPERATION)
    assert list_of(published).entries == {}
    assert crls.issue_due(authority_keys, LATER) == (ROOT,)
    assert publish_once(LATER) == 1
    (entry,) = list_of(published).entries.values()
    assert entry.serial == queries.serial_of(found.serial_hex)


@pytest.mark.parametrize("lost", ["ac/ACR-EL-TEST.cer", "ac/chain.p7c", "crl/ACR-EL-TEST.crl"])
def test_a_lost_file_is_made_again(lists: None, published: Path, lost: str) -> None:
    publish_once(NOW)
    content = (published / lost).read_bytes()
    (published / lost).unlink()
    publish_once(LATER)
    assert (published / lost).read_bytes() == content


def test_lost_statuses_are_all_exported_again(lists: None, published: Path) -> None:
    """Also those that were published long ago, page after page."""
    publish_once(NOW)
    (published / FILE).unlink()
    assert publish_once(LATER) >= Certificate.objects.count()
    assert stored(published, intermediate()) == Good()


def test_many_statuses(lists: None, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than one page of them, at first and as changes."""
    monkeypatch.setattr(queries, "PAGE", 3)
    monkeypatch.setattr(queries.statuses_after, "__defaults__", (3,))
    monkeypatch.setattr(queries.statuses_to_publish, "__defaults__", (3,))
    publish_once(NOW)
    rows = list(Certificate.objects.select_related("authority"))
    assert len(rows) > 6
    assert all(stored(published, row) == Good() for row in rows)
    for row in rows:
        operations.revoke(certificate_id=row.pk, reason=Reason.SUPERSEDED, by="test", at=LATER)
    publish_once(LATER)
    assert all(stored(published, row) == Revoked(LATER, Reason.SUPERSEDED) for row in rows)


def test_a_status_that_changes_while_it_is_published(lists: None, published: Path) -> None:
    """What was read is not what is there any more: it stays to be published."""
    page = queries.statuses_to_publish()
    found = intermediate()
    operations.revoke(certificate_id=found.pk, reason=Reason.SUPERSEDED, by="test", at=LATER)
    operations.mark_published(page)
    assert [row.pk for row in Certificate.objects.filter(to_publish=True)] == [found.pk]
    publish_once(LATER)
    assert stored(published, found) == Revoked(LATER, Reason.SUPERSEDED)


def test_a_list_that_does_not_verify(lists: None, published: Path) -> None:
    """REFUSED: what is published stays."""
    publish_once(NOW)
    kept = (published / "crl" / f"{ROOT}.crl").read_bytes()
    foreign = queries.last_crl("ACR-FO-TEST")
    assert foreign is not None
    row = Crl.objects.get(authority__code=ROOT)
    row.pk, row.number, row.der = None, row.number + 1, foreign.der
    row.save()
    with pytest.raises(PublicationError, match="does not verify"):
        publish_once(LATER)
    assert (published / "crl" / f"{ROOT}.crl").read_bytes() == kept


def test_a_restored_database_does_not_take_a_list_back(
    lists: None, published: Path, authority_keys: Keystore
) -> None:
    """REFUSED: relying parties have seen the newer one (RFC 5280 5.2.3)."""
    newer = publish_after_a_revocation(authority_keys)
    assert newer
    Crl.objects.filter(authority__code=ROOT).order_by("-number")[0].delete()
    with StoreWriter(published) as writer:
        writer.say(publisher.META + f"crl:{ROOT}".encode(), b"0")
    with pytest.raises(PublicationError, match="would go back"):
        publish_once(LATER)
    assert list_of(published).number == newer


def publish_after_a_revocation(authority_keys: Keystore) -> int:
    """The number of the root's list that tells of it."""
    operations.revoke(
        certificate_id=intermediate().pk, reason=Reason.SUPERSEDED, by="test", at=LATER
    )
    crls.issue_due(authority_keys, LATER)
    publish_once(LATER)
    last = queries.last_crl(ROOT)
    return last.number if last else 0


def test_a_list_that_is_over_is_published_and_told(
    lists: None, published: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The signer was away: an old list says more than none, and somebody must hear of it."""
    with caplog.at_level(logging.WARNING):
        publish_once(NOW + timedelta(days=90))
    assert list_of(published).number
    assert f"the last CRL of {ROOT} is over" in caplog.text
