"""What a ceremony tells the journal of itself; the acts on authorities tell theirs."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from guichet.domain.ceremonies.plan import Plan
from guichet.journal import operations as journal
from guichet.journal import queries
from guichet.journal.events import Event
from guichet.processes.ceremony.record import Fact


def tell(event: Event, plan: Plan, at: datetime, facts: Mapping[str, Fact]) -> int:
    """Tell one thing of a ceremony and return the entry's number; what was told stays told once."""
    subject = f"ceremony:{plan.id}"
    for entry in queries.entries_about(subject):
        if entry.event == event and entry.facts == facts:
            return entry.seq
    with transaction.atomic():
        return journal.record(event, subject=subject, actor=subject, at=at, facts=facts)
