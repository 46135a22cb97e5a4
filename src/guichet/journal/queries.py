"""Reading the journal."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from django.db.models import QuerySet

from guichet.journal.chain import GENESIS, Fact, Kept, Link, Seal
from guichet.journal.events import Event
from guichet.journal.models import Entry, Head

RECENT: Final = 50
CHUNK: Final = 500
WALK: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One entry, as pages and reports show it."""

    seq: int
    event: str
    subject: str
    actor: str
    at: datetime
    facts: Mapping[str, Fact]

    @classmethod
    def of(cls, row: Entry) -> Self:
        """From the stored row."""
        return cls(
            seq=row.seq,
            event=row.event,
            subject=row.subject,
            actor=row.actor,
            at=row.at,
            facts=dict(row.facts),
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry and its place in the chain: `digest` is that of its leaf, which names `previous`."""

    entry: JournalEntry
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the chain: an entry's number and digest (0 and GENESIS before the first)."""

    seq: int
    digest: str


def entries_about(subject: str) -> tuple[JournalEntry, ...]:
    """Everything told of one subject, in order."""
    return _read(Entry.objects.filter(subject=subject).order_by("seq"))


def proofs_about(subjects: Collection[str]) -> tuple[Proof, ...]:
    """Everything told of several subjects, in order, each with its place in the chain."""
    found = Entry.objects.filter(subject__in=subjects)  # sorted here: no detour by the whole chain
    rows = sorted(found, key=lambda row: row.seq)
    return tuple(Proof(JournalEntry.of(row), row.previous, row.digest) for row in rows)


def recent(limit: int = RECENT) -> tuple[JournalEntry, ...]:
    """The last entries, the newest first."""
    return _read(Entry.objects.order_by("-seq")[:limit])


def entries_after(
    seq: int, *, to: int, events: Collection[Event], limit: int
) -> tuple[JournalEntry, ...]:
    """The first entries of these events past `seq` and up to `to`, in order.

    Numbers follow the order of commits: up to the head that was read, none can appear later.
    """
    wanted = [event.value for event in events]
    rows = Entry.objects.filter(seq__gt=seq, seq__lte=to, event__in=wanted)
    return _read(rows.order_by("seq")[:limit])


def is_told(event: Event) -> bool:
    """Whether an entry tells of this event."""
    return Entry.objects.filter(event=event.value).exists()


def entries_of(subject: str, events: Collection[str]) -> tuple[JournalEntry, ...]:
    """What these events told of one subject, in order."""
    return _read(Entry.objects.filter(subject=subject, event__in=events).order_by("seq"))


def was_told(event: Event, subject: str, *, since: datetime, kind: str) -> bool:
    """Whether an entry about a subject told this event, of this kind, past an instant."""
    rows = Entry.objects.filter(subject=subject, event=event.value, at__gt=since)
    return rows.filter(facts__kind=kind).exists()


def digests(seqs: Collection[int]) -> Mapping[int, str]:
    """The digests of entries, by number; those that are not there are left out."""
    wanted, found = sorted(seqs), dict[int, str]()
    for start in range(0, len(wanted), CHUNK):
        rows = Entry.objects.filter(seq__in=wanted[start : start + CHUNK])
        found |= dict(rows.values_list("seq", "digest"))
    return found


def told_at(seq: int) -> datetime | None:
    """When an entry was told; None when there is none of this number."""
    return Entry.objects.filter(seq=seq).values_list("at", flat=True).first()


def last_told(event: Event) -> datetime | None:
    """When this was told for the last time; None when it never was."""
    rows = Entry.objects.filter(event=event.value).order_by("-seq")
    return rows.values_list("at", flat=True).first()


def every_entry() -> Iterator[Kept]:
    """The whole journal as it is stored, in order."""
    return map(kept, Entry.objects.order_by("seq").iterator(chunk_size=WALK))


def every_digest() -> Iterator[str]:
    """The digests of the whole journal, in order."""
    rows = Entry.objects.order_by("seq").values_list("digest", flat=True)
    return rows.iterator(chunk_size=WALK)


def stored_after(seq: int, *, limit: int) -> tuple[Kept, ...]:
    """The first entries past `seq` as they are stored, in order."""
    return tuple(map(kept, Entry.objects.filter(seq__gt=seq).order_by("seq")[:limit]))


def stored(seqs: Collection[int]) -> tuple[Kept, ...]:
    """These entries as they are stored, in order; those that are not there are left out."""
    wanted = sorted(set(seqs))
    pages = (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))
    return tuple(
        kept(row) for page in pages for row in Entry.objects.filter(seq__in=page).order_by("seq")
    )


def kept(row: Entry) -> Kept:
    """From the stored row."""
    link = Link(
        seq=row.seq,
        event=row.event,
        subject=row.subject,
        actor=row.actor,
        at=row.at,
        facts=row.facts,
        previous=row.previous,
    )
    if not row.sealed_actor:
        return Kept(link, row.digest, None)
    seal = Seal(row.sealed_actor, row.sealed_content, row.actor_salt, row.content_salt)
    return Kept(link, row.digest, seal)


def head() -> Position:
    """Where the chain ends."""
    row = Head.objects.first()
    return Position(row.seq, row.digest) if row else Position(0, GENESIS)


def _read(rows: QuerySet[Entry]) -> tuple[JournalEntry, ...]:
    return tuple(JournalEntry.of(row) for row in rows)
