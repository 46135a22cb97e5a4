"""The rules of incidents: criteria, two persons, dates, calls; and lists of keys as they come."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from guichet.domain.orders import criteria as reading
from guichet.domain.orders import incidents
from guichet.domain.orders.criteria import ANY_WEAKNESS, Criteria
from guichet.domain.orders.incidents import INCIDENTS, IncidentAct, IncidentState
from guichet.domain.refusals import Code, Refusal
from guichet.x509 import key_lists, keys
from kit import pki

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
DUE = AT + timedelta(days=20)


def test_nothing_is_revoked_but_by_way_of_an_approval() -> None:
    """Every path to RUNNING goes through PROPOSED then APPROVED, or through DONE again."""
    before = {
        state: {m[0] for m in INCIDENTS.moves if INCIDENTS.moves[m] is state}
        for state in IncidentState
    }
    assert before[IncidentState.APPROVED] == {IncidentState.PROPOSED}
    assert before[IncidentState.RUNNING] == {IncidentState.APPROVED, IncidentState.DONE}
    assert before[IncidentState.DONE] == {IncidentState.RUNNING}
    for over in (IncidentState.CANCELLED, IncidentState.REFUSED):
        assert not INCIDENTS.acts(over)
    assert not INCIDENTS.allows(IncidentState.RUNNING, IncidentAct.CANCEL)


def test_criteria_are_stored_whole() -> None:
    """What is read again is what was asked."""
    asked = Criteria(
        authority="ACI-EL-ORG-TEST",
        key_bits=2048,
        digests=("ab" * 32,),
        is_blocked=True,
        issued_from=date(2026, 1, 1),
        issued_to=date(2026, 2, 1),
    )
    assert Criteria.from_json(asked.to_json()) == asked
    assert Criteria.from_json(Criteria().to_json()).is_empty


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Criteria(), Code.INCIDENT_WITHOUT_CRITERIA),
        (
            Criteria(issued_from=date(2026, 2, 1), issued_to=date(2026, 1, 1)),
            Code.INCIDENT_PERIOD,
        ),
    ],
)
def test_criteria_that_are_refused(asked: Criteria, code: Code) -> None:
    """REFUSED: everything, or nothing."""
    with pytest.raises(Refusal) as caught:
        asked.admit()
    assert caught.value.code is code


@pytest.mark.parametrize(
    ("asked", "reads"),
    [
        (Criteria(offer="ORG"), (False, False, False)),
        (Criteria(weakness="roca"), (True, False, False)),
        (Criteria(serials=("01",)), (False, True, False)),
        (Criteria(from_lot=True), (False, False, True)),
    ],
)
def test_what_has_to_be_read_to_find(asked: Criteria, reads: tuple[bool, bool, bool]) -> None:
    """Keys, certificates one by one, orders: each is read for the criteria that want it."""
    assert asked.admit() is asked
    assert (asked.reads_keys, asked.names_certificates, asked.reads_orders) == reads


def test_properties_of_a_key() -> None:
    """All asked hold at once; a weakness is found where there is one."""
    good = keys.facts(pki.fresh_key("rsa-2048").public_key())
    close = rsa.RSAPublicNumbers(65537, (2**1024 + 643) * (2**1024 + 1103)).public_key()
    weak = keys.facts(close)
    assert Criteria(key_kind="rsa", key_bits=2048, key_exponent=65537).meets(good)
    assert not Criteria(key_kind="rsa", key_bits=3072).meets(good)
    assert not Criteria(key_curve="P-256").meets(good)
    assert not Criteria(weakness=ANY_WEAKNESS).meets(good)
    assert Criteria(weakness="fermat").meets(weak)
    assert Criteria(weakness=ANY_WEAKNESS).meets(weak)
    assert not Criteria(weakness="fermat", key_bits=4096).meets(weak)
    curve = keys.facts(pki.fresh_key("p-256").public_key())
    assert Criteria(key_curve="P-256").meets(curve)
    assert not Criteria(weakness=ANY_WEAKNESS).meets(curve)


def test_lists_in_files() -> None:
    """Colons, spaces, case, comments and repeats; leading zeros are the same number."""
    lines = ["# report", "", "0A:0b ", "a0b", "FF"]
    assert reading.read_serials(lines) == ("a0b", "ff")
    digest = "AB:" * 31 + "CD"
    assert reading.read_digests([digest]) == ("ab" * 31 + "cd",)


@pytest.mark.parametrize(
    ("read", "line"),
    [
        (reading.read_serials, "zz"),
        (reading.read_serials, "-12"),
        (reading.read_serials, "F" * 41),
        (reading.read_digests, "ab" * 31),
    ],
)
def test_lines_that_are_refused(read: Callable[[list[str]], Any], line: str) -> None:
    """REFUSED, by its number."""
    with pytest.raises(Refusal) as caught:
        read(["# one", line])
    assert (caught.value.code, caught.value.facts["line"]) == (Code.LIST_LINE_UNREADABLE, 2)


def test_a_list_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """REFUSED, with the limit."""
    monkeypatch.setattr(reading, "LISTED_AT_MOST", 2)
    with pytest.raises(Refusal) as caught:
        reading.read_serials(["1", "2", "3"])
    assert caught.value.code is Code.LIST_TOO_LONG


def test_nobody_decides_alone() -> None:
    """REFUSED for the proposer under either account, and where nobody is known to have proposed."""
    incidents.admit_second(1, frozenset({2, 3}))
    for proposer, accounts in ((1, {1}), (1, {2, 1}), (None, {2})):
        with pytest.raises(Refusal) as caught:
            incidents.admit_second(proposer, frozenset(accounts))
        assert caught.value.code is Code.INCIDENT_SAME_PERSON


@pytest.mark.parametrize("typed", ["", "41", "4 2 0", "quarante-deux", "٤٢", "9" * 5000])
def test_the_count_is_typed(typed: str) -> None:
    """REFUSED unless it is the number, however it is spaced."""
    incidents.admit_count(" 4 2 ", 42)
    with pytest.raises(Refusal) as caught:
        incidents.admit_count(typed, 42)
    assert caught.value.code is Code.INCIDENT_COUNT_WRONG


def test_the_date_of_a_revocation() -> None:
    """None, or within a year; REFUSED otherwise."""
    incidents.admit_date(None, AT)
    incidents.admit_date(DUE, AT)
    for wrong in (AT, AT - timedelta(days=1), AT + timedelta(days=367)):
        with pytest.raises(Refusal) as caught:
            incidents.admit_date(wrong, AT)
        assert caught.value.code is Code.INCIDENT_DATE


@pytest.mark.parametrize(
    ("days", "told_days", "expected"),
    [(20, 20, None), (7, 20, 7), (6.5, 7, None), (1.5, 20, 2), (0.5, 1.5, 1), (-1, 20, None)],
)
def test_holders_are_called_again(days: float, told_days: float, expected: int | None) -> None:
    """At each step once; who comes late is called once, for the nearest step."""
    at, last = DUE - timedelta(days=days), DUE - timedelta(days=told_days)
    assert incidents.call_reached(DUE, at, last) == expected


def test_keys_in_every_spelling() -> None:
    """Digests and PEM, even of private keys; what is neither is told by its line."""
    key = pki.fresh_key("p-256")
    digest = keys.facts(key.public_key()).spki_sha256
    spki = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    colons = ":".join(digest[i : i + 2] for i in range(0, 64, 2)).upper().encode()
    file = (
        b"\xef\xbb\xbf# keys\n" + colons + b"\r\nsha256:" + digest.encode() + b"\n" + spki + private
    )
    file += b"nonsense\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    found = list(key_lists.read(io.BytesIO(file)))
    assert [one.digests for one in found[:4]] == 4 * [frozenset({digest})]
    last = 4 + spki.count(b"\n") + private.count(b"\n")
    assert [(one.line, one.digests) for one in found[4:]] == [(last, set()), (last + 1, set())]
    assert found[4].text == "nonsense"


def test_a_list_without_end_is_read_bit_by_bit() -> None:
    """Neither a line nor a block fills the memory."""
    file = io.BytesIO(b"A" * 100_000 + b"\n-----BEGIN PUBLIC KEY-----\n" + b"A\n" * 100_000)
    assert not any(one.digests for one in key_lists.read(file))
