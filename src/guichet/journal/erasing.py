"""Erasing by law what entries tell of a person, while the chain and the log stay whole.

The salt goes with what it seals: what remains in the leaf then tells nothing, even to somebody who
guesses the value. An entry tells that it was done, of which entries, and why.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from guichet.journal import erased
from guichet.journal.chain import Fact
from guichet.journal.events import Event
from guichet.journal.models import Entry
from guichet.journal.operations import Told, record_many

SUBJECT: Final = "journal:erasure"
CHUNK: Final = 500
WALK: Final = 2000


@dataclass(frozen=True, slots=True)
class Findings:
    """Numbers of the entries concerned, by the part that names a reference.

    `older` were written before parts were sealed, and cannot lose one without breaking the chain.
    """

    actors: tuple[int, ...]
    contents: tuple[int, ...]
    older: tuple[int, ...]

    @property
    def seqs(self) -> tuple[int, ...]:
        """Every entry that can lose a part."""
        return tuple(sorted({*self.actors, *self.contents}))


def find(refs: Collection[str]) -> Findings:
    """Entries whose actor or subject is one of these references, or one of whose facts names one.

    Facts are read one by one: this takes seconds on a long journal.
    """
    known, named = frozenset(filter(None, refs)), _naming(refs)
    actors, contents, older = list[int](), list[int](), list[int]()
    rows = Entry.objects.order_by("seq").values_list(
        "seq", "actor", "subject", "facts", "sealed_actor"
    )
    for seq, actor, subject, facts, sealed in rows.iterator(chunk_size=WALK):
        is_actor = actor in known
        is_content = subject in known or any(named(value) for value in facts.values())
        if not sealed:
            older += [seq] if is_actor or is_content else []
            continue
        actors += [seq] if is_actor else []
        contents += [seq] if is_content else []
    return Findings(tuple(actors), tuple(contents), tuple(older))


@transaction.atomic
def erase(refs: Collection[str], *, by: str, reason: str, at: datetime) -> Findings:
    """Empty every part that names one of these references; return what was emptied and what not.

    `refs` are what entries call a person: an actor's reference, a card's number, an address.
    `reason` goes into the journal: it must name nobody. Done again, it finds nothing more. Needs
    the rights of the tables' owner on PostgreSQL.
    """
    found = find(refs)
    for page in _pages(found.actors):
        Entry.objects.filter(seq__in=page).update(actor="", actor_salt="")
    for page in _pages(found.contents):
        Entry.objects.filter(seq__in=page).update(subject="", facts={}, content_salt="")
    facts: list[dict[str, Fact]] = [
        {erased.ENTRIES: text, "reason": reason} for text in erased.written(found.seqs)
    ]
    record_many([Told(Event.ENTRIES_ERASED, SUBJECT, by, at, each) for each in facts])
    return found


def _naming(refs: Collection[str]) -> Callable[[object], bool]:
    """Whether a fact names one of the references, as a whole word of it."""
    either = "|".join(re.escape(ref) for ref in sorted(refs, key=len, reverse=True) if ref)
    if not either:
        return lambda _value: False
    pattern = re.compile(rf"(?<![\w.@-])(?:{either})(?![\w@-])", re.IGNORECASE)
    return lambda value: bool(pattern.search(str(value)))


def _pages(seqs: Sequence[int]) -> Iterator[Sequence[int]]:
    return (seqs[start : start + CHUNK] for start in range(0, len(seqs), CHUNK))
