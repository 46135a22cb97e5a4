"""The journal of a copy, read without a server and without Django's tables."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from guichet.journal.chain import Kept, Link, Seal
from guichet.processes.backup import databases, postgresql

COLUMNS: Final = ("seq", "event", "subject", "actor", "at", "facts", "previous", "digest")
SEALS: Final = ("sealed_actor", "sealed_content", "actor_salt", "content_salt")
COPY: Final = "COPY public.journal_entry ("
END: Final = "\\."
ESCAPES: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
Entries = Iterator[Kept]


def entries(path: Path, vendor: str) -> Entries:
    """Entries as they are stored, in order. Raises BackupError; ValueError for what is no entry."""
    return _of_dump(path) if vendor == "postgresql" else _of_sqlite(path)


def _of_sqlite(path: Path) -> Entries:
    with databases.opened(path) as copied:
        known = {str(row[1]) for row in copied.execute("PRAGMA table_info(journal_entry)")}
        # A copy made before entries were sealed has no such columns.
        columns = [name for name in (*COLUMNS, *SEALS) if name in known or name in COLUMNS]
        query = f"SELECT {', '.join(columns)} FROM journal_entry ORDER BY seq"  # noqa: S608
        with closing(copied.execute(query)) as rows:
            for row in rows:
                yield _entry(dict(zip(columns, map(str, row), strict=True)))


def _of_dump(path: Path) -> Entries:
    """The text that pg_restore would send a server."""
    command = [postgresql.tool("pg_restore"), "--data-only", "--table=journal_entry"]
    with subprocess.Popen(  # noqa: S603 PostgreSQL's own tool
        [*command, "--file=-", str(path)], stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None  # noqa: S101 it was asked for
        yield from map(_entry, _in_order(_rows(process.stdout)))


def _in_order(rows: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    """By number: a table gives its rows nearly so, and those that come too early wait."""
    early: dict[int, dict[str, str]] = {}
    wanted = 1
    for row in rows:
        early[int(row["seq"])] = row
        while wanted in early:
            yield early.pop(wanted)
            wanted += 1
    for number in sorted(early):
        yield early[number]


def _rows(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    columns: list[str] = []
    for line in lines:
        text = line.removesuffix("\n")
        if text.startswith(COPY):
            columns = text[len(COPY) :].partition(")")[0].split(", ")
        elif text == END:
            columns = []
        elif columns:
            values = map(_unescaped, text.split("\t"))
            yield dict(zip(columns, values, strict=True))


def _unescaped(value: str) -> str:
    """A value of COPY's text format: a backslash announces a letter for a control character."""
    first, *rest = value.split("\\")
    found, parts = [first], iter(rest)
    for part in parts:
        if part == "":  # a backslash that stands for itself
            found.append("\\" + next(parts, ""))
        else:
            found.append(ESCAPES.get(part[0], part[0]) + part[1:])
    return "".join(found)


def _entry(row: dict[str, str]) -> Kept:
    at = datetime.fromisoformat(row["at"])
    link = Link(
        seq=int(row["seq"]),
        event=row["event"],
        subject=row["subject"],
        actor=row["actor"],
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
        facts=json.loads(row["facts"]),
        previous=row["previous"],
    )
    seal = Seal(*(row.get(name, "") for name in SEALS))
    return Kept(link, row["digest"], seal if seal.actor else None)
