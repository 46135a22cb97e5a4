"""Free text that goes into names: what people type, made safe to sign and to show."""

import unicodedata
from typing import Final

from guichet.domain.refusals import Code, Refusal

# Cc controls, Cf format (right-to-left marks), Cs surrogates, Co private, Cn unassigned,
# Zl and Zp separators: none may hide in a name that people compare by eye.
HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean(text: str, *, limit: int, field: str) -> str:
    """Return the text in NFC, spaces of every width folded.

    `limit` counts characters (RFC 5280 A.1 bounds).
    Raises Refusal: FIELD_MISSING, NAME_INVALID (hidden characters) or NAME_TOO_LONG.
    """
    spaced = (" " if unicodedata.category(c) == "Zs" else c for c in text)
    parts = unicodedata.normalize("NFC", "".join(spaced)).split(" ")
    folded = " ".join(part for part in parts if part)
    if not folded:
        raise Refusal(Code.FIELD_MISSING, field=field)
    if any(unicodedata.category(character) in HIDDEN for character in folded):
        raise Refusal(Code.NAME_INVALID, field=field, text=visible(folded))
    if len(folded) > limit:
        raise Refusal(Code.NAME_TOO_LONG, field=field, length=len(folded), limit=limit)
    return folded


def visible(text: str, limit: int = 80) -> str:
    """Return the text with hidden characters shown as U+XXXX, cut: safe in a message."""
    shown = (
        f"U+{ord(character):04X}" if unicodedata.category(character) in HIDDEN else character
        for character in text[:limit]
    )
    return "".join(shown)
