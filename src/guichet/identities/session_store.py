"""Sessions in the database, as Django's own: only that reading one costs less (SESSION_ENGINE)."""

from typing import Final

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from guichet.database.prepared import Given, Prepared

_OPEN: Final = Prepared(
    lambda: Session.objects.filter(
        session_key=Given(0, CharField()), expire_date__gt=Given(1, DateTimeField())
    )
)


class SessionStore(db.SessionStore):
    """What each request reads is asked by a prepared query."""

    def _get_session_from_db(self) -> Session | None:
        """The session of this key; none once it has ended, whose key is not used again."""
        found = _OPEN.first(self.session_key, timezone.now())
        if found is None:
            self._session_key = None
        return found
