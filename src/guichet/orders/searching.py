"""Looking words up among a million rows, by the trigrams of what is searched.

PostgreSQL has an index of trigrams (pg_trgm). It is asked for the rarest words alone: to meet the
rows of a common word with those of a rare one it would read more of the index than of the table.
SQLite has a table of trigrams beside each table, kept in step by triggers (FTS5): it tells at once
the few rows that hold rare words; for words that many rows hold, reading rows in order finds a page
of them as fast. After each migration what is missing is made again, since SQLite rebuilds a table
that changes, and loses its triggers.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from guichet.domain.texts import folded

M = TypeVar("M", bound=Model)
SEARCHED: Final = ("orders_product", "orders_order")
FEW: Final = 500
TRIGRAM: Final = 3
ALIKE: Final = 10
"""Words that are up to so many times as frequent as the rarest are looked up along with it."""
PIECE: Final = 12
"""Characters of a word that are looked up in PostgreSQL's index: each of a serial number's thirty
trigrams is in thousands of rows, and a few of them find it as surely."""
WILD: Final = frozenset("%_")
# A number cut by spaces, or a serial cut by spaces or colons: one word, not several.
CUT: Final = re.compile(r"\d+(?:\s+\d+)+|[0-9A-F]{2}(?:[\s:]+[0-9A-F]{2})+:?", re.IGNORECASE)


def words(text: str) -> tuple[str, ...]:
    """What each row found holds, as `search_text` is written."""
    if CUT.fullmatch(text.strip()):
        return ("".join(text.split()).replace(":", "").upper(),)
    return tuple(folded(text).split())


def holding(rows: QuerySet[M], wanted: Sequence[str]) -> QuerySet[M]:
    """The rows whose `search_text` holds every word."""
    table = rows.model._meta.db_table  # noqa: SLF001 Django's own name for it
    looked_up = _rarest(table, wanted) if connection.vendor == "postgresql" else wanted
    # The rarest first: a row that lacks it is read for no other.
    for word in dict.fromkeys((*looked_up, *wanted)):
        by_row = GreaterThan(StrIndex("search_text", Value(word)), 0)
        piece = word[:PIECE] if connection.vendor == "postgresql" else word
        if word in looked_up:
            rows = rows.filter(search_text__contains=piece)
        if word not in looked_up or piece != word:
            rows = rows.filter(by_row)
    if connection.vendor == "sqlite":
        few = _few(table, wanted)
        return rows if few is None else rows.filter(pk__in=few)
    return rows


def ensure_indexes(**_signal: Any) -> None:
    """Make what is missing, after a migration; safe to repeat."""
    tables = set(connection.introspection.table_names())
    for table in SEARCHED:
        if table not in tables:
            continue
        if connection.vendor == "postgresql":
            _ensure_trigrams(connection, table)
        elif f"{table}_words_updated" not in _triggers(connection):
            _make_words(connection, table)


def _rarest(table: str, wanted: Sequence[str]) -> Sequence[str]:
    """The words worth looking up in the index, by what the server believes of their rows.

    The rarest comes first.
    """
    known = [w for w in wanted if len(w) >= TRIGRAM]
    if len(known) < 2:
        return known or wanted
    believed = {word: _believed(table, word) for word in known}
    most = ALIKE * min(believed.values())
    return [word for word in sorted(believed, key=believed.__getitem__) if believed[word] <= most]


def _believed(table: str, word: str) -> int:
    """How many rows hold a word, as statistics have it; none is read."""
    sql = f"EXPLAIN (FORMAT JSON) SELECT 1 FROM {table} WHERE search_text::text LIKE %s"  # noqa: S608 ours
    with connection.cursor() as cursor:
        cursor.execute(sql, [f"%{connection.ops.prep_for_like_query(word[:PIECE])}%"])
        (told,) = cursor.fetchone()
    plan = json.loads(told) if isinstance(told, str) else told
    return max(1, int(plan[0]["Plan"]["Plan Rows"]))


def _few(table: str, wanted: Iterable[str]) -> list[int] | None:
    """Keys of the rows that hold the words, or None: too many, or nothing to look up."""
    known = [w for w in wanted if len(w) >= TRIGRAM and not WILD & set(w)]
    if not known:
        return None
    condition = " AND ".join("search_text LIKE %s" for _word in known)
    sql = f"SELECT rowid FROM {table}_words WHERE {condition} LIMIT {FEW + 1}"  # noqa: S608 ours
    with connection.cursor() as cursor:
        cursor.execute(sql, [f"%{word}%" for word in known])
        found = [key for (key,) in cursor.fetchall()]
    return found if len(found) <= FEW else None


def _ensure_trigrams(database: BaseDatabaseWrapper, table: str) -> None:
    """Where pg_trgm is not installed, words are looked for row by row."""
    with database.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
        if cursor.fetchone() is None:
            return
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute(
            f"CREATE INDEX IF NOT EXISTS {table}_words ON {table} "
            "USING gin ((search_text::text) gin_trgm_ops)"
        )


def _triggers(database: BaseDatabaseWrapper) -> set[str]:
    with database.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return {name for (name,) in cursor.fetchall()}


def _make_words(database: BaseDatabaseWrapper, table: str) -> None:
    name = f"{table}_words"
    gone = (
        f"INSERT INTO {name}({name}, rowid, search_text) VALUES('delete', OLD.id, OLD.search_text);"
    )
    come = f"INSERT INTO {name}(rowid, search_text) VALUES(NEW.id, NEW.search_text);"
    changed = "UPDATE OF search_text"
    with database.cursor() as cursor:
        cursor.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5(search_text, content='{table}', "
            "content_rowid='id', tokenize='trigram', detail='none')"
        )
        for when, on, does in (
            ("inserted", "INSERT", come),
            ("deleted", "DELETE", gone),
            ("updated", changed, gone + come),
        ):
            cursor.execute(
                f"CREATE TRIGGER IF NOT EXISTS {name}_{when} AFTER {on} ON {table} BEGIN {does} END"
            )
        cursor.execute(f"INSERT INTO {name}({name}) VALUES('rebuild')")
