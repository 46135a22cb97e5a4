"""Statuses as they are stored: the clerk writes, the responder reads what is there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.validation.responders import CODE
from apps.validation.writer import Writer
from guichet.validation.statuses import (
    FILE,
    SERIAL_OCTETS,
    Published,
    StatusReader,
    StatusWriter,
    decode,
    encode,
    key,
)
from guichet.x509.crl import Reason
from guichet.x509.ocsp import Good, Revoked, Unknown
from kit.pki import NOW

INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(at=INSTANTS, reason=st.none() | st.sampled_from(Reason))
def test_what_is_stored_is_told(at: datetime, reason: Reason | None) -> None:
    """To the second, as OCSP tells it."""
    whole = at.replace(microsecond=0)
    assert decode(encode(Revoked(whole, reason))) == Revoked(whole, reason)


def test_good_and_nothing() -> None:
    """What was never stored was never issued."""
    assert decode(encode(Good())) == Good()
    assert decode(None) == Unknown()


def test_keys_never_meet() -> None:
    """The longest serial fits; one authority's numbers are not another's."""
    largest = 2 ** (8 * SERIAL_OCTETS) - 1
    keys = {key(code, serial) for code in ("A", "AB") for serial in (0, 1, largest)}
    assert len(keys) == 6


def test_a_reader_before_its_file(tmp_path: Path, writer: Writer) -> None:
    """It opens when the clerk has written; until then nothing is known."""
    reader = StatusReader(tmp_path)
    reader.refresh()
    assert not reader.is_open
    assert reader.get(CODE, 1) is None
    writer.put(tmp_path, Published(CODE, 1, Good()))
    assert not reader.is_open
    reader.refresh()
    assert reader.is_open
    assert decode(reader.get(CODE, 1)) == Good()


def test_a_status_that_changes_needs_no_refresh(tmp_path: Path, writer: Writer) -> None:
    """The file is the same: readers see each commit."""
    writer.put(tmp_path, Published(CODE, 1, Good()))
    reader = StatusReader(tmp_path)
    reader.refresh()
    revoked = Revoked(NOW - timedelta(days=1), Reason.SUPERSEDED)
    writer.put(tmp_path, Published(CODE, 1, revoked))
    assert decode(reader.get(CODE, 1)) == revoked


def test_a_file_made_again(tmp_path: Path, writer: Writer) -> None:
    """The former one was deleted: the reader follows to the new one."""
    writer.put(tmp_path, Published(CODE, 1, Good()))
    reader = StatusReader(tmp_path)
    reader.refresh()
    (tmp_path / FILE).rename(tmp_path / "former")
    writer.put(tmp_path, Published(CODE, 2, Good()))
    reader.refresh()
    assert decode(reader.get(CODE, 2)) == Good()
    assert decode(reader.get(CODE, 1)) == Unknown()


@pytest.mark.parametrize("serial", [-1, 2 ** (8 * SERIAL_OCTETS), 2**2000])
def test_numbers_that_are_no_serial(tmp_path: Path, writer: Writer, serial: int) -> None:
    """Asked about by anybody: unknown, not a fault."""
    writer.put(tmp_path, Published(CODE, 1, Good()))
    reader = StatusReader(tmp_path)
    reader.refresh()
    assert reader.get(CODE, serial) is None


def test_notes_beside_the_statuses(tmp_path: Path) -> None:
    """Whether everything was exported once; which list is published."""
    with StatusWriter(tmp_path) as opened:
        assert not opened.is_complete
        assert opened.told(b"meta:crl:X") is None
        opened.complete()
        opened.say(b"meta:crl:X", b"7")
    with StatusWriter(tmp_path) as opened:
        assert opened.is_complete
        assert opened.told(b"meta:crl:X") == b"7"


def test_statuses_are_stored_all_or_none(tmp_path: Path) -> None:
    """The second cannot be written: neither is the first."""
    too_large = Published(CODE, 2 ** (8 * SERIAL_OCTETS), Good())
    with StatusWriter(tmp_path) as opened:
        with pytest.raises(OverflowError):
            opened.put([Published(CODE, 1, Good()), too_large])
        assert opened.told(key(CODE, 1)) is None
