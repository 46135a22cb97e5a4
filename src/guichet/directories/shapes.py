"""Rows of the register as values, and back."""

import sqlite3
from datetime import date, datetime

from guichet.directories import labels
from guichet.directories.days import day_of_number, number_of_day, parse_day
from guichet.directories.runs import ImportRun, RunState
from guichet.directories.schema import Row
from guichet.directories.values import Address, CardHolder, Coded, Company, HealthSite, Source
from guichet.domain.identifiers import CardNumber, Finess, PersonId, Siret

# Identifiers were parsed when they entered the register: here they are only given their type.


def _siret(number: int) -> Siret:
    return Siret(f"{number:014}")


def _address(row: sqlite3.Row, department_name: str = "") -> Address:
    number = labels.department_number(row["insee_code"])
    return Address(
        street=row["street"],
        postcode=row["postcode"],
        town=row["town"],
        insee_code=row["insee_code"],
        department_number=number,
        department_name=labels.department_name(number) or department_name,
    )


def company(row: sqlite3.Row) -> Company:
    """An establishment joined to its company, which may be missing."""
    known = row["siren"] is not None
    is_open = bool(row["open"]) and (not known or bool(row["company_open"]))
    since = row["since"] if not row["open"] else row["company_since"] or ""
    return Company(
        siret=_siret(row["siret"]),
        legal_name=row["name"] or "",
        legal_form=labels.legal_form(row["legal_form"] or ""),
        naf=labels.naf(row["naf"] or row["company_naf"] or ""),
        address=_address(row),
        created_on=parse_day(row["company_created_on"] or row["created_on"]),
        headcount=labels.headcount(row["headcount"] or ""),
        sign=row["sign"],
        is_head_office=bool(row["head_office"]),
        is_open=is_open,
        closed_on=None if is_open else parse_day(since),
        is_disclosed=bool(row["disclosed"]) and (not known or bool(row["company_disclosed"])),
        source=Source.SIRENE,
        as_of=day_of_number(row["as_of"]),
    )


def health_site(row: sqlite3.Row) -> HealthSite:
    """A row of FINESS."""
    return HealthSite(
        finess=Finess(row["finess"]),
        finess_legal=Finess(row["finess_legal"]) if row["finess_legal"] else None,
        siret=_siret(row["siret"]) if row["siret"] is not None else None,
        short_name=row["short_name"],
        long_name=row["long_name"],
        category=Coded(row["category"], row["category_label"]),
        naf=labels.naf(row["naf"]),
        address=_address(row, row["department"]),
        opened_on=parse_day(row["opened_on"]),
        as_of=day_of_number(row["as_of"]),
    )


def card_holder(row: sqlite3.Row, structures: tuple[str, ...]) -> CardHolder:
    """A row of the card holders, with where the person works."""
    return CardHolder(
        card_number=CardNumber(row["card_number"]),
        kind=Coded(row["kind"], row["kind_label"]),
        person_id=PersonId(row["person_id"]),
        surname=row["surname"],
        given_names=row["given_names"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=date.fromisoformat(row["valid_until"]),
        opposed_on=parse_day(row["opposed_on"]),
        profession=Coded(row["profession"], row["profession_label"]),
        structures=structures,
        as_of=day_of_number(row["as_of"]),
    )


def run(row: sqlite3.Row) -> ImportRun:
    """What was noted of an import."""
    return ImportRun(
        table=row["table_name"],
        file=row["file"],
        as_of=day_of_number(row["as_of"]),
        imported_at=datetime.fromisoformat(row["imported_at"]),
        state=RunState(row["state"]),
        whole=bool(row["whole"]),
        rows=row["rows"],
        rejected=row["rejected"],
    )


def row_of_run(noted: ImportRun) -> Row:
    """An import, as the table wants it."""
    return (
        noted.table,
        noted.file,
        number_of_day(noted.as_of),
        noted.imported_at.isoformat(),
        noted.state.value,
        int(noted.whole),
        noted.rows,
        noted.rejected,
    )
