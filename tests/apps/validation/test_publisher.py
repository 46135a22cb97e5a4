"""The clerk's publishing: what changed, once, and never anything that goes back."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import pkcs7

from apps.conftest import NOW
from guichet.authority import crls, operations, queries
from guichet.authority.models import Certificate
from guichet.keystore import Keystore
from guichet.validation import publisher
from guichet.validation.exclusive import BusyError, exclusive
from guichet.validation.publisher import Publisher, publish_once
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


def test_everything_at_first(first_lists: None, published: Path) -> None:
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


def test_nothing_again(
    first_lists: None, published: Path, django_assert_max_num_queries: Any
) -> None:
    """Cheap when nothing changed."""
    publish_once(NOW)
    before = {path: path.stat().st_ino for path in published.rglob("*") if path.name != FILE}
    opened = Publisher(published, published.parent / "responder")
    with django_assert_max_num_queries(5):
        assert opened.publish_changes(LATER) == 0
    opened.close()
    assert {p: p.stat().st_ino for p in published.rglob("*") if p.name != FILE} == before


def test_a_revocation(first_lists: None, published: Path, authority_keys: Keystore) -> None:
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
    assert publish_once(LATER) == 2  # the whole list and the delta
    (entry,) = list_of(published).entries.values()
    assert entry.serial == queries.serial_of(found.serial_hex)


@pytest.mark.parametrize("lost", ["ac/ACR-EL-TEST.cer", "ac/chain.p7c", "crl/ACR-EL-TEST.crl"])
def test_a_lost_file_is_made_again(first_lists: None, published: Path, lost: str) -> None:
    publish_once(NOW)
    content = (published / lost).read_bytes()
    (published / lost).unlink()
    publish_once(LATER)
    assert (published / lost).read_bytes() == content


def test_lost_statuses_are_all_exported_again(first_lists: None, published: Path) -> None:
    """Also those that were published long ago, page after page."""
    publish_once(NOW)
    (published / FILE).unlink()
    assert publish_once(LATER) >= Certificate.objects.count()
    assert stored(published, intermediate()) == Good()


def test_many_statuses(first_lists: None, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_status_that_changes_while_it_is_published(first_lists: None, published: Path) -> None:
    """What was read is not what is there any more: it stays to be published."""
    page = queries.statuses_to_publish()
    found = intermediate()
    operations.revoke(certificate_id=found.pk, reason=Reason.SUPERSEDED, by="test", at=LATER)
    operations.mark_published(page)
    assert [row.pk for row in Certificate.objects.filter(to_publish=True)] == [found.pk]
    publish_once(LATER)
    assert stored(published, found) == Revoked(LATER, Reason.SUPERSEDED)


def test_a_revocation_that_the_database_forgot(
    first_lists: None, published: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It stays revoked, whatever a restored copy says; the operator is told."""
    found = intermediate()
    operations.revoke(certificate_id=found.pk, reason=Reason.SUPERSEDED, by="test", at=NOW)
    publish_once(NOW)
    Certificate.objects.filter(pk=found.pk).update(
        state="valid", revoked_at=None, reason="", to_publish=True
    )
    publish_once(LATER)
    assert stored(published, found) == Revoked(NOW, Reason.SUPERSEDED)
    assert "was an old copy restored?" in caplog.text


def test_an_export_that_was_cut_is_taken_up(
    first_lists: None, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page after page, some a round, from where it stopped."""
    monkeypatch.setattr(queries.statuses_after, "__defaults__", (2,))
    monkeypatch.setattr(publisher, "PAGES_A_ROUND", 1)
    opened = Publisher(published, published.parent / "responder")
    opened.publish_changes(NOW)
    opened.close()
    asked: list[int] = []
    after = queries.statuses_after
    monkeypatch.setattr(queries, "statuses_after", lambda n: asked.append(n) or after(n))
    publish_once(LATER)
    rows = sorted(Certificate.objects.values_list("pk", flat=True))
    assert asked == [rows[1], *rows[3::2], *rows[-1:]][: len(asked)]
    assert asked[0] == rows[1]
    with StoreWriter(published) as store:
        assert store.is_complete


def test_signing_again_needs_no_database(
    first_lists: None, published: Path, settings: Any, django_assert_num_queries: Any
) -> None:
    """What is due, in bounded batches; before anything is published there is nothing."""
    opened = Publisher(published, published.parent / "responder")
    assert opened.sign_again(NOW) == 0
    opened.close()
    publish_once(NOW)
    count = Certificate.objects.count()
    with django_assert_num_queries(0):
        assert opened.sign_again(NOW) == 0
        batches = [opened.sign_again(LATER, limit=4) for _ in range(3)]
    opened.close()
    assert batches == [4, min(4, count - 4), max(0, count - 8)]


def test_one_publisher_at_a_time(first_lists: None, published: Path) -> None:
    """REFUSED: the other is at it."""
    with exclusive(published), pytest.raises(BusyError, match="another publisher"):
        publish_once(NOW)
    assert publish_once(NOW) > 0
