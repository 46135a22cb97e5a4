"""What leaves the inventory in a file is told to the journal first."""

from datetime import datetime
from typing import Final

from django.db import transaction

from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event

QUERY_AT_MOST: Final = 500


@transaction.atomic
def note_export(*, form: str, query: str, by: Actor, at: datetime) -> None:
    """Tell who exported the inventory, in which form ("csv"…), narrowed by which filters."""
    facts = {"form": form, "query": query[:QUERY_AT_MOST]}
    journal.record(Event.PRODUCTS_EXPORTED, subject=by.ref, actor=by.ref, at=at, facts=facts)


@transaction.atomic
def note_incident_export(*, number: int, certificates: int, by: Actor, at: datetime) -> None:
    """Tell who exported the certificates of an incident, and how many they are."""
    facts = {"certificates": certificates}
    subject = f"incident:{number}"
    journal.record(Event.INCIDENT_EXPORTED, subject=subject, actor=by.ref, at=at, facts=facts)
