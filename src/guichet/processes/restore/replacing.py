"""The database of a backup put in place of another, in one step, with the hold inside."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from django.db import Error as DatabaseFaultError
from django.db import connection, connections

from guichet.domain.certificates.recovery import RecoveryState
from guichet.processes.backup import contents, postgresql
from guichet.processes.backup.contents import Places
from guichet.processes.backup.refusals import BackupError

BLOCK: Final = 1 << 16
REPLACED: Final = (
    f"UPDATE {{schema}}authority_recovery SET state = '{RecoveryState.REPLACED.value}' "  # noqa: S608
    f"WHERE state = '{RecoveryState.FOUND.value}'"
)
HELD: Final = (
    "INSERT INTO {schema}authority_recovery (state, backup, backup_at, restored_at, journal_seq, "
    "journal_digest, aside, confirmed_by, findings) VALUES ({values})"
)

KEPT: Final = (
    'ALTER SCHEMA public RENAME TO "{aside}"',
    "CREATE SCHEMA public",
    # There is one of each extension in a database: the tables to come use it too.
    """DO $$ DECLARE one text; BEGIN
    FOR one IN SELECT extname FROM pg_extension WHERE extnamespace = '"{aside}"'::regnamespace
    LOOP EXECUTE format('ALTER EXTENSION %I SET SCHEMA public', one); END LOOP; END $$""",
)


@dataclass(frozen=True, slots=True)
class Hold:
    """What the row says that makes the signer refuse: of which backup, up to which entry."""

    backup: str
    backup_at: datetime
    restored_at: datetime
    seq: int
    digest: str
    aside: Path | None

    def statements(self, schema: str = "") -> Iterator[str]:
        """SQL for both databases: instants are written in UTC."""
        values: tuple[str | int, ...] = (
            RecoveryState.FOUND.value,
            self.backup[:200],
            _instant(self.backup_at, schema),
            _instant(self.restored_at, schema),
            self.seq,
            self.digest,
            str(self.aside or ""),
            "",
            "{}",
        )
        yield REPLACED.format(schema=schema)
        yield HELD.format(schema=schema, values=", ".join(map(_literal, values)))


def _instant(at: datetime, schema: str) -> str:
    """Django's own way in SQLite has no zone, and is of UTC."""
    text = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return f"{text}+00" if schema else text


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def holds_tables(places: Places) -> bool:
    """Whether a server's database has tables already; a file is seen with the other files.

    Raises BackupError when it cannot be reached.
    """
    if places.database is not None:
        return False
    try:
        return bool(connection.introspection.table_names())
    except DatabaseFaultError as error:
        raise BackupError(f"The database cannot be reached: {error}") from error
    finally:
        connections.close_all()


def replace(places: Places, copied: Path, hold: Hold, stamp: str) -> None:
    """Put the copied database in place. Raises BackupError: the old one is still there.

    On a server, the tables that are there are kept in a schema named by `stamp`.
    """
    if places.database is None:
        _on_server(copied, hold, stamp)
        return
    try:
        with closing(sqlite3.connect(copied, isolation_level=None)) as opened:
            opened.execute("BEGIN IMMEDIATE")
            for statement in hold.statements():
                opened.execute(statement)
            opened.execute("COMMIT")
    except sqlite3.Error as error:
        raise BackupError(f"The copy of the database cannot be held: {error}") from error
    places.database.parent.mkdir(parents=True, exist_ok=True)
    for left in contents.beside(places.database)[1:]:
        left.unlink(missing_ok=True)
    copied.replace(places.database)


def _on_server(dump: Path, hold: Hold, stamp: str) -> None:
    """One transaction, whose end only comes when the whole dump was sent."""
    keep = [statement.format(aside=stamp) for statement in KEPT] if _has_tables() else []
    before = ["BEGIN", *keep]
    after = [*hold.statements("public."), "COMMIT"]
    connections.close_all()
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--file=-"]
    psql = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"]
    with (
        subprocess.Popen(  # noqa: S603 PostgreSQL's own tools
            [postgresql.tool("pg_restore"), *options, str(dump)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as reading,
        subprocess.Popen(  # noqa: S603
            [postgresql.tool("psql"), *psql, f"--dbname={postgresql.address()}"],
            env=postgresql.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as writing,
    ):
        _feed(reading, writing, before, after)


def _has_tables() -> bool:
    return bool(connection.introspection.table_names())


def _feed(
    reading: "subprocess.Popen[bytes]",
    writing: "subprocess.Popen[bytes]",
    before: list[str],
    after: list[str],
) -> None:
    """Without its COMMIT, whatever was sent is as if it had not been."""
    if reading.stdout is None or writing.stdin is None:
        raise BackupError("PostgreSQL's tools gave nothing to write to")
    try:
        _say(writing.stdin, before)
        while block := reading.stdout.read(BLOCK):
            writing.stdin.write(block)
        complaint = reading.stderr.read() if reading.stderr else b""
        if reading.wait():
            writing.stdin.close()
            raise postgresql.failed("pg_restore", complaint)
        _say(writing.stdin, after)
        writing.stdin.close()
    except BrokenPipeError:
        reading.kill()
    complaint = writing.stderr.read() if writing.stderr else b""
    if writing.wait():
        raise postgresql.failed("psql", complaint)


def _say(stream: IO[bytes], statements: list[str]) -> None:
    stream.write("".join(f"{statement};\n" for statement in statements).encode())
    stream.flush()
