"""The roles that an account is registered with, told as those that are asked for."""

from datetime import datetime

from guichet.domain.duties import STAFF
from guichet.identities.models import Account, RoleHolding


def note_first_holdings(account: Account, by: str, at: datetime) -> None:
    """Keep since when and by whom, within the caller's transaction."""
    RoleHolding.objects.bulk_create(
        RoleHolding(account=account, role=role, since=at, given_by=by, approved_by=by)
        for role in sorted(STAFF.intersection(account.roles))
    )
