"""Entries of the journal about a dossier."""

from collections.abc import Mapping
from datetime import datetime

from guichet.habilitations import mails
from guichet.habilitations.models import Dossier
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.chain import Fact
from guichet.journal.events import Event


def note(
    event: Event, row: Dossier, by: Actor, at: datetime, facts: Mapping[str, Fact] | None = None
) -> None:
    """Keep what somebody did to a dossier, within the caller's transaction."""
    subject = mails.about(row.number)
    journal.record(event, subject=subject, actor=by.ref, at=at, facts=facts or {})
