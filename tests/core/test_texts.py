"""Free text: cleaned for people, refused when it hides something."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import HIDDEN, clean, clean_lines, hidden_in, visible, whole_number
from kit.refusals import assert_refused


def test_spaces_are_folded_and_accents_composed() -> None:
    """ACCEPTED. What is typed twice the same way signs the same way."""
    assert clean("  Mon   service  ", limit=64, field="service") == "Mon service"
    assert clean("Mon\u00a0\u202fservice", limit=64, field="service") == "Mon service"
    assert clean("e\u0301te\u0301", limit=3, field="service") == "été"


@pytest.mark.parametrize("hidden", ["\0", "\t", "\r\n", "\u202e", "\u200b", "\ufeff", "\ue000"])
def test_hidden_characters_are_refused_and_shown(hidden: str) -> None:
    """REFUSED. A name compared by eye holds nothing the eye cannot see."""
    with assert_refused(Code.NAME_INVALID, field="service"):
        clean(f"Mon{hidden}service", limit=64, field="service")
    assert visible(hidden[:1]) == f"U+{ord(hidden[0]):04X}"


@pytest.mark.parametrize("hidden", ["\0", "\u202e", "\u2066", "\u200b", "\ufeff", "\u2028"])
def test_the_first_character_that_hides_is_named(hidden: str) -> None:
    """Of lines too, whose ends and tabs hide nothing."""
    assert hidden_in(f"Une ligne\r\n\tune\u202fautre{hidden}\u200b") == f"U+{ord(hidden):04X}"
    assert hidden_in("Une ligne\r\n\tune\u202fautre") == ""
    assert hidden_in("Une ligne") == ""


def test_several_lines_are_each_cleaned() -> None:
    """ACCEPTED. What people type in a large field has line ends; nothing else hides in it."""
    typed = " Connexion  au DMP\r\n\r\n\tpuis au ROR\r "
    assert clean_lines(typed, limit=40, field="use") == "Connexion au DMP\n\npuis au ROR"
    with assert_refused(Code.NAME_INVALID, field="use"):
        clean_lines("une\nli\u202egne", limit=40, field="use")
    with assert_refused(Code.FIELD_MISSING, field="use"):
        clean_lines(" \n\t", limit=40, field="use")
    with assert_refused(Code.NAME_TOO_LONG, length=11, limit=10):
        clean_lines("12345\n12345", limit=10, field="use")


def test_lengths_count_characters() -> None:
    """REFUSED past the bound of RFC 5280 A.1."""
    assert len(clean("é" * 64, limit=64, field="service")) == 64
    with assert_refused(Code.NAME_TOO_LONG, length=65, limit=64, field="service"):
        clean("é" * 65, limit=64, field="service")


def test_nothing_is_missing() -> None:
    """REFUSED. Spaces are not a name."""
    with assert_refused(Code.FIELD_MISSING, field="title"):
        clean("   ", limit=64, field="title")


@given(st.text(max_size=200))
def test_cleaning_settles(text: str) -> None:
    """What is accepted is within its limit, visible, and cleans to itself."""
    try:
        found = clean(text, limit=64, field="x")
    except Refusal:
        return
    assert clean(found, limit=64, field="x") == found
    assert 0 < len(found) <= 64
    assert not {unicodedata.category(c) for c in found} & HIDDEN


@given(st.text(max_size=200))
def test_visible_text_hides_nothing(text: str) -> None:
    """Messages carry what was typed, short and harmless."""
    assert not {unicodedata.category(c) for c in visible(text)} & HIDDEN


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1.0", " 1", "²", "١", "x", "9" * 19, "9" * 5_000]
)
def test_what_is_no_number_of_ours_is_none(text: str) -> None:
    """Digits of other writings, more than a database holds, more than Python reads."""
    assert whole_number(text) == 0
    assert [whole_number(one) for one in ("0", "007", "9" * 18)] == [0, 7, 10**18 - 1]
