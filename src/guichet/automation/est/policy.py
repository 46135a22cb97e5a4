"""What an operator may change about EST (Django setting GUICHET_EST, an EstPolicy)."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class EstPolicy:
    """How long a request waits for its certificate before it is told to come back.

    At most `waiters` requests wait at once in a process, `wait` each; others come back at once,
    after `retry_after`.
    """

    wait: timedelta = timedelta(seconds=5)
    waiters: int = 3
    retry_after: timedelta = timedelta(seconds=5)

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.wait <= timedelta(seconds=20):
            raise ValueError("wait: between 0 and 20 seconds")
        if not 0 <= self.waiters <= 32:
            raise ValueError("waiters: between 0 and 32")
        if not timedelta(seconds=1) <= self.retry_after <= timedelta(hours=1):
            raise ValueError("retry_after: between a second and an hour")


def policy() -> EstPolicy:
    """The policy in force: the operator's, else that of guichet.conf.settings."""
    return settings.GUICHET_EST
