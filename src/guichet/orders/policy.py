"""What an operator may change about orders (Django setting GUICHET_ORDERS, an OrderPolicy)."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPolicy:
    """Delays and limits.

    Renewals open `renewal_opens` before the end of a product. `reminder_days` before it its
    contacts are told, and from `escalation_days` on, when no renewal is under way, the structure's
    representatives too. A key serves again at a renewal while it is not older than `key_life`.
    """

    withdrawal_delay: timedelta = timedelta(days=60)
    code_tries: int = 5
    code_pause: timedelta = timedelta(minutes=15)
    renewal_opens: timedelta = timedelta(days=90)
    reminder_days: tuple[int, ...] = (90, 60, 30, 15, 7, 1)
    escalation_days: int = 15
    withdrawal_reminder: timedelta = timedelta(days=7)
    key_life: timedelta = timedelta(days=3 * 366)
    contacts_at_most: int = 10

    def __post_init__(self) -> None:
        if not timedelta(days=1) <= self.withdrawal_delay <= timedelta(days=366):
            raise ValueError("withdrawal_delay: between 1 and 366 days")
        if not 1 <= self.code_tries <= 20:
            raise ValueError("code_tries: between 1 and 20")
        if not timedelta(days=1) <= self.renewal_opens <= timedelta(days=3 * 366):
            raise ValueError("renewal_opens: between 1 and 1098 days")
        if not self.reminder_days or not all(1 <= days <= 366 for days in self.reminder_days):
            raise ValueError("reminder_days: at least one, each between 1 and 366")
        if not 2 <= self.contacts_at_most <= 50:
            raise ValueError("contacts_at_most: between 2 and 50")
        for name in ("code_pause", "withdrawal_reminder", "key_life"):
            if getattr(self, name) < timedelta(0):
                raise ValueError(f"{name}: not negative")
        if self.escalation_days < 0:
            raise ValueError("escalation_days: not negative")


def policy() -> OrderPolicy:
    """The policy in force: the operator's, else that of guichet.conf.settings."""
    return settings.GUICHET_ORDERS
