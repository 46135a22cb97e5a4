"""Annuaire Santé, the free-access extractions: activities of professionals, holders of cards.

PS_LibreAcces_Personne_activite_*.txt and Porteurs_CPS_CPF_*.txt: fields between `|`, UTF-8, no
quoting, columns found by the names of the header (accents, case and small words set aside: the
agency has spelt them in several ways).
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from guichet.directories import schema
from guichet.directories.days import number_of_day, parse_day
from guichet.directories.readers import numbers
from guichet.directories.readers.extract import Extract, Layout, rows
from guichet.directories.readers.files import Member
from guichet.directories.readers.lines import (
    Form,
    Reason,
    Rejected,
    header,
    numbered_lines,
    records,
)
from guichet.directories.schema import Row

EXPECTED: Final = (
    "PS_LibreAcces_Personne_activite_….txt or Porteurs_CPS_CPF_….txt (plain, .gz or .zip)"
)
FORM: Final = Form("|", quoted=False)
SMALL_WORDS: Final = frozenset({"d", "de", "du", "la", "le", "l"})

HOLDER: Final = (
    "Identification nationale PP",
    "Identifiant national contenu dans la carte",
    "Nom d'exercice",
    "Prénom d'exercice",
    "Code profession",
    "Libellé profession",
    "Code type de carte",
    "Libellé type de carte",
    "Numéro carte",
    "Date début validité",
    "Date fin validité",
    "Date opposition",
)
ACTIVITY: Final = (
    "Identification nationale PP",
    "Numéro SIRET site",
    "Numéro SIREN site",
    "Numéro FINESS site",
    "Numéro FINESS établissement juridique",
    "Ancien identifiant de la structure",
)
# The type digits of national structure identifiers, for the numbers above that lack them.
STRUCTURE_PREFIXES: Final = ("3", "2", "1", "1", "")


def folded(name: str) -> str:
    """A column's name without accents, case, punctuation and small words."""
    bare = unicodedata.normalize("NFKD", name).replace("’", " ").replace("'", " ")
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(w for w in letters.lower().split() if w not in SMALL_WORDS)


def read(member: Member, as_of: date | None = None) -> Extract | None:
    """Recognise a file by its header; None when it is neither extraction."""
    lines = numbered_lines(member.stream)
    columns = {folded(name): rank for rank, name in enumerate(header(lines, FORM))}
    day = as_of or member.dated
    fields, number = records(lines, FORM), number_of_day(day)
    if (layout := _layout(columns, HOLDER)) is not None:
        return Extract(schema.CARD_HOLDERS, day, rows(fields, layout, _holder, number))
    if (layout := _layout(columns, ACTIVITY)) is not None:
        told = rows(fields, layout, _told, number)
        return Extract(schema.ACTIVITIES, day, _activities(told, number))
    return None


def _layout(columns: Mapping[str, int], names: Sequence[str]) -> Layout | None:
    ranks = tuple(columns.get(folded(name), -1) for name in names)
    return None if -1 in ranks else Layout(FORM, ranks, max(ranks) + 1)


def _holder(values: Sequence[str], as_of: int) -> Row | Reason:
    (
        person, person_on_card, surname, given_names, profession, profession_label,
        kind, kind_label, card, start, end, opposition,
    ) = (value.strip() for value in values)  # fmt: skip
    number = numbers.card_number(card)
    if number is None:
        return Reason.CARD_NUMBER
    holder = numbers.person_id(person) or numbers.person_id(person_on_card)
    if holder is None:
        return Reason.PERSON_ID
    valid_from, valid_until, opposed_on = map(parse_day, (start, end, opposition))
    if valid_from is None or valid_until is None or (opposition and opposed_on is None):
        return Reason.DATES
    return (
        number,
        kind,
        kind_label,
        holder,
        surname,
        given_names,
        valid_from.isoformat(),
        valid_until.isoformat(),
        opposed_on.isoformat() if opposed_on else "",
        profession,
        profession_label,
        as_of,
    )


def _told(values: Sequence[str], _: int) -> Row | Reason:
    """A person, then the numbers told of a structure."""
    person, *told = values
    holder = numbers.person_id(person)
    return Reason.PERSON_ID if holder is None else (holder, *told)


def _activities(lines: Iterator[Row | Rejected], as_of: int) -> Iterator[Row | Rejected]:
    """One row for each identifier of the structure: a line gives none, or several."""
    for line in lines:
        if isinstance(line, Rejected):
            yield line
            continue
        person, *told = map(str, line)
        for structure in _structures(told):
            yield person, structure, as_of


def _structures(told: Sequence[str]) -> set[str]:
    """National identifiers of a structure, out of the numbers told of it."""
    given = zip(STRUCTURE_PREFIXES, told, strict=True)
    found = (numbers.structure_id(prefix + number.strip()) for prefix, number in given if number)
    return {identifier for identifier in found if identifier is not None}
