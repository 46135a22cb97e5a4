"""What the back office writes: that somebody looked people up."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal import queries
from guichet.journal.events import Event

QUIET: Final = timedelta(hours=1)


@transaction.atomic
def note_look_up(*, by: Actor, kind: str, at: datetime) -> None:
    """Journal that somebody of the counter looked people up, once an hour a kind of look-up."""
    if queries.was_told(Event.PEOPLE_LOOKED_UP, by.ref, since=at - QUIET, kind=kind):
        return
    journal.record(
        Event.PEOPLE_LOOKED_UP, subject=by.ref, actor=by.ref, at=at, facts={"kind": kind}
    )
