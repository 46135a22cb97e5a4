"""Publishing lists: whole, verified, and never a number that goes back."""

import logging
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from apps.conftest import NOW, PKI_BASE
from guichet.authority import crls, hierarchy, operations, queries
from guichet.authority.models import Certificate, Crl, CrlPart
from guichet.domain.certificates.crl_policy import CrlKind
from guichet.journal import queries as journal
from guichet.keystore import Keystore
from guichet.validation import crl_publication, files
from guichet.validation.crl_publication import Intact, PublicationError
from guichet.x509 import crl, crl_headings
from guichet.x509.crl import Reason
from kit.backups import back_up

CODE = "ACI-EL-ORG-TEST"
ROOT = "ACR-EL-TEST"
LATER = NOW + timedelta(minutes=1)


class Notes(dict[bytes, bytes]):
    """What the publisher remembers."""

    def told(self, name: bytes) -> bytes | None:
        return self.get(name)

    def say(self, name: bytes, value: bytes) -> None:
        self[name] = value


def publish(folder: Path, notes: Notes, at: datetime) -> int:
    """By a publisher that just began."""
    return crl_publication.publish(folder, notes, at, Intact())


@pytest.fixture
def notes() -> Notes:
    return Notes()


def revoke_intermediate(keystore: Keystore, at: datetime = LATER) -> None:
    """A list of the root with an entry more."""
    found = Certificate.objects.get(der=queries.authority_certificate(CODE))
    operations.revoke(certificate_id=found.pk, reason=Reason.SUPERSEDED, by="test", at=at)
    assert crls.issue_due(keystore, at) == (ROOT,)


def number_of(folder: Path, name: str = ROOT) -> int:
    """Of a published list."""
    return crl_headings.read((folder / "crl" / f"{name}.crl").read_bytes()).number


def swap(kind: CrlKind, der: bytes) -> None:
    """Put other octets in the root's last list of a kind, and say so in its row."""
    row = Crl.objects.filter(authority__code=ROOT, kind=kind.value).latest("number")
    CrlPart.objects.filter(crl=row).delete()
    CrlPart.objects.create(crl=row, rank=0, octets=der)
    Crl.objects.filter(pk=row.pk).update(sha256=sha256(der).hexdigest())


def test_every_list_once(
    first_lists: None, tmp_path: Path, notes: Notes, django_assert_num_queries: Any
) -> None:
    """Complete ones and deltas; two queries tell that nothing is new."""
    expected = {f"{found.name}.crl" for found in queries.last_lists()}
    assert publish(tmp_path, notes, NOW) == len(expected) == 2 * len(queries.authorities())
    assert {path.name for path in (tmp_path / "crl").iterdir()} == expected
    with django_assert_num_queries(2):
        assert publish(tmp_path, notes, LATER) == 0


def test_a_change(
    first_lists: None, tmp_path: Path, notes: Notes, authority_keys: Keystore
) -> None:
    """Both lists of its authority, and no other."""
    publish(tmp_path, notes, NOW)
    revoke_intermediate(authority_keys)
    assert publish(tmp_path, notes, LATER) == 2
    full = (tmp_path / "crl" / f"{ROOT}.crl").read_bytes()
    delta = (tmp_path / "crl" / f"{ROOT}-delta.crl").read_bytes()
    assert len(crl.read(full).entries) == 1
    assert crl_headings.read(delta).number == crl_headings.read(full).number


def test_notes_that_were_lost(first_lists: None, tmp_path: Path, notes: Notes) -> None:
    """What is in the folder is looked at, and published again."""
    publish(tmp_path, notes, NOW)
    assert publish(tmp_path, Notes(), NOW) == 2 * len(queries.authorities())


@pytest.fixture
def published(first_lists: None, tmp_path: Path, notes: Notes, authority_keys: Keystore) -> int:
    """The first lists are published, newer ones of the root are not; the number published."""
    publish(tmp_path, notes, NOW)
    revoke_intermediate(authority_keys)
    return number_of(tmp_path)


@pytest.mark.parametrize(
    ("kind", "octets", "why"),
    [
        (CrlKind.FULL, "another authority's", "does not verify"),
        (CrlKind.DELTA, "another authority's", "does not verify"),
        (CrlKind.FULL, "the delta", "has another number"),
        (CrlKind.DELTA, "the full", "has another number"),
        (CrlKind.FULL, "cut", "does not verify"),
    ],
)
def test_a_list_that_is_not_what_it_should_be(
    published: int, tmp_path: Path, notes: Notes, kind: CrlKind, octets: str, why: str
) -> None:
    """REFUSED: what is published stays, and the other lists are published all the same."""
    names = {CrlKind.FULL: ROOT, CrlKind.DELTA: f"{ROOT}-delta"}
    found = {
        "another authority's": queries.last_crl("ACR-FO-TEST", kind=kind),
        "the delta": queries.last_crl(ROOT, kind=CrlKind.DELTA),
        "the full": queries.last_crl(ROOT),
        "cut": queries.last_crl(ROOT),
    }[octets]
    assert found is not None
    swap(kind, found.der[:-20] if octets == "cut" else found.der)
    with pytest.raises(PublicationError, match=f"{names[kind]} {why}"):
        publish(tmp_path, notes, LATER)
    assert number_of(tmp_path, names.pop(kind)) == published
    (other,) = names.values()
    assert number_of(tmp_path, other) > published


def test_octets_that_changed_in_the_database(
    first_lists: None, tmp_path: Path, notes: Notes
) -> None:
    """REFUSED, even by a list that is signed: it is not the one that was stored."""
    Crl.objects.filter(authority__code=ROOT, kind="full").update(sha256=64 * "0")
    with pytest.raises(PublicationError, match="not the one that was stored"):
        publish(tmp_path, notes, NOW)


def test_a_list_about_something_else(first_lists: None, tmp_path: Path, notes: Notes) -> None:
    """REFUSED: the list of a shard in the place of the whole would hide revocations."""
    last = queries.last_crl(ROOT)
    assert last is not None
    said = crl_headings.Heading(
        number=1, this_update=NOW, next_update=LATER, point=f"{PKI_BASE}/crl/{ROOT}-1.crl"
    )
    wrongs = {
        (found.scope, crl_publication._is_about(said, found)) for found in queries.last_lists()
    }
    assert (ROOT, False) in wrongs
    assert not any(is_about for _, is_about in wrongs)


def test_a_list_replaced_while_it_is_read(first_lists: None, tmp_path: Path, notes: Notes) -> None:
    """Its octets are gone already: the next round publishes the newer one."""
    CrlPart.objects.filter(crl__authority__code=ROOT).delete()
    assert publish(tmp_path, notes, NOW) == 2 * len(queries.authorities()) - 2


def test_a_full_disk_leaves_the_old_list(
    published: int, tmp_path: Path, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole, and replaced once there is room."""
    kept = (tmp_path / "crl" / f"{ROOT}.crl").read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            publish(tmp_path, notes, LATER)
    assert (tmp_path / "crl" / f"{ROOT}.crl").read_bytes() == kept
    assert not list((tmp_path / "crl").glob(".*"))
    assert publish(tmp_path, notes, LATER) == 2
    assert number_of(tmp_path) > published


def test_a_list_that_is_over_is_published_and_told(
    first_lists: None, tmp_path: Path, notes: Notes, caplog: pytest.LogCaptureFixture
) -> None:
    """The signer was away: an old list says more than none, and somebody must hear of it."""
    with caplog.at_level(logging.WARNING):
        publish(tmp_path, notes, NOW + timedelta(days=90))
    assert number_of(tmp_path)
    assert f"the last CRL of {ROOT} is over" in caplog.text


def test_what_is_no_list_of_the_authority_is_replaced(
    first_lists: None, tmp_path: Path, notes: Notes
) -> None:
    """Garbage in the folder, or another's list with a high number, raises no floor."""
    foreign = queries.last_crl("ACR-FO-TEST")
    assert foreign is not None
    files.replace(tmp_path / "crl" / f"{ROOT}.crl", foreign.der)
    files.replace(tmp_path / "crl" / f"{CODE}.crl", b"garbage")
    publish(tmp_path, notes, NOW)
    for name in (ROOT, CODE):
        last = queries.last_crl(name)
        assert last is not None
        assert number_of(tmp_path, name) == last.number


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("remembered", [True, False], ids=["notes kept", "notes lost"])
def test_a_restored_database_does_not_take_a_number_back(
    authority_keys: Keystore,
    tmp_path: Path,
    notes: Notes,
    caplog: pytest.LogCaptureFixture,
    remembered: bool,
) -> None:
    """REFUSED, told, and mended: the signer's next list is above what was seen (RFC 5280 5.2.3).

    The clock went back too, so that time alone would not do it.
    """
    hierarchy.create(authority_keys, pki_base=PKI_BASE, at=NOW)
    crls.issue_due(authority_keys, NOW)
    publish(tmp_path, notes, NOW)
    restore = back_up(tmp_path)
    revoke_intermediate(authority_keys, LATER + timedelta(minutes=5))
    publish(tmp_path, notes, LATER + timedelta(minutes=5))
    seen = number_of(tmp_path)
    restore()
    assert not Certificate.objects.filter(state="revoked").exists()
    kept = notes if remembered else Notes()
    with pytest.raises(PublicationError, match=f"{ROOT} would go back.*{ROOT}-delta would go back"):
        publish(tmp_path, kept, LATER)
    assert number_of(tmp_path) == seen
    assert "was an old copy restored?" in caplog.text
    events = [entry.event for entry in journal.entries_about(f"authority:{ROOT}")]
    assert events.count("crl-floor-raised") == 1
    assert crls.issue_due(authority_keys, LATER) == (ROOT,)
    assert publish(tmp_path, kept, LATER) >= 2
    assert number_of(tmp_path) == number_of(tmp_path, f"{ROOT}-delta") == seen + 1


@pytest.mark.parametrize("damage", [lambda der: der[:-9], lambda der: der[:-1] + b"?", None])
def test_a_file_that_was_damaged_is_published_again(
    first_lists: None, tmp_path: Path, notes: Notes, damage: Any
) -> None:
    """Lost, cut or altered under its publisher; whole ones are not read each round."""
    intact = Intact()
    crl_publication.publish(tmp_path, notes, NOW, intact)
    path = tmp_path / "crl" / f"{ROOT}.crl"
    whole = path.read_bytes()
    assert crl_publication.publish(tmp_path, notes, LATER, intact) == 0
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage(whole))
    assert crl_publication.publish(tmp_path, notes, LATER, intact) == 1
    assert path.read_bytes() == whole
    assert crl_publication.publish(tmp_path, notes, LATER, intact) == 0
