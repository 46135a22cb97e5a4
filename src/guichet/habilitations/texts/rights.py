"""What happened to a right, in the words of a timeline."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guichet.habilitations import rights_mails
from guichet.journal import queries as journal
from guichet.journal.events import Event
from guichet.web.timelines import Happened

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SAID: Final[Mapping[str, tuple["_StrPromise", str]]] = {
    Event.RIGHT_GRANTED.value: (_("Droit ouvert"), "success"),
    Event.RIGHT_SUSPENDED.value: (_("Droit suspendu"), "warning"),
    Event.RIGHT_RESUMED.value: (_("Droit rétabli"), "success"),
    Event.RIGHT_NARROWED.value: (_("Droit restreint"), "warning"),
    Event.RIGHT_CARRIED_OVER.value: (_("Droit reporté sur une nouvelle carte"), "info"),
    Event.RIGHT_CLOSED.value: (_("Droit terminé"), "danger"),
}


def life_of(national_id: str, key: UUID) -> tuple[Happened, ...]:
    """What the journal tells of one right, in order."""
    told = journal.entries_about(rights_mails.about(national_id))
    return tuple(
        Happened(entry.at, *_said(entry.event, str(entry.facts.get("because") or "")))
        for entry in told
        if entry.facts.get("right") == str(key) and entry.event in SAID
    )


def _said(event: str, because: str) -> tuple["_StrPromise", str, str]:
    title, kind = SAID[event]
    return title, because, kind
