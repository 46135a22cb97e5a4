"""The journal of a dossier in words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from guichet.domain.dossier.typed import Typed
from guichet.habilitations import texts
from guichet.habilitations.queries import history
from guichet.habilitations.queries.history import Told
from guichet.habilitations.texts.instruction import ACTS, EVENT_KINDS, EVENTS, SECOND_BECAUSE
from guichet.journal.events import Event


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as the timeline shows it."""

    at: datetime
    title: str
    detail: str
    kind: str


def timeline(number: int, typed: Typed) -> list[Shown]:
    """Everything the journal tells of a dossier, the last first; `typed` names its fields."""
    return [_shown(told, typed) for told in history.journal_of(number)]


def _shown(told: Told, typed: Typed) -> Shown:
    event = told.entry.event
    details = [told.who, *_details(told, typed)]
    title = str(EVENTS.get(event, event))
    return Shown(told.entry.at, title, " — ".join(details), EVENT_KINDS.get(event, ""))


def _details(told: Told, typed: Typed) -> Iterator[str]:
    facts = {name: str(fact) for name, fact in told.entry.facts.items() if fact is not None}
    if told.entry.event == Event.DOSSIER_ASSIGNED:
        name = told.names.get(facts.get("to", ""), "")
        yield _("à %(name)s") % {"name": name} if name else _("à personne")
    for name, words in WORDS.items():
        if facts.get(name):
            yield words(facts[name])
    paths = facts.get("fields", "").split()
    if paths:
        yield ", ".join(texts.label_of(path, typed) for path in paths)


def _reason(text: str) -> str:
    return str(texts.CORRECTION_REASONS.get(text, text))


WORDS: Final[Mapping[str, Callable[[str], str]]] = {
    "kind": lambda text: str(ACTS.get(text, text)),
    "reason": _reason,
    "because": lambda text: str(SECOND_BECAUSE.get(text, text)),
    "revision": lambda text: _("dépôt %(n)s") % {"n": text},
    "decision": lambda text: _("décision %(code)s") % {"code": text},
    "email": lambda text: text,
}
