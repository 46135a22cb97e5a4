"""Our DER against the library's own, and against what DER forbids."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.x509 import CRLNumber, ObjectIdentifier, UnrecognizedExtension
from hypothesis import given
from hypothesis import strategies as st

from guichet.x509 import der
from guichet.x509.errors import Unreadable


@given(st.binary(max_size=70_000))
def test_what_is_written_is_read(body: bytes) -> None:
    """One length form only, the shortest (X.690 10.1)."""
    written = der.octets(body)
    read = der.single(written, der.OCTET_STRING)
    assert (read.contents, read.encoding) == (body, written)
    if len(body) < 128:
        assert len(written) == 2 + len(body)


@given(st.integers(0, 2**200))
def test_integers(value: int) -> None:
    """As the library writes them; never a needless leading zero."""
    assert der.integer(value) == CRLNumber(value).public_bytes()
    assert der.single(der.integer(value), der.INTEGER).number() == value


@given(
    st.tuples(st.integers(0, 2), st.integers(0, 39)),
    st.lists(st.integers(0, 2**40), min_size=0, max_size=10),
)
def test_object_identifiers(head: tuple[int, int], tail: list[int]) -> None:
    """Dots in, dots out."""
    dotted = ".".join(map(str, (*head, *tail)))
    element = der.single(der.oid(dotted), der.OID)
    assert element.dotted() == dotted
    assert UnrecognizedExtension(ObjectIdentifier("1.2.3"), element.encoding).value


def test_times_change_form_in_2050() -> None:
    """UTCTime through 2049, GeneralizedTime after (RFC 5280 4.1.2.5)."""
    last = datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert der.time(last) == b"\x17\x0d491231235959Z"
    assert der.time(last + timedelta(seconds=1)) == b"\x18\x0f20500101000000Z"
    assert der.time(datetime(1949, 12, 31, tzinfo=UTC)) == b"\x18\x0f19491231000000Z"
    paris = timezone(timedelta(hours=1))
    assert der.time(datetime(2050, 1, 1, 0, 30, tzinfo=paris)) == b"\x17\x0d491231233000Z"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80\x00\x00",
        b"\x30\x05\x00",
        b"\x30\x85\x01\x00\x00\x00\x00",
        b"\x30\x82\x01",
        b"\x1f\x81\x00",
        b"\x31\x00",
        b"\x30\x00\x00",
    ],
)
def test_what_is_no_single_sequence_is_unreadable(data: bytes) -> None:
    """REFUSED. Indefinite, too wide or short lengths, high tags, other tags, trailing bytes."""
    with pytest.raises(Unreadable):
        der.single(data)


def test_empty_values_are_unreadable() -> None:
    """REFUSED. An integer or an identifier without octets says nothing."""
    with pytest.raises(Unreadable):
        der.single(b"\x02\x00", der.INTEGER).number()
    for contents in (b"\x06\x00", b"\x06\x01\x80"):
        with pytest.raises(Unreadable):
            der.single(contents, der.OID).dotted()


@given(st.binary(max_size=300))
def test_any_bytes_are_walked_or_refused(data: bytes) -> None:
    """Never another error, and nothing is lost: the elements are the bytes."""
    try:
        found = list(der.elements(data))
    except Unreadable:
        return
    assert b"".join(element.encoding for element in found) == data
