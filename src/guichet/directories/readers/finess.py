"""FINESS, the official extraction of establishments: etalab-cs1100502-stock-*.csv.

No header: a first line `finess;etalab;…;<day>`, then `structureet;` lines of 32 fields whose order
the extraction's notice fixes; `geolocalisation;` lines of the sibling file are passed over.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from guichet.directories import labels, schema
from guichet.directories.days import number_of_day, parse_day
from guichet.directories.readers import numbers
from guichet.directories.readers.extract import Extract, Layout, rows
from guichet.directories.readers.files import Member
from guichet.directories.readers.lines import (
    Fields,
    Form,
    Reason,
    Rejected,
    header,
    numbered_lines,
    records,
)
from guichet.directories.schema import Row

EXPECTED: Final = "etalab-cs1100502-stock-….csv, which begins with 'finess;etalab;'"
FORM: Final = Form(";", quoted=True, legacy="latin-1")
# structureet;nofinesset;nofinessej;rs;rslongue;complrs;compldistrib;numvoie;typvoie;voie;compvoie;
# lieuditbp;commune;departement;libdepartement;ligneacheminement;telephone;telecopie;categetab;
# libcategetab;categagretab;libcategagretab;siret;codeape;codemft;libmft;codesph;libsph;dateouv;
# dateautor;datemaj;numuai
LAYOUT: Final = Layout(FORM, tuple(range(31)), width=31)
ROUTING: Final = re.compile(r"(\d{5}) +(.+)", re.ASCII)
NO_DAY: Final = "1900-01-01"


def read(member: Member, as_of: date | None = None) -> Extract | None:
    """Recognise a file by its first line; None when it is not the extraction."""
    lines = numbered_lines(member.stream)
    first = header(lines, FORM)
    if first[:2] != ["finess", "etalab"]:
        return None
    told = parse_day(first[3]) if len(first) > 3 else None
    day = as_of or told or member.dated
    fields = _structures(records(lines, FORM))
    return Extract(schema.HEALTH_SITES, day, rows(fields, LAYOUT, _site, number_of_day(day)))


def _structures(lines: Iterator[Fields | Rejected]) -> Iterator[Fields | Rejected]:
    return (line for line in lines if isinstance(line, Rejected) or line[1][0] != "geolocalisation")


def _site(values: Sequence[str], as_of: int) -> Row | Reason:
    fields = [value.strip() for value in values]
    if fields[0] != "structureet":
        return Reason.FIELDS
    key = numbers.finess(fields[1])
    if key is None:
        return Reason.FINESS
    routing = ROUTING.fullmatch(fields[15])
    return (
        key,
        numbers.finess(fields[2]) or "",
        numbers.siret(fields[22]),
        fields[3],
        fields[4],
        fields[18],
        fields[19],
        fields[23],
        " ".join(filter(None, fields[5:12])),
        routing[1] if routing else "",
        routing[2] if routing else fields[15],
        labels.insee_code_of_finess(fields[13], fields[12]),
        fields[14],
        "" if fields[28] == NO_DAY else fields[28],
        as_of,
    )
