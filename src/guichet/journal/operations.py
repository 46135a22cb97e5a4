"""Writing to the journal, in the transaction of the change that is told."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from django.db import transaction

from guichet.journal.chain import GENESIS, SALT, Fact, Seal
from guichet.journal.events import Event
from guichet.journal.models import Entry, Head
from guichet.web import rows, traces

NO_FACTS: Final[Mapping[str, Fact]] = {}
HEAD: Final = 1
BATCH: Final = 1000
SALTS: Final = 2 * SALT
READ: Final = "SELECT seq, digest FROM journal_head WHERE id = %s"
READ_LOCKED: Final = f"{READ} FOR UPDATE"
MOVE: Final = "UPDATE journal_head SET seq = %s, digest = %s WHERE id = %s"
START: Final[Mapping[str, object]] = {"seq": 0, "digest": GENESIS}
EVENT: Final = 60
TEXT: Final = 200
FACT: Final = 2000


@dataclass(frozen=True, slots=True)
class Told:
    """One change to tell, as `record` takes it."""

    event: Event | str
    subject: str
    actor: str
    at: datetime
    facts: Mapping[str, Fact] = field(default_factory=dict)


class _Last(NamedTuple):
    """The number and the digest of the last entry."""

    seq: int
    digest: str


class _Row(NamedTuple):
    """The fields of an entry, in the order in which they are inserted."""

    seq: int
    event: str
    subject: str
    actor: str
    at: datetime
    facts: Mapping[str, Fact]
    previous: str
    digest: str
    sealed_actor: str
    sealed_content: str
    actor_salt: str
    content_salt: str


def take_turn() -> None:
    """Lock the head before something that must not happen twice at once, instead of after it.

    Whoever records takes that lock in the end: taking none but it keeps two of them from waiting
    for each other. Raises TransactionManagementError outside a transaction.
    """
    _head()


def record(
    event: Event | str,
    *,
    subject: str,
    actor: str,
    at: datetime,
    facts: Mapping[str, Fact] = NO_FACTS,
) -> int:
    """Append one entry and return its number (1, 2, 3… without a gap).

    Runs inside the caller's transaction, so that neither the change nor its entry can stand
    alone; raises TransactionManagementError outside one. The head row is locked until the
    caller commits: record last, and keep the transaction short.
    """
    return record_many([Told(event, subject, actor, at, facts)])


def record_many(changes: Sequence[Told]) -> int:
    """Append an entry for each change, chained in their order, and return the last number.

    As `record`, whose chain it continues: an entry does not tell how it came there.
    """
    last = _head()
    entries = []
    salts = os.urandom(SALTS * len(changes))
    for start, change in zip(range(0, len(salts), SALTS), changes, strict=True):
        traces.note(str(change.event))
        entry = _entry(change, last, salts[start : start + SALTS])
        last = _Last(entry.seq, entry.digest)
        entries.append(entry)
    for start in range(0, len(entries), BATCH):
        rows.insert(Entry, _Row._fields, entries[start : start + BATCH])
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(MOVE, [*last, HEAD])
    return last.seq


def _head() -> _Last:
    """The last entry; its row is locked. Written by hand: whatever is told passes here."""
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("the journal is written in a transaction")
    has_locks = connection.features.has_select_for_update
    with connection.cursor() as cursor:
        cursor.execute(READ_LOCKED if has_locks else READ, [HEAD])
        found = cursor.fetchone()
    if found is None:
        head, _new = Head.objects.select_for_update().get_or_create(pk=HEAD, defaults=START)
        return _Last(head.seq, head.digest)
    return _Last(*found)


def _entry(change: Told, last: _Last, salts: bytes) -> _Row:
    seq, event = last.seq + 1, _kept(str(change.event), EVENT)
    subject, actor = _kept(change.subject), _kept(change.actor)
    facts = {
        _kept(name): _kept(fact, FACT) if isinstance(fact, str) else fact
        for name, fact in change.facts.items()
    }
    seal = Seal.of(actor, subject, facts, salts)
    digest = hashlib.sha256(seal.leaf(seq, event, change.at, last.digest)).hexdigest()
    return _Row(
        seq,
        event,
        subject,
        actor,
        change.at,
        facts,
        last.digest,
        digest,
        seal.actor,
        seal.content,
        seal.actor_salt,
        seal.content_salt,
    )


def _kept(text: str, limit: int = TEXT) -> str:
    """What both databases can store: no NUL, no lone surrogate, not too long."""
    if not text.isascii() or "\0" in text:
        text = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return text[:limit]
