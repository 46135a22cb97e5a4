"""Joiners, U+200C and U+200D: invisible, yet part of how emoji and several writings are spelled."""

import unicodedata
from collections.abc import Callable
from typing import Final

from idna import valid_contextj

ZWNJ: Final = "\u200c"
ZWJ: Final = "\u200d"
BEH: Final = "\u0628"  # a letter that joins on both sides
VIRAMA: Final = 9  # Canonical_Combining_Class (UAX #44 §5.7.4)
# What may stand between an emoji and the joiner: its look and its skin (UTS #51 §1.4.3, §1.4.4).
LOOKS: Final = frozenset({"\ufe0e", "\ufe0f", *map(chr, range(0x1F3FB, 0x1F400))})
PICTURES: Final = frozenset({"So", "Sm"})  # two arrows of emoji are signs of mathematics
MARKS: Final = frozenset({"Mn", "Me"})


def joins(text: str, place: int) -> bool:
    """Whether the character at `place` is a joiner, and joins two characters that are seen.

    U+200D joins emoji (UTS #51 ED-16). Both join or part letters after a virama, and after a letter
    of a writing whose letters join (RFC 5892 A.1 and A.2, which narrow it further for names).
    """
    if text[place] not in {ZWNJ, ZWJ}:
        return False
    after = unicodedata.category(text[place + 1]) if place + 1 < len(text) else ""
    if text[place] == ZWJ and after in PICTURES:
        return unicodedata.category(_before(text, place, _is_look)) in PICTURES
    return after[:1] in {"L", "M", "N"} and _is_after_joining(text, place)


def _before(text: str, place: int, is_skipped: Callable[[str], bool]) -> str:
    """The character before a place, some skipped; a line end where the text begins."""
    # Backwards and in place: a text of joiners alone is read in linear time.
    found = (text[n] for n in range(place - 1, -1, -1) if not is_skipped(text[n]))
    return next(found, "\n")


def _is_look(character: str) -> bool:
    return character in LOOKS


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in MARKS


def _is_after_joining(text: str, place: int) -> bool:
    """Whether a virama, or a letter that joins the one before it, stands before; marks aside."""
    if place and unicodedata.combining(text[place - 1]) == VIRAMA:
        return True
    return valid_contextj(f"{BEH}{ZWNJ}{_before(text, place, _is_mark)}", 1)
