"""What waits in a session is gone once the session is over."""

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from guichet.processes import clerk


def stored(days: int) -> str:
    """A session with something typed in it, which ends in so many days; its key."""
    session = SessionStore()
    session["web.typed"] = {"/produits/": [["service", ["a"]]]}
    session.set_expiry(timezone.now() + timedelta(days=days))
    session.save()
    return str(session.session_key)


def test_the_clerk_forgets_ended_sessions_and_no_other(db: None) -> None:
    ended, open_still = stored(-1), stored(1)
    clerk.forget_ended_sessions(timezone.now())
    assert not SessionStore().exists(ended)
    assert SessionStore().exists(open_still)


def test_it_is_part_of_every_round() -> None:
    assert clerk.forget_ended_sessions in clerk.STEPS
