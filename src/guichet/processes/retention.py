"""Applying the durations of domain.retention, daily by the clerk."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from guichet.domain.retention import Kind
from guichet.habilitations.operations import purging
from guichet.identities import retention as of_identities
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.notifications import retention as of_notifications
from guichet.orders import retention as of_orders

CLERK: Final = "clerk"
APPS: Final = (of_notifications, of_identities, of_orders)


def due(at: datetime) -> Mapping[Kind, int]:
    """How much is past its time, by kind; nothing is changed."""
    dossiers = Counter(
        Kind.DOSSIERS if found.why == "decided" else Kind.DRAFTS for found in purging.purgeable(at)
    )
    return {Kind.DOSSIERS: 0, Kind.DRAFTS: 0, **dossiers} | {
        kind: count for app in APPS for kind, count in app.past(at).items()
    }


def let_go(at: datetime) -> Mapping[Kind, int]:
    """Delete or anonymise it, and tell the journal how much; drafts and dossiers have a step of
    their own (habilitations.operations.upkeep), which tells of each.
    """
    found: dict[Kind, int] = {}
    with transaction.atomic():
        for app in APPS:
            found |= app.let_go(at)
        if facts := {kind.value: count for kind, count in found.items() if count}:
            journal.record(
                Event.RETENTION_APPLIED, subject="personal-data", actor=CLERK, at=at, facts=facts
            )
    return found
