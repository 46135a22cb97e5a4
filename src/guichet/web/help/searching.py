"""Answers that hold what somebody typed, accents and small slips of the hand forgiven."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from guichet.domain.texts import folded
from guichet.web.help.answers import Answer, topics
from guichet.web.help.laying_out import plain

QUESTION, WORDS, TEXT = 6.0, 4.0, 1.0
SLIP: Final = 0.6  # what a word counts for when one letter differs
PREFIX: Final = 0.8
SLIP_FROM: Final = 5  # shorter words differ by one letter too often
PREFIX_FROM: Final = 3
AT_MOST: Final = 12
WORD: Final = re.compile(r"[A-Z0-9_]+")
# fmt: off
EMPTY: Final = frozenset(
    {
        "A", "AN", "AND", "ARE", "AU", "AUX", "AVEC", "CAN", "CE", "CELUI", "CES", "COMMENT", "D",
        "DANS", "DE", "DES", "DO", "DOES", "DU", "EN", "EST", "ET", "FAIRE", "FAUT", "FOR", "HOW",
        "I", "IL", "IN", "IS", "IT", "J", "JE", "L", "LA", "LE", "LES", "MA", "MES", "MON", "MY",
        "N", "NE", "NOS", "NOTRE", "OF", "ON", "OR", "OU", "PAR", "PAS", "POUR", "PUIS", "QU",
        "QUE", "QUEL", "QUELLE", "QUELLES", "QUELS", "QUI", "QUOI", "S", "SA", "SE", "SES", "SI",
        "SON", "SUR", "THE", "THIS", "TO", "UN", "UNE", "VOS", "VOTRE", "WHAT", "WHEN", "WHICH",
        "WITH"
    }
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Indexed:
    """An answer, and how much each of its words counts."""

    answer: Answer
    weights: Mapping[str, float]


def search(text: str, language: str) -> tuple[Answer, ...]:
    """The answers that hold the words typed, the nearest first; those that hold most of them."""
    wanted = tuple(dict.fromkeys(_words(text)))[:AT_MOST]
    if not wanted:
        return ()
    scored = []
    for place, indexed in enumerate(_index(language)):
        counts = [_count(word, indexed.weights) for word in wanted]
        held = sum(1 for count in counts if count)
        if held * 2 > len(wanted) or (held and len(wanted) == 2 and max(counts) >= WORDS):
            scored.append((-held, -sum(counts), place, indexed.answer))
    return tuple(answer for _held, _sum, _place, answer in sorted(scored, key=lambda row: row[:3]))[
        :AT_MOST
    ]


@cache
def _index(language: str) -> tuple[Indexed, ...]:
    return tuple(
        Indexed(answer, _weights(answer, language))
        for topic in topics()
        for answer in topic.answers
    )


def _weights(answer: Answer, language: str) -> Mapping[str, float]:
    said = answer.said(language)
    weights: dict[str, float] = {}
    for text, weight in (
        (plain(said.text), TEXT),
        (answer.words, WORDS),
        (said.question, QUESTION),
    ):
        for word in _words(text):
            weights[word] = max(weight, weights.get(word, 0))
    return weights


def _words(text: str) -> Iterable[str]:
    """Words without accents, case nor plural; those that say nothing are left out."""
    for word in WORD.findall(folded(text)):
        if word not in EMPTY:
            yield word[:-1] if len(word) > PREFIX_FROM and word[-1] in "SX" else word


def _count(wanted: str, weights: Mapping[str, float]) -> float:
    """How much an answer holds of one word typed: whole, begun, or with a slip."""
    best = weights.get(wanted, 0.0)
    if best == QUESTION:
        return best
    for word, weight in weights.items():
        if len(wanted) >= PREFIX_FROM and word.startswith(wanted):
            best = max(best, PREFIX * weight)
        elif SLIP * weight > best and len(wanted) >= SLIP_FROM and is_a_slip(wanted, word):
            best = SLIP * weight
    return best


def is_a_slip(one: str, other: str) -> bool:
    """Whether two words differ by one letter: added, left out, changed or swapped."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    rest, others = one[start:], other[start:]
    return (
        rest[1:] == others[1:]
        or rest[1:] == others
        or rest == others[1:]
        or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
    )
