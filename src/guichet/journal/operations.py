"""Writing to the journal, in the transaction of the change that is told."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from guichet.journal.chain import GENESIS, SALT, Fact, Link, Seal
from guichet.journal.events import Event
from guichet.journal.models import Entry, Head
from guichet.web import rows, traces

NO_FACTS: Final[Mapping[str, Fact]] = {}
HEAD: Final = 1
BATCH: Final = 1000
COLUMNS: Final = (
    *("seq", "event", "subject", "actor", "at", "facts", "previous", "digest"),
    *("sealed_actor", "sealed_content", "actor_salt", "content_salt"),
)
SALTS: Final = 2 * SALT
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
    head = _head()
    entries = []
    salts = os.urandom(SALTS * len(changes))
    for start, change in zip(range(0, len(salts), SALTS), changes, strict=True):
        traces.note(str(change.event))
        link = _link(change, head)
        seal = Seal.of(link, salts[start : start + SALTS])
        head.seq, head.digest = link.seq, hashlib.sha256(seal.leaf(link)).hexdigest()
        entries.append(_entry(link, head.digest, seal))
    for start in range(0, len(entries), BATCH):
        rows.insert(Entry, COLUMNS, entries[start : start + BATCH])
    head.save(update_fields=["seq", "digest"])
    return head.seq


def _head() -> Head:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("the journal is written in a transaction")
    head, _new = Head.objects.select_for_update().get_or_create(pk=HEAD, defaults=START)
    return head


def _link(change: Told, head: Head) -> Link:
    facts = change.facts.items()
    return Link(
        seq=head.seq + 1,
        event=_kept(str(change.event), EVENT),
        subject=_kept(change.subject),
        actor=_kept(change.actor),
        at=change.at,
        facts={_kept(n): _kept(f, FACT) if isinstance(f, str) else f for n, f in facts},
        previous=head.digest,
    )


def _entry(link: Link, digest: str, seal: Seal) -> tuple[object, ...]:
    return (
        link.seq,
        link.event,
        link.subject,
        link.actor,
        link.at,
        dict(link.facts),
        link.previous,
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
