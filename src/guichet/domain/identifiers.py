"""Identifiers of structures, persons and cards; with addresses, all that a form parses.

Forms and checks: the national identifier tables of the sector, as in docs of the domain.
Every `parse` raises Refusal with the text as given (made visible and cut).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NoReturn, Self

from guichet.domain.addresses import EmailAddress, Fqdn, MailDomain
from guichet.domain.checksums import la_poste, luhn
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import visible

__all__ = [
    "CardNumber",
    "EmailAddress",
    "Finess",
    "Fqdn",
    "MailDomain",
    "PersonId",
    "Rpps",
    "Siren",
    "Siret",
    "StructureId",
    "StructureIdKind",
]


def _squeeze(text: str) -> str:
    """Drop the spaces people type between groups of digits."""
    return "".join(text.split()).upper()


def _refuse(code: Code, text: str) -> NoReturn:
    raise Refusal(code, text=visible(text))


def _digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()


@dataclass(frozen=True, slots=True)
class Siren:
    """Company number: 9 digits closed by a Luhn key."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse, spaces allowed. Raises Refusal(SIREN_INVALID)."""
        digits = _squeeze(text)
        if not (_digits(digits, 9) and luhn(digits)):
            _refuse(Code.SIREN_INVALID, text)
        return cls(digits)

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Siret:
    """Establishment number: 14 digits closed by a Luhn key (La Poste has its own rule)."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse, spaces allowed. Raises Refusal(SIRET_INVALID)."""
        digits = _squeeze(text)
        if not (_digits(digits, 14) and (luhn(digits) or la_poste(digits))):
            _refuse(Code.SIRET_INVALID, text)
        return cls(digits)

    @property
    def siren(self) -> Siren:
        """The company this establishment belongs to: the first nine digits."""
        return Siren(self.value[:9])

    def __str__(self) -> str:
        return self.value


FINESS_REAL: Final = re.compile(r"[0-9][0-9AB][0-9]{7}", re.ASCII)
FINESS_TEST: Final = re.compile(r"[0-9A-Z]{9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Finess:
    """Health establishment number: 9 characters; all-digit ones are closed by a Luhn key.

    Corsica writes 2A and 2B; test numbers hold other letters (0B0135356) and have no key.
    """

    value: str

    @classmethod
    def parse(cls, text: str, *, test: bool = True) -> Self:
        """Parse; `test` accepts the lettered numbers of a TEST hierarchy.

        Raises Refusal(FINESS_INVALID).
        """
        number = _squeeze(text)
        shape = FINESS_TEST if test else FINESS_REAL
        if not shape.fullmatch(number) or (number.isdigit() and not luhn(number)):
            _refuse(Code.FINESS_INVALID, text)
        return cls(number)

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Rpps:
    """Health professional number: 11 digits closed by a Luhn key."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse, spaces allowed. Raises Refusal(RPPS_INVALID)."""
        digits = _squeeze(text)
        if not (_digits(digits, 11) and luhn(digits)):
            _refuse(Code.RPPS_INVALID, text)
        return cls(digits)

    def __str__(self) -> str:
        return self.value


class StructureIdKind(StrEnum):
    """What the first digit of a national structure identifier says."""

    ADELI_PRACTICE = "0"
    FINESS = "1"
    SIREN = "2"
    SIRET = "3"
    RPPS_RANK = "4"
    TECHNICAL = ""


def _is_adeli(text: str) -> bool:
    return re.fullmatch(r"[0-9A-Z]{9,11}", text, re.ASCII) is not None


def _is_finess(text: str) -> bool:
    return _accepts(Finess, text)


def _is_rpps_rank(text: str) -> bool:
    return _digits(text, 14) and luhn(text[:11])


def _accepts(kind: type[Siren] | type[Siret] | type[Finess] | type[Rpps], text: str) -> bool:
    try:
        kind.parse(text)
    except Refusal:
        return False
    return True


STRUCTURE_CHECKS: Final = {
    StructureIdKind.ADELI_PRACTICE: _is_adeli,
    StructureIdKind.FINESS: _is_finess,
    StructureIdKind.SIREN: lambda text: _accepts(Siren, text),
    StructureIdKind.SIRET: lambda text: _accepts(Siret, text),
    StructureIdKind.RPPS_RANK: _is_rpps_rank,
}
TECHNICAL_NUMBER: Final = re.compile(r"[5-9][0-9]{4,14}", re.ASCII)


@dataclass(frozen=True, slots=True)
class StructureId:
    """National structure identifier: a type digit and the identifier, or a technical number."""

    value: str
    kind: StructureIdKind

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse, spaces allowed. Raises Refusal(STRUCTURE_ID_INVALID)."""
        number = _squeeze(text)
        for kind, check in STRUCTURE_CHECKS.items():
            if number.startswith(kind.value) and check(number[1:]):
                return cls(number, kind)
        if not TECHNICAL_NUMBER.fullmatch(number):
            _refuse(Code.STRUCTURE_ID_INVALID, text)
        return cls(number, StructureIdKind.TECHNICAL)

    @property
    def identifier(self) -> str:
        """The identifier without its type digit: a FINESS, a SIREN, a SIRET…"""
        return self.value[len(self.kind.value) :]

    def __str__(self) -> str:
        return self.value


PERSON_SHAPES: Final = (
    re.compile(r"0[0-9A-Z]{9}", re.ASCII),  # ADELI
    re.compile(r"1[0-9A-Z]{9,11}(/[0-9A-Z.-]{1,20})?", re.ASCII),  # employee of an ADELI practice
    re.compile(r"3[0-9A-Z]{9}(/[0-9A-Z.-]{1,20})?", re.ASCII),  # employee, by FINESS
    re.compile(r"4[0-9]{9}(/[0-9A-Z.-]{1,20})?", re.ASCII),  # employee, by SIREN
    re.compile(r"5[0-9]{14}(/[0-9A-Z.-]{1,20})?", re.ASCII),  # employee, by SIRET
    re.compile(r"6[0-9]{14}(/[0-9A-Z.-]{1,20})?", re.ASCII),  # employee of an RPPS practice
)


@dataclass(frozen=True, slots=True)
class PersonId:
    """National person identifier: a type digit (not the structure's table) and the identifier."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse, spaces allowed. Raises Refusal(PERSON_ID_INVALID)."""
        number = _squeeze(text)
        professional = number.startswith("8") and _accepts(Rpps, number[1:])
        if not professional and not any(shape.fullmatch(number) for shape in PERSON_SHAPES):
            _refuse(Code.PERSON_ID_INVALID, text)
        return cls(number)

    def __str__(self) -> str:
        return self.value


CARD_NUMBER_LENGTHS: Final = range(7, 11)


@dataclass(frozen=True, slots=True)
class CardNumber:
    """Number of a CPx card: 7 to 10 digits (both ends seen)."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse, spaces allowed. Raises Refusal(CARD_NUMBER_INVALID)."""
        digits = _squeeze(text)
        if not (digits.isascii() and digits.isdigit() and len(digits) in CARD_NUMBER_LENGTHS):
            _refuse(Code.CARD_NUMBER_INVALID, text)
        return cls(digits)

    def __str__(self) -> str:
        return self.value
