"""The sessions of an account, kept so that one of them can be ended from another."""

from datetime import datetime
from typing import Final

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef

from guichet.domain.refusals import Code, Refusal
from guichet.identities.models import Account, OpenSession
from guichet.journal import operations as journal
from guichet.journal.events import Event

BY_HAND: Final = "ended-by-hand"


@transaction.atomic
def keep_open_session(
    *, account: Account, session_key: str, browser: str, by: str, at: datetime
) -> None:
    """Remember a session that a login opened, and forget those of the account that ended."""
    still = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=at)
    account.sessions.exclude(Exists(still)).delete()
    OpenSession.objects.create(
        account=account, session_key=session_key, browser=browser, by=by, opened_at=at
    )


@transaction.atomic
def rename_open_session(*, before: str, after: str) -> None:
    """The key of a session changed, as it does with the password."""
    OpenSession.objects.filter(session_key=before).update(session_key=after)


@transaction.atomic
def end_session(*, session_id: int, account_id: int, by: str, at: datetime) -> None:
    """End a session of this account, wherever it is. Raises Refusal ACCESS_UNKNOWN."""
    rows = OpenSession.objects.select_for_update(of=("self",)).select_related("account")
    row = rows.filter(pk=session_id, account_id=account_id).first()
    if row is None:
        raise Refusal(Code.ACCESS_UNKNOWN)
    Session.objects.filter(session_key=row.session_key).delete()
    subject = str(row.account)
    row.delete()
    facts = {"why": BY_HAND}
    journal.record(Event.SESSION_ENDED, subject=subject, actor=by, at=at, facts=facts)
