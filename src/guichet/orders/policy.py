"""What an operator may change about orders (Django setting GUICHET_ORDERS, an OrderPolicy)."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPolicy:
    """Delays and limits."""

    withdrawal_delay: timedelta = timedelta(days=60)
    code_tries: int = 5
    code_pause: timedelta = timedelta(minutes=15)

    def __post_init__(self) -> None:
        if not timedelta(days=1) <= self.withdrawal_delay <= timedelta(days=366):
            raise ValueError("withdrawal_delay: between 1 and 366 days")
        if not 1 <= self.code_tries <= 20:
            raise ValueError("code_tries: between 1 and 20")


def policy() -> OrderPolicy:
    """The operator's policy, or the defaults."""
    found = getattr(settings, "GUICHET_ORDERS", None)
    return found if isinstance(found, OrderPolicy) else OrderPolicy()
