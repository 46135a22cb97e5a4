"""The local register: one SQLite file, written by imports, read by every process (ADR 0007)."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from guichet.directories import schema, shapes
from guichet.directories.days import number_of_day
from guichet.directories.runs import ImportRun, RunState
from guichet.directories.schema import SqlValue, Table
from guichet.directories.values import CardHolder, Company, HealthSite
from guichet.domain.identifiers import CardNumber, Finess, PersonId, Siret

BUSY_S: Final = 20
COMPANY: Final = """
SELECT e.*, c.siren, c.name, c.legal_form, c.headcount, c.naf AS company_naf,
       c.created_on AS company_created_on, c.disclosed AS company_disclosed,
       c.open AS company_open, c.since AS company_since
FROM establishments e LEFT JOIN companies c ON c.siren = e.siret / 100000
WHERE e.siret = ?
"""
# A newer extraction replaces all that an older one said of where a person works.
STRUCTURES: Final = """
SELECT structure_id FROM activities WHERE person_id = :person
AND as_of = (SELECT max(as_of) FROM activities WHERE person_id = :person) ORDER BY structure_id
"""


class RegisterError(Exception):
    """The file cannot be used; the message says what to do."""


class Writer:
    """The one connection of an import; each batch is a transaction of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def upsert(self, table: Table, rows: Iterable[schema.Row]) -> None:
        """Store a batch, whole or not at all; a row does not replace a newer one."""
        with self._connection:
            self._connection.executemany(table.upsert, rows)

    def note(self, table: Table, run: ImportRun) -> None:
        """Record how far an import is; a complete one of a whole register forgets the rest.

        The same file read again replaces what was said of it.
        """
        with self._connection:
            if run.whole and run.state is RunState.COMPLETE:
                self._connection.execute(table.sweep, (number_of_day(run.as_of),))
            self._connection.execute(
                "INSERT OR REPLACE INTO import_runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                shapes.row_of_run(run),
            )


class Register:
    """Look-ups, each on a connection of its own: any thread of any process may ask."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def path(self) -> Path:
        """Where the file is, or will be."""
        return self._path

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """Open for an import, making the file and its tables. Raises RegisterError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(sqlite3.connect(self._path, timeout=BUSY_S)) as connection:
                self._prepare(connection)
                yield Writer(connection)
        except sqlite3.Error as error:
            raise RegisterError(f"{self._path}: {error}") from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in {0, schema.VERSION}:
            raise RegisterError(
                f"{self._path} was made by another version: delete it and import again"
            )
        connection.execute("PRAGMA journal_mode = WAL")
        # A power cut may lose the last batches, never the file: importing again brings them back.
        connection.execute("PRAGMA synchronous = NORMAL")
        schema.create(connection)

    def _select(
        self, sql: str, values: Sequence[SqlValue] | dict[str, SqlValue]
    ) -> list[sqlite3.Row]:
        if not self._path.exists():
            return []
        try:
            with closing(sqlite3.connect(self._address(), uri=True, timeout=BUSY_S)) as connection:
                connection.row_factory = sqlite3.Row
                return connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise RegisterError(f"{self._path}: {error}") from error

    def _address(self) -> str:
        """To read alone. SQLite wants to write beside a file with a log, which not all may do.

        While there is no log nobody imports: the file may be read as one that never changes.
        """
        log = self._path.with_name(f"{self._path.name}-wal")
        is_still = not os.access(self._path.parent, os.W_OK) and not log.exists()
        kind = "&immutable=1" if is_still else ""
        return f"file:{quote(str(self._path))}?mode=ro{kind}"

    def company(self, siret: Siret) -> Company | None:
        """An establishment; its legal name is empty where its company was not imported."""
        rows = self._select(COMPANY, (int(siret.value),))
        return shapes.company(rows[0]) if rows else None

    def site(self, finess: Finess) -> HealthSite | None:
        """A health site by its own number (FINESS géographique)."""
        rows = self._select("SELECT * FROM health_sites WHERE finess = ?", (finess.value,))
        return shapes.health_site(rows[0]) if rows else None

    def card(self, number: CardNumber) -> CardHolder | None:
        """A card and its holder."""
        rows = self._select("SELECT * FROM card_holders WHERE card_number = ?", (number.value,))
        return self._holders(rows)[0] if rows else None

    def cards_of(self, person: PersonId) -> tuple[CardHolder, ...]:
        """The cards of a person, the one that ends last first."""
        rows = self._select(
            "SELECT * FROM card_holders WHERE person_id = ?"
            " ORDER BY valid_until DESC, valid_from DESC, card_number",
            (person.value,),
        )
        return tuple(self._holders(rows))

    def _holders(self, rows: list[sqlite3.Row]) -> list[CardHolder]:
        return [shapes.card_holder(row, self.structures_of(row["person_id"])) for row in rows]

    def structures_of(self, person: PersonId | str) -> tuple[str, ...]:
        """National identifiers of the structures where a person works."""
        return tuple(row[0] for row in self._select(STRUCTURES, {"person": str(person)}))

    def is_whole(self, table: Table) -> bool:
        """Tell whether the table once held the whole register: only then does absence prove."""
        return bool(
            self._select(
                "SELECT 1 FROM import_runs WHERE table_name = ? AND whole = 1 AND state = ?",
                (table.name, RunState.COMPLETE.value),
            )
        )

    def runs(self) -> tuple[ImportRun, ...]:
        """Every file imported, by table, the newest first."""
        rows = self._select("SELECT * FROM import_runs ORDER BY table_name, imported_at DESC", ())
        return tuple(map(shapes.run, rows))
