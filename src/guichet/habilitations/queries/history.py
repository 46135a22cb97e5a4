"""What happened to a dossier: who looks at it now, what was asked, decided, written, journalled."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from guichet.domain.dossier import parsing
from guichet.domain.dossier.declaration import Declaration
from guichet.domain.dossier.typed import Typed
from guichet.domain.refusals import Refusal
from guichet.habilitations import mails, outcomes
from guichet.habilitations.models import (
    AdministratorConfirmation,
    Annotation,
    Correction,
    Decision,
    Dossier,
    Following,
    Revision,
)
from guichet.habilitations.outcomes import Outcome
from guichet.identities.actors import Actor
from guichet.identities.staff import labels_of
from guichet.journal import queries as journal
from guichet.journal.events import Event
from guichet.journal.queries import JournalEntry

HERE_FOR: Final = timedelta(minutes=10)
NOT_DOING: Final = frozenset({Event.DOSSIER_READ.value, Event.DOSSIER_MESSAGE.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision and what it came to; `outcome` is None for a form that today's rules refuse."""

    row: Decision
    outcome: Outcome | None

    @property
    def is_waiting(self) -> bool:
        """Whether a second instructor has still to approve it."""
        row = self.row
        return row.approved_at is None and row.withdrawn_at is None and row.replaced_at is None


@dataclass(frozen=True, slots=True)
class Told:
    """An entry of the journal, the name of who did it, and those of who else it names."""

    entry: JournalEntry
    who: str
    names: Mapping[str, str]


def present(row: Dossier, who: Actor, at: datetime) -> tuple[str, ...]:
    """The names of the others who have opened a dossier in the last ten minutes."""
    rows = Following.objects.filter(dossier=row, seen_at__gt=at - HERE_FOR)
    others = rows.exclude(account_id=who.account_id).order_by("-seen_at")
    return tuple(others.values_list("label", flat=True))


def follows(row: Dossier, who: Actor) -> bool:
    """Whether somebody follows a dossier."""
    return Following.objects.filter(dossier=row, account_id=who.account_id, follows=True).exists()


def followers(row: Dossier) -> tuple[str, ...]:
    """The names of those who follow a dossier."""
    rows = Following.objects.filter(dossier=row, follows=True).order_by("label")
    return tuple(rows.values_list("label", flat=True))


def revisions(row: Dossier) -> tuple[Revision, ...]:
    """What was deposited, the first one first."""
    return tuple(row.revisions.order_by("n"))


def corrections(row: Dossier) -> tuple[Correction, ...]:
    """Corrections asked, the last one first."""
    return tuple(
        row.corrections.select_related("message", "resolved_by").order_by("-asked_at", "-pk")
    )


def pending_correction(row: Dossier) -> Correction | None:
    """The correction that the applicant has still to answer."""
    return Correction.objects.filter(dossier=row, resolved_at=None).first()


def decisions(row: Dossier) -> tuple[Decided, ...]:
    """Decisions, the last one first, those withdrawn and replaced included."""
    rows = row.decisions.select_related("revision").order_by("-proposed_at", "-pk")
    return tuple(Decided(row=found, outcome=_outcome(found)) for found in rows)


def annotations(row: Dossier) -> tuple[Annotation, ...]:
    """Notes between instructors, the last one first."""
    return tuple(row.annotations.order_by("-at", "-pk"))


def confirmations(row: Dossier) -> tuple[AdministratorConfirmation, ...]:
    """What was asked of each declared administrator, and answered."""
    return tuple(row.confirmations.order_by("asked_at", "pk"))


def journal_of(number: int) -> tuple[Told, ...]:
    """Everything the journal tells of a dossier, the last entry first."""
    entries = journal.entries_about(mails.about(number))
    given = {str(entry.facts.get("to", "")) for entry in entries}
    names = labels_of(given | {entry.actor for entry in entries})
    return tuple(
        Told(entry, names.get(entry.actor, entry.actor), names) for entry in reversed(entries)
    )


def was_done_last(number: int, events: Collection[str], who: Actor) -> bool:
    """Whether the last thing done to a dossier is one of these acts, by this very person.

    A form sent twice finds the dossier changed by its own first sending.
    """
    entries = journal.entries_about(mails.about(number))
    acts = [entry for entry in entries if entry.event not in NOT_DOING]
    return bool(acts) and acts[-1].event in events and acts[-1].actor == who.ref


def _outcome(found: Decision) -> Outcome | None:
    try:
        declared: Declaration = parsing.parse(Typed.from_json(found.revision.content))
    except Refusal:
        return None
    return outcomes.outcome(declared, rows=found.rows, types=found.types, refused=found.refused)
