"""What other tables hold that the journal must tell: a cut tail is found by what it told of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from guichet.journal.chain import Fact
from guichet.journal.events import Event
from guichet.journal.models import Entry

BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Witness:
    """A change that was stored: some entry has this event and subject, and this fact if any."""

    event: Event
    subject: str
    fact: tuple[str, Fact] | None = None

    def __str__(self) -> str:
        told = f" ({self.fact[0]} {self.fact[1]})" if self.fact else ""
        return f"{self.event} of {self.subject}{told}"


def untold(witnesses: Iterable[Witness]) -> Iterator[Witness]:
    """Those that no entry tells of; read in batches, so that there may be millions."""
    remaining = iter(witnesses)
    while batch := tuple(islice(remaining, BATCH)):
        yield from _untold(batch)


def _untold(batch: Sequence[Witness]) -> Iterator[Witness]:
    found = Entry.objects.filter(
        subject__in={witness.subject for witness in batch},
        event__in={witness.event.value for witness in batch},
    ).values_list("event", "subject", "facts")
    told: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for event, subject, facts in found.iterator():
        # As text: somebody who edits an entry may have written anything there.
        written = ((name, str(value)) for name, value in dict(facts).items())
        told.setdefault((event, subject), set()).update(written)
    for witness in batch:
        known = told.get((witness.event.value, witness.subject))
        wanted = witness.fact and (witness.fact[0], str(witness.fact[1]))
        if known is None or (wanted and wanted not in known):
            yield witness
