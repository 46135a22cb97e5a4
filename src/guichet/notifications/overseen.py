"""E-mails that do not leave, as those who run the counter see them: never their text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from guichet.notifications.models import MailState, OutboxMail

SHOWN: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An e-mail that waits or was given up: what it tells of, and why it did not leave."""

    about: str
    state: str
    created_at: datetime
    attempts: int
    error: str


def held() -> tuple[Held, ...]:
    """Those given up, the newest first, then those that wait, the oldest first; SHOWN of each."""
    rows = OutboxMail.objects.only("about", "state", "created_at", "attempts", "last_error")
    given_up = rows.filter(state=MailState.FAILED).order_by("-created_at")[:SHOWN]
    waiting = rows.filter(state=MailState.PENDING).order_by("created_at")[:SHOWN]
    return tuple(
        Held(
            about=row.about,
            state=row.state,
            created_at=row.created_at,
            attempts=row.attempts,
            error=row.last_error,
        )
        for row in (*given_up, *waiting)
    )
