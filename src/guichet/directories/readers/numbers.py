"""The numbers of the national files, judged by the domain's parsers; the plainly good at once.

A stock holds tens of millions of numbers. The table adds up four digits at a time what the Luhn
rule adds one by one; a number that it does not clear goes to the domain's parser, which alone
refuses.
"""

from typing import Final, Protocol, Self

from guichet.domain.identifiers import CardNumber, Finess, PersonId, Siren, Siret, StructureId
from guichet.domain.refusals import Refusal

DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
FOURS: Final = {
    f"{n:04}": DOUBLED[n // 1000] + n // 100 % 10 + DOUBLED[n // 10 % 10] + n % 10
    for n in range(10_000)
}


class _Identifier(Protocol):
    @property
    def value(self) -> str: ...

    @classmethod
    def parse(cls, text: str) -> Self: ...


def _parsed(kind: type[_Identifier], text: str) -> str | None:
    try:
        return kind.parse(text).value
    except Refusal:
        return None


def siret(text: str) -> int | None:
    """A SIRET as the register keeps it, or None."""
    try:
        total = FOURS[text[:4]] + FOURS[text[4:8]] + FOURS[text[8:12]] + FOURS["00" + text[12:]]
    except KeyError:
        total = -1
    if total % 10 == 0:
        return int(text)
    parsed = _parsed(Siret, text)
    return None if parsed is None else int(parsed)


def siren(text: str) -> int | None:
    """A SIREN as the register keeps it, or None."""
    try:
        total = FOURS["000" + text[:1]] + FOURS[text[1:5]] + FOURS[text[5:]]
    except KeyError:
        total = -1
    if total % 10 == 0:
        return int(text)
    parsed = _parsed(Siren, text)
    return None if parsed is None else int(parsed)


def finess(text: str) -> str | None:
    """A FINESS of the national register (the lettered test numbers are not), or None."""
    try:
        return Finess.parse(text, test=False).value
    except Refusal:
        return None


def card_number(text: str) -> str | None:
    """A card number, or None."""
    return _parsed(CardNumber, text)


def person_id(text: str) -> str | None:
    """A national person identifier, or None."""
    return _parsed(PersonId, text)


def structure_id(text: str) -> str | None:
    """A national structure identifier, or None."""
    return _parsed(StructureId, text)
