"""Telling that a list leaves the counter."""

from datetime import datetime

from django.db import transaction

from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event


@transaction.atomic
def note(*, what: str, form: str, by: Actor, at: datetime) -> None:
    """Enter in the journal that somebody took a list away, as a file of this ending."""
    facts = {"form": form}
    journal.record(
        Event.AGREEMENTS_EXPORTED, subject=f"export:{what}", actor=by.ref, at=at, facts=facts
    )
