"""Leaving a trace of each export: personal data leaves the counter."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.chain import Fact
from guichet.journal.events import Event


@transaction.atomic
def note_export(*, form: str, query: str, count: int, by: Actor, at: datetime) -> None:
    """Journal an export: its form, the list it is of, how many dossiers."""
    facts: dict[str, Fact] = {"form": form, "query": query, "count": count}
    journal.record(
        Event.DOSSIERS_EXPORTED, subject=f"export:{uuid4()}", actor=by.ref, at=at, facts=facts
    )
