"""Free text that goes into names: what people type, made safe to sign and to show."""

import unicodedata
from collections.abc import Iterator
from typing import Final

from guichet.domain.joiners import joins
from guichet.domain.refusals import Code, Refusal

# Cc controls, Cf format (right-to-left marks), Cs surrogates, Co private, Cn unassigned,
# Zl and Zp separators: none may hide in a name that people compare by eye.
HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
LAID_OUT: Final = frozenset("\t\n\r")
DIGITS_AT_MOST: Final = 18  # what 64 bits hold, whatever the digits


def folded(text: str) -> str:
    """Upper case without accents nor repeated spaces, for searching."""
    bare = unicodedata.normalize("NFKD", text)
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(letters.upper().split())


def clean(text: str, *, limit: int, field: str) -> str:
    """Return the text in NFC, spaces of every width folded.

    `limit` counts characters (RFC 5280 A.1 bounds).
    Raises Refusal: FIELD_MISSING, NAME_INVALID (hidden characters) or NAME_TOO_LONG.
    """
    return _clean(text, limit=limit, field=field, joined=False)


def _clean(text: str, *, limit: int, field: str, joined: bool) -> str:
    spaced = (" " if unicodedata.category(c) == "Zs" else c for c in text)
    parts = unicodedata.normalize("NFC", "".join(spaced)).split(" ")
    folded = " ".join(part for part in parts if part)
    if not folded:
        raise Refusal(Code.FIELD_MISSING, field=field)
    if next(_hiding(folded, joined=joined), ""):
        raise Refusal(Code.NAME_INVALID, field=field, text=visible(folded))
    if len(folded) > limit:
        raise Refusal(Code.NAME_TOO_LONG, field=field, length=len(folded), limit=limit)
    return folded


def clean_lines(text: str, *, limit: int, field: str) -> str:
    """Several lines, each made clean, line ends of one kind; `limit` counts all of them.

    Tabs are spaces. People write these to each other: joiners that join are kept
    (joiners.joins). Raises Refusal as `clean`.
    """
    rows = text.replace("\t", " ").replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    cleaned = "\n".join(
        _clean(r, limit=limit, field=field, joined=True) if r.strip() else "" for r in rows
    )
    if not cleaned:
        raise Refusal(Code.FIELD_MISSING, field=field)
    if len(cleaned) > limit:
        raise Refusal(Code.NAME_TOO_LONG, field=field, length=len(cleaned), limit=limit)
    return cleaned


def hidden_in(text: str, *, joined: bool = False) -> str:
    """The first character that hides in a text of one or more lines, as U+XXXX; "" if none does.

    Where it is `joined`, joiners that join what is seen do not hide (joiners.joins).
    """
    if text.isprintable():  # which few texts of one line are not
        return ""
    hides = (c for c in _hiding(text, joined=joined) if c not in LAID_OUT)
    return next((visible(character) for character in hides), "")


def unhidden(text: str) -> str:
    """The text without what hides in it; line feeds, tabs, and joiners that join, stay."""
    if text.isprintable():
        return text
    return "".join(
        character
        for place, character in enumerate(text)
        if character in "\n\t"
        or unicodedata.category(character) not in HIDDEN
        or joins(text, place)
    )


def _hiding(text: str, *, joined: bool) -> Iterator[str]:
    """The characters that hide, in turn."""
    for place, character in enumerate(text):
        is_hidden = unicodedata.category(character) in HIDDEN
        if is_hidden and not (joined and joins(text, place)):
            yield character


def whole_number(text: str) -> int:
    """The number that ASCII digits say; 0 for any other text, and for what no database holds."""
    is_one = text.isascii() and text.isdigit() and len(text) <= DIGITS_AT_MOST
    return int(text) if is_one else 0


def visible(text: str, limit: int = 80) -> str:
    """Return the text with hidden characters shown as U+XXXX, cut: safe in a message."""
    shown = (
        f"U+{ord(character):04X}" if unicodedata.category(character) in HIDDEN else character
        for character in text[:limit]
    )
    return "".join(shown)
