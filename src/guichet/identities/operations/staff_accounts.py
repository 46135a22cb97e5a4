"""What roles and emergencies share: the account they are about, and its entries of the journal."""

from datetime import datetime

from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.identities.models import Account, EmergencyAccess, RoleRequest
from guichet.journal import operations as journal
from guichet.journal.events import Event


def locked(account_id: int) -> Account:
    """An open account, locked until the transaction ends. Raises Refusal(ACCESS_UNKNOWN)."""
    rows = Account.objects.select_for_update(no_key=True).filter(is_active=True)
    found = rows.filter(pk=account_id).first()
    if found is None:
        raise Refusal(Code.ACCESS_UNKNOWN)
    return found


def note(
    event: Event, row: RoleRequest | EmergencyAccess, by: Actor, at: datetime, **facts: str | int
) -> None:
    """Keep in the journal, with the role, what somebody did about an account's role."""
    told = {"role": row.role, **facts}
    journal.record(event, subject=str(row.account), actor=by.ref, at=at, facts=told)
