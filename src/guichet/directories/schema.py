"""The tables of the registers' file: how they are made and how a newer row replaces an older one.

Numbers that are digits alone are integers: the table is its own index and a stock sorted by number
is appended to it. Absent texts are empty, dates are ISO texts, `as_of` is YYYYMMDD.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

VERSION: Final = 1

SqlValue = str | int | None
Row = tuple[SqlValue, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its key, its other columns; every row ends with `as_of`."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def upsert(self) -> str:
        """Insert, or replace a row that is not newer."""
        named = (*self.key, *self.columns, "as_of")
        replaced = ", ".join(f"{column} = excluded.{column}" for column in named[len(self.key) :])
        return (
            f"INSERT INTO {self.name} ({', '.join(named)})"  # noqa: S608 names of this module
            f" VALUES ({', '.join('?' * len(named))})"
            f" ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {replaced}"
            f" WHERE excluded.as_of >= {self.name}.as_of"
        )

    @property
    def sweep(self) -> str:
        """Delete what a whole and newer copy no longer holds."""
        return f"DELETE FROM {self.name} WHERE as_of < ?"  # noqa: S608 names of this module


ESTABLISHMENTS: Final = Table(
    "establishments",
    ("siret",),
    (
        "disclosed",
        "created_on",
        "head_office",
        "street",
        "postcode",
        "town",
        "insee_code",
        "open",
        "since",
        "sign",
        "naf",
    ),
)
COMPANIES: Final = Table(
    "companies",
    ("siren",),
    ("disclosed", "created_on", "name", "legal_form", "naf", "headcount", "open", "since"),
)
HEALTH_SITES: Final = Table(
    "health_sites",
    ("finess",),
    (
        "finess_legal",
        "siret",
        "short_name",
        "long_name",
        "category",
        "category_label",
        "naf",
        "street",
        "postcode",
        "town",
        "insee_code",
        "department",
        "opened_on",
    ),
)
CARD_HOLDERS: Final = Table(
    "card_holders",
    ("card_number",),
    (
        "kind",
        "kind_label",
        "person_id",
        "surname",
        "given_names",
        "valid_from",
        "valid_until",
        "opposed_on",
        "profession",
        "profession_label",
    ),
)
ACTIVITIES: Final = Table("activities", ("person_id", "structure_id"), ())
TABLES: Final = (ESTABLISHMENTS, COMPANIES, HEALTH_SITES, CARD_HOLDERS, ACTIVITIES)

CREATE: Final = """
CREATE TABLE IF NOT EXISTS establishments (
    siret INTEGER PRIMARY KEY, disclosed INTEGER, created_on TEXT, head_office INTEGER,
    street TEXT, postcode TEXT, town TEXT, insee_code TEXT, open INTEGER, since TEXT,
    sign TEXT, naf TEXT, as_of INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS companies (
    siren INTEGER PRIMARY KEY, disclosed INTEGER, created_on TEXT, name TEXT, legal_form TEXT,
    naf TEXT, headcount TEXT, open INTEGER, since TEXT, as_of INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS health_sites (
    finess TEXT PRIMARY KEY, finess_legal TEXT, siret INTEGER, short_name TEXT, long_name TEXT,
    category TEXT, category_label TEXT, naf TEXT, street TEXT, postcode TEXT, town TEXT,
    insee_code TEXT, department TEXT, opened_on TEXT, as_of INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS card_holders (
    card_number TEXT PRIMARY KEY, kind TEXT, kind_label TEXT, person_id TEXT, surname TEXT,
    given_names TEXT, valid_from TEXT, valid_until TEXT, opposed_on TEXT, profession TEXT,
    profession_label TEXT, as_of INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS card_holders_person ON card_holders (person_id);
CREATE TABLE IF NOT EXISTS activities (
    person_id TEXT, structure_id TEXT, as_of INTEGER, PRIMARY KEY (person_id, structure_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS import_runs (
    table_name TEXT, file TEXT, as_of INTEGER, imported_at TEXT, state TEXT, whole INTEGER,
    rows INTEGER, rejected INTEGER, PRIMARY KEY (table_name, file, as_of)
) STRICT, WITHOUT ROWID;
"""


def create(connection: sqlite3.Connection) -> None:
    """Make the tables that are missing and mark the file with the version of its shape."""
    connection.executescript(CREATE)
    connection.execute(f"PRAGMA user_version = {VERSION}")
