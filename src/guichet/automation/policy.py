"""What an operator may change about the API (Django setting GUICHET_API, an ApiPolicy)."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPolicy:
    """Pace and delays.

    A credential makes at most `calls` in each `window`. Answers to calls that carry an
    Idempotency-Key are kept for `answers_kept`. An OAuth access token lives for `token_life`.
    """

    calls: int = 600
    window: timedelta = timedelta(minutes=1)
    answers_kept: timedelta = timedelta(hours=24)
    token_life: timedelta = timedelta(minutes=10)

    def __post_init__(self) -> None:
        if self.calls < 1:
            raise ValueError("calls: at least 1")
        if not timedelta(seconds=1) <= self.window <= timedelta(days=1):
            raise ValueError("window: between a second and a day")
        if self.answers_kept < timedelta(minutes=1):
            raise ValueError("answers_kept: at least a minute")
        if not timedelta(minutes=1) <= self.token_life <= timedelta(hours=1):
            raise ValueError("token_life: between a minute and an hour")


def policy() -> ApiPolicy:
    """The policy in force: the operator's, else that of guichet.conf.settings."""
    return settings.GUICHET_API
