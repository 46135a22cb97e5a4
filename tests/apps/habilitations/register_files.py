"""Whole registers for a test: companies, cards and health sites around the deck's case."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from apps.habilitations.dossiers import (
    AGENCY,
    AGENCY_NAME,
    CLOSED,
    EXPIRED_CARD,
    HOSPITAL,
    JEAN_CARD,
    JEANNE_CARD,
    OPPOSED_CARD,
    UNDISCLOSED,
)
from guichet.directories import schema
from guichet.directories.days import number_of_day
from guichet.directories.register import Register
from guichet.directories.runs import ImportRun, RunState


def fill_registers(register: Register, on: date) -> None:
    """Whole registers: companies open, closed and undisclosed, cards good, expired, opposed."""
    day = number_of_day(on)
    with register.writer() as writer:
        writer.upsert(schema.COMPANIES, [_company(s, n, day) for s, n in _COMPANIES])
        writer.upsert(
            schema.ESTABLISHMENTS,
            [_establishment(s, day, closed=s == CLOSED) for s, _name in _COMPANIES],
        )
        writer.upsert(schema.CARD_HOLDERS, [(*_card(*known, on=on), day) for known in _CARDS])
        writer.upsert(schema.HEALTH_SITES, [_site("750000010", HOSPITAL, day)])
        for table in (schema.ESTABLISHMENTS, schema.COMPANIES, schema.CARD_HOLDERS):
            writer.note(table, _whole(table.name, on))
        writer.note(schema.HEALTH_SITES, _whole(schema.HEALTH_SITES.name, on))


_COMPANIES = (
    (AGENCY, AGENCY_NAME),
    (HOSPITAL, "HOPITAL DES 3 DAMES"),
    (CLOSED, "CABINET FERME"),
    (UNDISCLOSED, "NE PAS MONTRER"),
)
_CARDS = (
    (JEAN_CARD, "DUPONT", "JEAN", "899700102033", 900, ""),
    (JEANNE_CARD, "CHARLES", "JEANNE", "899700203047", 900, ""),
    (EXPIRED_CARD, "PASSE", "ANNE", "899700301015", -30, ""),
    (OPPOSED_CARD, "PERDU", "LUC", "899700401021", 900, "opposed"),
)


def _company(siret: str, name: str, day: int) -> schema.Row:
    shown = 0 if siret == UNDISCLOSED else 1
    is_open = 0 if siret == CLOSED else 1
    return (int(siret[:9]), shown, "2005-04-12", name, "7410", "84.12Z", "31", is_open, "", day)


def _establishment(siret: str, day: int, *, closed: bool) -> schema.Row:
    shown = 0 if siret == UNDISCLOSED else 1
    street = "9 RUE GEORGES PITARD"
    place = (street, "75015", "PARIS 15", "75115")
    since = "2024-01-31" if closed else ""
    return (
        int(siret),
        shown,
        "2005-04-12",
        1,
        *place,
        0 if closed else 1,
        since,
        "",
        "84.12Z",
        day,
    )


def _card(
    number: str, surname: str, given: str, person: str, days: int, opposed: str, *, on: date
) -> schema.Row:
    until = date.fromordinal(on.toordinal() + days).isoformat()
    since = date.fromordinal(on.toordinal() - 900).isoformat()
    lost = on.isoformat() if opposed else ""
    return (number, "CPE", "Carte", person, surname, given, since, until, lost, "", "")


def _site(finess: str, siret: str, day: int) -> schema.Row:
    named = ("HOPITAL 3 D", "HOPITAL DES 3 DAMES", "355", "Centre hospitalier")
    place = ("3 RUE DES DAMES", "75017", "PARIS", "75117", "Paris")
    return (finess, "", int(siret), *named, "86.10Z", *place, "2000-01-01", day)


def _whole(table: str, on: date) -> ImportRun:
    at = timezone.now()
    return ImportRun(
        table=table,
        file="whole.csv",
        as_of=on,
        imported_at=at,
        state=RunState.COMPLETE,
        whole=True,
        rows=1,
    )
