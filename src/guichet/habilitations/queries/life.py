"""The life of a dossier as its applicants follow it, from the F413 to certificates.

What comes after the habilitation is told by the apps that do it: they register a provider.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from guichet.domain.dossier import parsing
from guichet.domain.dossier.typed import Typed
from guichet.domain.refusals import Refusal
from guichet.habilitations import mails
from guichet.habilitations.models import Decision, Dossier, Message, Right
from guichet.habilitations.outcomes import Outcome, outcome
from guichet.journal import queries as journal
from guichet.journal.events import Event
from guichet.journal.queries import JournalEntry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened, as the timeline draws it; kinds are those of web.states."""

    at: datetime | None
    title: str
    kind: str = "success"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision that stands: what it is, why, and what it came to."""

    act: str
    reason: str
    code: str
    at: datetime
    outcome: Outcome | None


TITLES: Final[Mapping[str, tuple["_StrPromise", str]]] = {
    Event.DOSSIER_BEGUN.value: (_("Brouillon commencé"), "neutral"),
    Event.DOSSIER_DEPOSITED.value: (_("Dossier déposé"), "success"),
    Event.DOSSIER_CHANGED.value: (_("Modifications déposées"), "success"),
    Event.DOSSIER_CHANGES_ABANDONED.value: (_("Modifications abandonnées"), "neutral"),
    Event.DOSSIER_TAKEN.value: (_("Passé en instruction"), "info"),
    Event.DOSSIER_GIVEN_BACK.value: (_("Repassé en construction"), "info"),
    Event.DOSSIER_CORRECTION_ASKED.value: (_("Correction demandée"), "warning"),
    Event.DOSSIER_ACCEPTED.value: (_("Dossier accepté"), "success"),
    Event.DOSSIER_REFUSED.value: (_("Dossier refusé"), "danger"),
    Event.DOSSIER_CLOSED.value: (_("Dossier classé sans suite"), "neutral"),
    Event.DOSSIER_REOPENED.value: (_("Instruction rouverte"), "warning"),
    Event.DOSSIER_SHARED.value: (_("Invitation envoyée"), "neutral"),
    Event.DOSSIER_JOINED.value: (_("Invitation acceptée"), "neutral"),
    Event.DOSSIER_LEFT.value: (_("Accès terminé"), "neutral"),
    Event.DOSSIER_TRANSFERRED.value: (_("Dossier cédé"), "neutral"),
    Event.DOSSIER_RECOVERY_ASKED.value: (_("Reprise demandée par un collègue"), "warning"),
    Event.DOSSIER_RECOVERY_ENDED.value: (_("Demande de reprise close"), "neutral"),
}
CONFIRMED: Final = _("Un administrateur a confirmé sa carte et son adresse")
DENIED: Final = _("Un administrateur ne se reconnaît pas")
Provider = Callable[[str, Sequence[str]], Iterable[Step]]
_LATER: list[Provider] = []


def register_later(provider: Provider) -> None:
    """Add what tells the steps that follow, from a structure and the keys of the rights opened."""
    if provider not in _LATER:
        _LATER.append(provider)


def steps(row: Dossier) -> tuple[Step, ...]:
    """Everything that happened, in order, from the deposit to the certificates."""
    entries = journal.entries_about(mails.about(row.number))
    told = [step for entry in entries if (step := _step(entry)) is not None]
    told += _habilitations(row)
    return tuple(sorted(told, key=lambda step: (step.at is None, step.at)))


def next_steps(row: Dossier) -> tuple[Step, ...]:
    """What is still to come, without dates."""
    ahead = [gettext("Instruction du dossier"), gettext("Décision, par courriel")]
    rights = [
        gettext("Habilitation des administrateurs techniques"),
        gettext("Commande et retrait des certificats, sur ce portail"),
    ]
    if row.decided_at is not None:
        return ()
    titles = (ahead[1:] if row.taken_at and row.state != "filed" else ahead) + rights
    return tuple(Step(None, title, "neutral") for title in titles)


def decision(row: Dossier) -> Decided | None:
    """The decision that stands, or None."""
    found = (
        Decision.objects.select_related("revision")
        .filter(dossier=row, approved_at__isnull=False, withdrawn_at=None, replaced_at=None)
        .first()
    )
    if found is None or found.approved_at is None:
        return None
    return Decided(found.kind, found.reason, found.code, found.approved_at, _outcome(found))


def last_message(row: Dossier) -> Message | None:
    """The last message of a dossier."""
    return row.messages.order_by("-sent_at", "-pk").first()


def _step(entry: JournalEntry) -> Step | None:
    if entry.event == Event.DOSSIER_CONFIRMED.value:
        confirms = bool(entry.facts.get("confirms"))
        words = CONFIRMED if confirms else DENIED
        return Step(entry.at, str(words), "success" if confirms else "warning")
    if entry.event not in TITLES:
        return None
    title, kind = TITLES[entry.event]
    return Step(entry.at, str(title), kind, str(entry.facts.get("email", "")))


def _habilitations(row: Dossier) -> Iterator[Step]:
    if row.decided_at is None:
        return
    opened = Right.objects.filter(origin=mails.about(row.number)).select_related("structure")
    rights = list(opened.order_by("starts_at"))
    if not rights:
        return
    cards = {right.card_number for right in rights}
    title = ngettext(
        "%(count)s carte habilitée à commander",
        "%(count)s cartes habilitées à commander",
        len(cards),
    ) % {"count": len(cards)}
    yield Step(rights[0].starts_at, title, "success")
    for provider in _LATER:
        yield from provider(rights[0].structure.national_id, [str(r.key) for r in rights])


def _outcome(found: Decision) -> Outcome | None:
    try:
        declared = parsing.parse(Typed.from_json(found.revision.content))
    except Refusal:
        return None
    return outcome(declared, rows=found.rows, types=found.types, refused=found.refused)
