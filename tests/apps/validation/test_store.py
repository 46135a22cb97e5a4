"""Records as they are stored: the publisher writes, the responder reads what is there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.validation.responders import CODE
from apps.validation.writer import NEVER, Writer
from guichet.validation import change_log, records, store
from guichet.validation.records import Published, Signatures
from guichet.validation.store import FILE, SERIAL_OCTETS, Signed, StoreReader, StoreWriter, key
from guichet.x509.crl import Reason
from guichet.x509.ocsp import SHA1, SHA256, Good, Revoked
from kit.pki import NOW

MINUTE = timedelta(minutes=1)
INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=0)
)
STATUSES = st.just(Good()) | st.builds(Revoked, INSTANTS, st.none() | st.sampled_from(Reason))
SIGNATURES = st.none() | st.builds(
    Signatures,
    INSTANTS,
    INSTANTS,
    st.integers(0, 65535),
    st.tuples(st.binary(max_size=512), st.binary(max_size=512)),
)


@given(status=STATUSES, signatures=SIGNATURES, again_at=INSTANTS)
def test_what_is_packed_is_told(
    status: Good | Revoked, signatures: Signatures | None, again_at: datetime
) -> None:
    """To the second, as OCSP tells it."""
    record = records.pack(status, signatures, again_at)
    assert records.status(record) == status
    assert records.signatures(record) == signatures
    assert records.again_at(record) == int(again_at.timestamp())
    if signatures:
        assert (signatures.of(SHA1), signatures.of(SHA256)) == signatures.values


@given(
    authority=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40),
    serial=st.integers(0, 2 ** (8 * SERIAL_OCTETS) - 1),
)
def test_keys_name_what_they_were_made_of(authority: str, serial: int) -> None:
    assert store.named(key(authority, serial)) == (authority, serial)


def good(serial: int = 1, again_at: datetime = NEVER) -> Signed:
    return Signed(Published(CODE, serial, Good()), None, again_at)


def revoked(serial: int = 1, again_at: datetime = NEVER) -> Signed:
    return Signed(Published(CODE, serial, Revoked(NOW, None)), None, again_at)


def read(reader: StoreReader, serial: int = 1) -> Good | Revoked | None:
    found = reader.get(CODE, serial)
    return None if found is None else records.status(found)


def test_a_reader_before_its_file(tmp_path: Path, writer: Writer) -> None:
    """It opens when the publisher has written; until then nothing is known."""
    reader = StoreReader(tmp_path)
    reader.refresh()
    assert not reader.is_open
    assert reader.get(CODE, 1) is None
    assert reader.delegate(1) is None
    assert reader.oldest_due() is None
    writer.put(tmp_path, Published(CODE, 1, Good()))
    assert not reader.is_open
    reader.refresh()
    assert reader.is_open
    assert reader.is_complete
    assert read(reader) == Good()
    assert reader.oldest_due() == NEVER


def test_a_file_that_is_not_made_yet(tmp_path: Path, writer: Writer) -> None:
    """Its writer was killed, or is about to write: not open, and opened later."""
    (tmp_path / FILE).write_bytes(b"")
    reader = StoreReader(tmp_path)
    reader.refresh()
    assert not reader.is_open
    (tmp_path / FILE).unlink()
    writer.put(tmp_path, Published(CODE, 1, Good()))
    reader.refresh()
    assert read(reader) == Good()


def test_a_status_that_changes_needs_no_refresh(tmp_path: Path, writer: Writer) -> None:
    """The file is the same: readers see each commit."""
    writer.put(tmp_path, Published(CODE, 1, Good()))
    reader = StoreReader(tmp_path)
    reader.refresh()
    status = Revoked(NOW - timedelta(days=1), Reason.SUPERSEDED)
    writer.put(tmp_path, Published(CODE, 1, status))
    assert read(reader) == status


def test_a_file_made_again(tmp_path: Path, writer: Writer) -> None:
    """The former one was deleted: the reader follows to the new one."""
    writer.put(tmp_path, Published(CODE, 1, Good()))
    reader = StoreReader(tmp_path)
    reader.refresh()
    (tmp_path / FILE).rename(tmp_path / "former")
    writer.put(tmp_path, Published(CODE, 2, Good()))
    reader.refresh()
    assert read(reader, 2) == Good()
    assert read(reader) is None


@pytest.mark.parametrize("serial", [-1, 2 ** (8 * SERIAL_OCTETS), 2**2000])
def test_numbers_that_are_no_serial(tmp_path: Path, writer: Writer, serial: int) -> None:
    """Asked about by anybody: unknown, not a fault."""
    writer.put(tmp_path, Published(CODE, 1, Good()))
    reader = StoreReader(tmp_path)
    reader.refresh()
    assert reader.get(CODE, serial) is None


def test_notes_beside_the_records(tmp_path: Path) -> None:
    """Whether everything was exported once; which list is published."""
    with StoreWriter(tmp_path) as opened:
        assert not opened.is_complete
        assert opened.told(b"meta:crl:X") is None
        opened.complete()
        opened.say(b"meta:crl:X", b"7")
    with StoreWriter(tmp_path) as opened:
        assert opened.is_complete
        assert opened.told(b"meta:crl:X") == b"7"


def test_records_are_stored_all_or_none(tmp_path: Path) -> None:
    """The second cannot be written: neither is the first."""
    with StoreWriter(tmp_path) as opened:
        with pytest.raises(OverflowError):
            opened.put([good(), good(2 ** (8 * SERIAL_OCTETS))])
        assert opened.due(NEVER, at_the_latest=NEVER, limit=10) == ()
        assert opened.put([good()]) == ()
        assert len(opened.due(NEVER, at_the_latest=NEVER, limit=10)) == 1


def test_a_revocation_is_never_taken_back(tmp_path: Path) -> None:
    """REFUSED: a database restored from an old copy calls it valid. The others are stored."""
    with StoreWriter(tmp_path) as opened:
        opened.put([revoked()])
        assert opened.put([good(), good(2)]) == (Published(CODE, 1, Good()),)
        kept = opened.due(NEVER, at_the_latest=NEVER, limit=10)
    assert {(one.serial, type(one.status)) for one in kept} == {(1, Revoked), (2, Good)}


def test_records_come_back_when_their_time_has_come(tmp_path: Path) -> None:
    """The oldest first, so many at a time; each once, at the instant of its last record."""
    with StoreWriter(tmp_path) as opened:
        opened.put([good(n, NOW + n * MINUTE) for n in (3, 1, 2)])
        assert opened.due(NOW, at_the_latest=NEVER, limit=9) == ()
        due = opened.due(NOW + 2 * MINUTE, at_the_latest=NEVER, limit=9)
        assert [one.serial for one in due] == [1, 2]
        assert len(opened.due(NOW + 9 * MINUTE, at_the_latest=NEVER, limit=2)) == 2
        opened.put([good(1, NOW + 7 * MINUTE)])
        due = opened.due(NOW + 9 * MINUTE, at_the_latest=NEVER, limit=9)
        assert [one.serial for one in due] == [2, 3, 1]


def test_records_signed_by_a_clock_that_went_back(tmp_path: Path) -> None:
    """Due too far ahead to have been signed by now: their answers would come too early."""
    with StoreWriter(tmp_path) as opened:
        opened.put([good(1, NOW + 9 * MINUTE), good(2, NOW + 3 * MINUTE)])
        due = opened.due(NOW, at_the_latest=NOW + 5 * MINUTE, limit=9)
        assert [one.serial for one in due] == [1]


def test_delegates_are_numbered_once(tmp_path: Path) -> None:
    with StoreWriter(tmp_path) as opened:
        numbers = [opened.delegate_number(der) for der in (b"first", b"second", b"first")]
    assert numbers == [1, 2, 1]


def test_what_changed_is_told_to_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole transactions, records as they are now; a refused record is no change; the oldest go."""
    monkeypatch.setattr(change_log, "KEPT", 2)

    def after(number: int, at_most: int = 10_000) -> tuple[bool, int, list[int]]:
        found = opened.log.after(number, at_most=at_most)
        return found.is_whole, found.last, [store.named(where)[1] for where, _ in found.records]

    with StoreWriter(tmp_path) as opened:
        assert after(0) == (True, 0, [])
        opened.put([revoked(1), good(2)])
        opened.put([good(1)])
        opened.put([good(3), good(2)])
        assert after(0) == (True, 2, [1, 2, 3])
        assert after(0, at_most=1) == (True, 1, [1, 2])
        assert after(1) == (True, 2, [3, 2])
        opened.put([good(4)])
        assert after(0)[0] is False
        assert after(4)[0] is False
        assert after(3) == (True, 3, [])


def test_everything_is_read_page_after_page(tmp_path: Path) -> None:
    """In the order of keys, each page of bounded size."""
    with StoreWriter(tmp_path) as opened:
        opened.put([good(n) for n in range(1, 6)])
        pages, last = [], b""
        while page := opened.log.page(last, at_most=80):
            pages.append([store.named(where)[1] for where, _ in page])
            last = page[-1][0]
    assert pages == [[1, 2], [3, 4], [5]]
