"""Joiners are part of emoji and of several writings; nothing else hides in what people write."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guichet.domain.joiners import ZWJ, ZWNJ, joins
from guichet.domain.refusals import Code
from guichet.domain.texts import HIDDEN, clean, clean_lines, hidden_in, unhidden
from kit.refusals import assert_refused

JOINED = [
    "👩\u200d⚕️",
    "👩🏽\u200d⚕️",
    "❤️\u200d🔥",
    "👨\u200d👩\u200d👧\u200d👦",
    "🏳️\u200d🌈",
    "🙂\u200d↔️",
    "می\u200cخواهم",  # Persian, after a letter that joins on both sides
    "کار\u200cها",  # after one that joins on its right alone
    "مِ\u200cخ",  # a vowel sign stands between
    "क्\u200dष",  # Devanagari, after a virama
    "ශ්\u200dරී",  # Sinhala
    "ක්\u200cෂ",
]
ALONE = [
    "Mon\u200dservice",
    "Mon\u200cservice",
    "\u200d👩",
    "👩\u200d",
    "👩\u200d\u200d⚕",
    "👩\u200c⚕",
    "👩\u200da",
    "a\u200d⚕",
    "می\u200c خواهم",
    "می\u200c",
    "\u200cم",
    "م\u200c\u202eخ",
    "م\u200b\u200cخ",
    "ক\u200dখ",
]
KINDS = st.sampled_from(
    "👩⚕🔥\ufe0f🏽می\u064b्क aé\n\t\u200b\u202e\u2066\U000e0061\ufeff\0" + ZWNJ + ZWJ
)


@pytest.mark.parametrize("text", JOINED)
def test_what_joins_is_kept_where_people_write_to_each_other(text: str) -> None:
    """ACCEPTED. Emoji sequences (UTS #51 ED-16) and spellings (RFC 5892 A.1, A.2)."""
    assert hidden_in(text, joined=True) == ""
    assert unhidden(text) == text
    assert clean_lines(text, limit=40, field="why") == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("text", JOINED)
def test_names_stay_strict(text: str) -> None:
    """REFUSED. What is compared by eye, signed or looked up holds no joiner."""
    assert hidden_in(text) in {"U+200C", "U+200D"}
    with assert_refused(Code.NAME_INVALID, field="name"):
        clean(text, limit=64, field="name")


@pytest.mark.parametrize("text", ALONE)
def test_a_joiner_that_joins_nothing_hides(text: str) -> None:
    """REFUSED. At an end, beside a space, or where letters do not join."""
    assert hidden_in(text, joined=True)
    assert len(unhidden(text)) < len(text)
    with assert_refused(Code.NAME_INVALID, field="why"):
        clean_lines(text, limit=40, field="why")


@pytest.mark.parametrize("hidden", ["\0", "\u202e", "\u2066", "\u200b", "\u200f", "\U000e0061"])
def test_the_rest_is_refused_everywhere(hidden: str) -> None:
    """REFUSED. Bidi controls, zero width spaces and tags, also beside a good joiner."""
    assert hidden_in(f"👩\u200d⚕{hidden}", joined=True) == f"U+{ord(hidden):04X}"
    assert unhidden(f"👩\u200d⚕{hidden}") == "👩\u200d⚕"


@given(st.text(KINDS, max_size=12))
@example("\u200c")
def test_only_joiners_between_visible_characters_pass(text: str) -> None:
    """Whatever is typed: what is kept hides nothing, and a joiner is between two seen."""
    kept = {place for place in range(len(text)) if joins(text, place)}
    for place in kept:
        assert text[place] in {ZWNJ, ZWJ}
        assert 0 < place < len(text) - 1
        neighbours = {unicodedata.category(text[place - 1]), unicodedata.category(text[place + 1])}
        assert not neighbours & {*HIDDEN, "Zs"}
    hides = [
        c
        for n, c in enumerate(text)
        if n not in kept and c not in "\n\t" and unicodedata.category(c) in HIDDEN
    ]
    assert hidden_in(text, joined=True) == (f"U+{ord(hides[0]):04X}" if hides else "")


@given(st.text(KINDS, max_size=12))
def test_where_the_joiner_is_strict_the_lenient_reading_agrees(text: str) -> None:
    """What is refused as words is refused as a name."""
    assert not hidden_in(text, joined=True) or hidden_in(text)
