"""The steps shown to somebody new: a preference of their account, which no journal needs."""

from datetime import datetime

from guichet.identities.models import Account


def close_first_visit(*, account_id: int, at: datetime) -> None:
    """Show them no more; safe to repeat."""
    open_ones = Account.objects.filter(pk=account_id, first_visit_closed_at=None)
    open_ones.update(first_visit_closed_at=at)
