"""Identifiers: what is printed in the source documents parses, everything near it is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.domain import identifiers
from guichet.domain.checksums import la_poste, luhn
from guichet.domain.identifiers import (
    CardNumber,
    Finess,
    PersonId,
    Rpps,
    Siren,
    Siret,
    StructureId,
    StructureIdKind,
)
from guichet.domain.refusals import Code, Refusal
from kit.refusals import assert_refused

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "identifiers.json").read_text())
DIGITS = "0123456789"


def with_key(body: str) -> str:
    """Return the digits closed by their Luhn key."""
    return next(body + key for key in DIGITS if luhn(body + key))


def numbers(length: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=length - 1, max_size=length - 1).map(with_key)


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: f"{case['type']} {case['text']!r}")
def test_vectors(case: dict[str, Any]) -> None:
    """Numbers printed in the source documents, and the ones people mistype."""
    kind = getattr(identifiers, case["type"])
    if "refused" in case:
        with assert_refused(Code(case["refused"])):
            kind.parse(case["text"])
    else:
        assert kind.parse(case["text"]).value == case["value"]
        assert str(kind.parse(case["text"])) == case["value"]


@given(numbers(9))
def test_siren_round_trip(digits: str) -> None:
    """ACCEPTED. Nine digits closed by a Luhn key, spaced or not."""
    spaced = " ".join((digits[:3], digits[3:6], digits[6:]))
    assert Siren.parse(spaced) == Siren(digits)


@given(numbers(14))
def test_siret_carries_its_siren(digits: str) -> None:
    """ACCEPTED. The first nine digits are the company's."""
    assert Siret.parse(digits).siren.value == digits[:9]


@given(numbers(11), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_seen(digits: str, rank: int, shift: int) -> None:
    """REFUSED. The Luhn key sees every single wrong digit."""
    wrong = str((int(digits[rank]) + shift) % 10)
    with assert_refused(Code.RPPS_INVALID):
        Rpps.parse(digits[:rank] + wrong + digits[rank + 1 :])


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """Never another error, and what is accepted parses again to itself."""
    for kind in (Siren, Siret, Finess, Rpps, StructureId, PersonId, CardNumber):
        try:
            found = kind.parse(text)
        except Refusal:
            continue
        assert kind.parse(found.value) == found


def test_other_digits_are_not_digits() -> None:
    """REFUSED. Arabic-Indic and superscript digits are digits to Unicode, not to registers."""
    for text in ("٣٥٦٠٠٠٠٠٠", "35600000²"):
        with assert_refused(Code.SIREN_INVALID):
            Siren.parse(text)


def test_la_poste_has_its_own_rule() -> None:
    """ACCEPTED. Establishments of La Poste: digit sum divisible by five."""
    assert Siret.parse("35600000000048").value == "35600000000048"
    assert la_poste("35600000049837")
    assert not la_poste("35600000000031")
    assert not la_poste("18751275100020")


def test_lettered_finess_is_for_test_only() -> None:
    """REFUSED outside TEST. 0B0135356 is a test number; Corsica's 2A and 2B are real."""
    assert Finess.parse("0B0135356").value == "0B0135356"
    assert Finess.parse("2A0000014", test=False).value == "2A0000014"
    with assert_refused(Code.FINESS_INVALID):
        Finess.parse("0C0135356", test=False)


def test_structure_kinds() -> None:
    """The first digit says what the rest is; a technical number has none."""
    kinds = {
        "10B0135356": (StructureIdKind.FINESS, "0B0135356"),
        "318751275100020": (StructureIdKind.SIRET, "18751275100020"),
        "2187512751": (StructureIdKind.SIREN, "187512751"),
        "499700366240001": (StructureIdKind.RPPS_RANK, "99700366240001"),
        "0750123456": (StructureIdKind.ADELI_PRACTICE, "750123456"),
        "987654": (StructureIdKind.TECHNICAL, "987654"),
    }
    for text, (kind, identifier) in kinds.items():
        found = StructureId.parse(text)
        assert (found.kind, found.identifier) == (kind, identifier)
