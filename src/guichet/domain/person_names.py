"""Whether two ways of writing a person's name mean the same person."""

import re
import unicodedata
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

NEAR: Final = 0.82  # "CHARLES JEANE" is near "CHARLES JEANNE", "MARTIN JEANNE" is not


class Match(StrEnum):
    """How a declared name meets the one on the card."""

    SAME = "same"
    NEAR = "near"
    DIFFERENT = "different"


def compare(declared: str, registered: str) -> Match:
    """Compare two names whatever their case, accents, hyphens and order of words.

    SAME: the same words. NEAR: one holds all the words of the other, or they are spelt almost
    alike. A near match is a question to a person, never an answer.
    """
    left, right = words(declared), words(registered)
    if left == right:
        return Match.SAME
    if left and right and (set(left) <= set(right) or set(right) <= set(left)):
        return Match.NEAR
    likeness = SequenceMatcher(None, " ".join(left), " ".join(right)).ratio()
    return Match.NEAR if likeness >= NEAR else Match.DIFFERENT


def words(name: str) -> tuple[str, ...]:
    """The words of a name, folded and sorted: "Jean-Luc PÉRIER" gives JEAN, LUC, PERIER."""
    bare = unicodedata.normalize("NFKD", name)
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    return tuple(sorted(re.findall(r"[^\W_]+", letters.upper())))
