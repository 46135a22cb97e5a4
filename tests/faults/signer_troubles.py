"""Troubles that a signer goes through without dying: its own loop waits them out and goes on.

Each is made by what makes it in earnest: a server that ends the connection, a database that has
no room left, a key that is not there.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db import Error, OperationalError, connection

from guichet.authority import crls, intents, leased, queue
from guichet.authority import signer as signer_module
from guichet.authority.models import SigningRequest
from guichet.authority.signer import Signer
from guichet.keystore import Keystore, KeystoreError

ROUNDS = 60
TRIES = queue.ATTEMPTS_AT_MOST + 1
FULL = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER no_room BEFORE INSERT OR UPDATE OF {columns} ON {table}
FOR EACH ROW EXECUTE FUNCTION no_room()
"""
TABLES = {
    "planning": ("authority_signingrequest", "tbs"),
    "storing": ("authority_certificate", "der"),
}


class Trouble:
    """What happened, and the clock: a second a look, a lease more once something happened."""

    def __init__(self, begins: Any) -> None:
        self.begins, self.looks, self.happened = begins, 0, 0

    def now(self) -> Any:
        self.looks += 1
        lost = queue.LEASE * self.happened
        return self.begins + timedelta(seconds=self.looks) + lost


class UntilDone(threading.Event):
    """Set once nothing waits, or after so many rounds."""

    def __init__(self) -> None:
        super().__init__()
        self.rounds = 0

    def is_set(self) -> bool:
        self.rounds += 1
        with suppress(Error):
            waiting = SigningRequest.objects.filter(state__in=leased.WORKABLE)
            return self.rounds > ROUNDS or not waiting.exists()
        return self.rounds > ROUNDS

    def wait(self, timeout: float | None = None) -> bool:
        return False


def lost_at_commit(trouble: Trouble, rank: int, when: str) -> None:
    """The connection ends before, or just after, the commit of this rank is done."""
    real, seen = connection._commit, [0]

    def committing() -> None:
        seen[0] += 1
        if seen[0] != rank:
            real()
            return
        trouble.happened += 1
        if when == "after":
            real()
        if connection.vendor == "postgresql":
            end_own_session()
            with connection.wrap_database_errors:
                connection.connection.execute("SELECT 1")
        raise OperationalError("the connection was lost")

    connection._commit = committing  # type: ignore[method-assign]


def end_own_session() -> None:
    """As an administrator, or a server that stops, would."""
    import psycopg  # noqa: PLC0415 not there without a server

    own = connection.connection.info
    with psycopg.connect(own.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [own.backend_pid])


def without_room(trouble: Trouble, stage: str) -> None:
    """The database is full from a stage on, until the signer has met that TRIES times."""
    step = {"planning": "prepare", "storing": "store"}[stage]
    real = getattr(intents, step)

    def trying(*arguments: Any, **named: Any) -> Any:
        is_new = trouble.happened == 0 or connection.vendor == "sqlite"
        if trouble.happened < TRIES and is_new:
            fill(stage)
        elif trouble.happened == TRIES:
            make_room(stage)
        try:
            return real(*arguments, **named)
        except OperationalError:
            trouble.happened += 1
            raise

    setattr(intents, step, trying)


def fill(stage: str) -> None:
    table, column = TABLES[stage]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FULL.format(table=table, columns=column))
        else:
            cursor.execute("PRAGMA incremental_vacuum")
            (pages,) = cursor.execute("PRAGMA page_count").fetchone()
            cursor.execute(f"PRAGMA max_page_count = {pages}")


def make_room(stage: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER IF EXISTS no_room ON {TABLES[stage][0]}")
        else:
            cursor.execute("PRAGMA max_page_count = 1073741823")


class AwayKeys:
    """A keystore whose keys are away for the first TRIES times."""

    def __init__(self, keys: Keystore, trouble: Trouble) -> None:
        self._keys, self._trouble = keys, trouble

    def signing_key(self, label: str) -> Any:
        if self._trouble.happened < TRIES:
            self._trouble.happened += 1
            raise KeystoreError("the token is not there")
        return self._keys.signing_key(label)


MAKE: dict[str, Callable[..., None]] = {"lost": lost_at_commit, "full": without_room}


def go_through(keys: Keystore, begins: Any, kind: str, *how: Any) -> dict[str, int]:
    """Run a signer until nothing waits; how often the trouble was met, and in how many rounds."""
    trouble, stop = Trouble(begins), UntilDone()
    signer_module.timezone = SimpleNamespace(now=trouble.now)
    signer_module.TROUBLE_SECONDS = signer_module.IDLE_SECONDS = 0
    signer_module.beat = lambda _: None
    crls.issue_due = lambda *_: ()
    store: Any = AwayKeys(keys, trouble) if kind == "away" else keys
    if kind in MAKE:
        MAKE[kind](trouble, *how)
    Signer(store, "http://127.0.0.1:8080", threads=2).run(stop)
    return {"met": trouble.happened, "rounds": stop.rounds}
