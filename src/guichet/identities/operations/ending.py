"""What ends by itself: roles given until a date, roles opened in an emergency.

They are in effect no more at that very moment, whoever reads them (domain.access.roles.held,
domain.access.emergencies.Emergency.lasts); this tells it, so that the journal and the people know.
"""

from datetime import datetime
from typing import Final

from django.db import transaction

from guichet.identities import access_mails
from guichet.identities.models import EmergencyAccess, RoleHolding
from guichet.journal import operations as journal
from guichet.journal.events import Event

CLERK: Final = "clerk"
GUICHET: Final = "Guichet"
AT_ONCE: Final = 100


def end_what_is_over(at: datetime) -> int:
    """Close the holdings and the emergencies whose time is over; how many."""
    holdings = RoleHolding.objects.filter(until__lte=at, ended_at=None)
    emergencies = EmergencyAccess.objects.filter(ends_at__lte=at, ended_at=None)
    ended = [_end_holding(pk, at) for pk in holdings.values_list("pk", flat=True)[:AT_ONCE]]
    ended += [_end_emergency(pk, at) for pk in emergencies.values_list("pk", flat=True)[:AT_ONCE]]
    return sum(ended)


@transaction.atomic
def _end_holding(pk: int, at: datetime) -> bool:
    rows = RoleHolding.objects.select_for_update(of=("self",)).select_related("account")
    row = rows.filter(pk=pk, ended_at=None).first()
    if row is None or row.until is None:
        return False
    row.ended_at, row.ended_by = row.until, CLERK
    row.save(update_fields=["ended_at", "ended_by"])
    facts = {"role": row.role, "until": row.until.isoformat()}
    journal.record(Event.ROLE_TAKEN, subject=str(row.account), actor=CLERK, at=at, facts=facts)
    return True


@transaction.atomic
def _end_emergency(pk: int, at: datetime) -> bool:
    rows = EmergencyAccess.objects.select_for_update(of=("self",)).select_related("account")
    row = rows.filter(pk=pk, ended_at=None).first()
    if row is None:
        return False
    row.ended_at = row.ends_at
    row.save(update_fields=["ended_at"])
    access_mails.tell_emergency(row, GUICHET, at, ended=True)
    journal.record(
        Event.EMERGENCY_ENDED,
        subject=str(row.account),
        actor=CLERK,
        at=at,
        facts={"role": row.role},
    )
    return True
