"""How fresh what the counter lives on is: what is published, processes, registers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy

from guichet.directories.register import RegisterError
from guichet.directories.runs import ImportRun, RunState
from guichet.domain.freshness import Kind, is_stale_by
from guichet.habilitations import registers
from guichet.validation import files
from guichet.validation import queries as validation
from guichet.validation.texts import KINDS

ALIVE: Final = (
    ("signer", gettext_lazy("Signataire")),
    ("publisher", gettext_lazy("Service de publication")),
    ("clerk", gettext_lazy("Greffier")),
)
REGISTERS: Final = {
    "establishments": gettext_lazy("Établissements (SIRENE)"),
    "companies": gettext_lazy("Entreprises (SIRENE)"),
    "health_sites": gettext_lazy("Établissements de santé (FINESS)"),
    "card_holders": gettext_lazy("Porteurs de cartes (Annuaire Santé)"),
    "activities": gettext_lazy("Activités (Annuaire Santé)"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What is fetched at points of one kind: how many, how many stale, when the first one ends."""

    label: str
    points: int
    stale: int
    ends: datetime | None


def published(at: datetime) -> Iterator[Published]:
    """Lists and OCSP answers, as the watchdog last read them at the public address."""
    readings = validation.last_readings()
    for kind in (Kind.LIST, Kind.DELTA, Kind.ANSWER):
        found = [reading for reading in readings if reading.point.kind is kind]
        ends = [r.content.next_update for r in found if r.content.next_update is not None]
        if found:
            yield Published(
                label=str(KINDS[kind]),
                points=len(found),
                stale=sum(is_stale_by(reading, at) for reading in found),
                ends=min(ends, default=None),
            )


def processes() -> tuple[tuple[str, datetime | None], ...]:
    """Each process in words, and when it last gave a sign of life on this machine; None: never."""
    folder = settings.GUICHET.state / "run"
    return tuple(
        (str(words), files.written_at(folder / f"{name}.heartbeat")) for name, words in ALIVE
    )


def register_days() -> Mapping[str, date]:
    """The day that each imported register, in words, is of; empty where none can be read."""
    try:
        runs: Iterable[ImportRun] = registers.register().runs()
    except RegisterError:
        return {}
    found: dict[str, date] = {}
    for run in runs:
        if run.state is RunState.COMPLETE:
            name = str(REGISTERS.get(run.table, run.table))
            found[name] = max(run.as_of, found.get(name, run.as_of))
    return found
