"""Statuses from published lists: fresh, signed, or none at all."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from guichet.x509.crl import Reason, RevokedEntry
from guichet.x509.folder import Good, RevocationFolder, Revoked, Status, Unavailable
from kit.pki import NOW, Leaf, Pki

CODE = "ACI-EL-ORG-TEST"
WEEK = timedelta(days=7)


class Published:
    """A folder as the publisher makes it."""

    def __init__(self, path: Path, pki: Pki) -> None:
        self.path, self.pki = path, pki
        self.reader = RevocationFolder(path)
        for code in (CODE, "ACI-EL-PP-TEST"):
            self.put(f"ac/{code}.cer", pki.authority(code).der)

    def put(self, name: str, content: bytes) -> None:
        """Replace a file whole."""
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        aside = path.with_suffix(".new")
        aside.write_bytes(content)
        aside.replace(path)

    def publish(self, *revoked: RevokedEntry, number: int = 1, at: datetime = NOW) -> None:
        """Put the authority's list."""
        self.put(f"crl/{CODE}.crl", self.pki.crl(CODE, revoked, number=number, at=at))

    def status(self, leaf: Leaf, at: datetime = NOW) -> Status:
        """As a listener asks."""
        return self.reader.status(leaf.der, leaf.authority.der, at)


@pytest.fixture
def published(tmp_path: Path, pki: Pki) -> Published:
    return Published(tmp_path, pki)


@pytest.fixture(scope="module")
def leaf(pki: Pki) -> Leaf:
    return pki.leaf()


def test_good_and_revoked(published: Published, leaf: Leaf) -> None:
    """With the instant and the reason that the list tells."""
    published.publish(RevokedEntry(leaf.serial, NOW - WEEK, Reason.SUPERSEDED))
    assert published.status(leaf) == Revoked(NOW - WEEK, Reason.SUPERSEDED)
    assert published.status(published.pki.leaf()) == Good()


def test_nothing_is_published(tmp_path: Path, leaf: Leaf) -> None:
    """REFUSED: no list is no good news."""
    empty = RevocationFolder(tmp_path / "nowhere")
    found = empty.status(leaf.der, leaf.authority.der, NOW)
    assert found == Unavailable("unpublished")


def test_no_list_yet(published: Published, leaf: Leaf) -> None:
    """REFUSED."""
    assert published.status(leaf) == Unavailable("unpublished")


def test_an_authority_that_is_not_published(published: Published, leaf: Leaf) -> None:
    """REFUSED, though a list bears its code: its certificate is another."""
    published.publish()
    other = published.pki.root_of(published.pki.fresh_key("p-256"))
    found = published.reader.status(leaf.der, other, NOW)
    assert found == Unavailable("unpublished")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW - timedelta(seconds=1), Unavailable("stale")),
        (NOW, Good()),
        (NOW + WEEK - timedelta(seconds=1), Good()),
        (NOW + WEEK, Unavailable("stale")),
    ],
)
def test_a_list_holds_from_its_issue_to_its_next_update(
    published: Published, leaf: Leaf, at: datetime, said: Status
) -> None:
    """Half-open: at nextUpdate there must be another (RFC 5280 5.1.2.5)."""
    published.publish()
    assert published.status(leaf, at) == said


def test_a_list_signed_by_another(published: Published, leaf: Leaf) -> None:
    """REFUSED. Somebody put another authority's list under this name."""
    published.put(f"crl/{CODE}.crl", published.pki.crl("ACI-EL-PP-TEST"))
    assert published.status(leaf) == Unavailable("signature")


def test_a_list_cut_short(published: Published, leaf: Leaf) -> None:
    """REFUSED."""
    published.put(f"crl/{CODE}.crl", published.pki.crl()[:-20])
    assert published.status(leaf) == Unavailable("signature")


def test_a_list_that_cannot_be_read_whole(published: Published, leaf: Leaf) -> None:
    """REFUSED: rightly signed, and its number is missing."""
    authority = published.pki.authority(CODE)
    builder = x509.CertificateRevocationListBuilder().last_update(NOW).next_update(NOW + WEEK)
    named = builder.issuer_name(x509.load_der_x509_certificate(authority.der).subject)
    made = named.sign(authority.key, hashes.SHA256())
    published.put(f"crl/{CODE}.crl", made.public_bytes(Encoding.DER))
    assert published.status(leaf) == Unavailable("unreadable")


def test_changes_are_seen_at_once(published: Published, leaf: Leaf) -> None:
    """Also when a file has the size and the time of the one it replaces."""
    published.publish(RevokedEntry(1, NOW, None))
    assert published.status(leaf) == Good()
    path = published.path / "crl" / f"{CODE}.crl"
    before = path.stat()
    published.publish(RevokedEntry(leaf.serial, NOW, None), number=2)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert published.status(leaf) == Revoked(NOW, None)
    path.unlink()
    assert published.status(leaf) == Unavailable("unpublished")


def test_a_list_is_read_once(published: Published, leaf: Leaf) -> None:
    """Between changes, nothing but the file's stamp is looked at."""
    published.publish()
    assert published.status(leaf) == Good()
    kept = published.reader._lists[CODE]
    assert published.status(published.pki.leaf()) == Good()
    assert published.reader._lists[CODE] is kept


def test_an_authority_renewed_with_another_certificate(published: Published, leaf: Leaf) -> None:
    """Its old list is not the new one's: the signature is looked at again."""
    published.publish()
    assert published.status(leaf) == Good()
    renewed = published.pki.root_of(published.pki.fresh_key("p-256"))
    published.put(f"ac/{CODE}.cer", renewed)
    assert published.reader.status(leaf.der, renewed, NOW) == Unavailable("signature")
