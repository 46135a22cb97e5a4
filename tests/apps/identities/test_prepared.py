"""Queries that are worded once read what Django's own read."""

from datetime import timedelta
from typing import Any, Final

import pytest
from django.contrib.sessions.backends import db
from django.db import connection
from django.db.models import BooleanField, CharField, DateTimeField
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guichet.database.prepared import Given, Prepared
from guichet.identities.models import Account, Card
from guichet.identities.session_store import SessionStore

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NAMED: Final = Prepared(
    lambda: Account.objects.filter(
        display_name__gte=Given(0, CharField()),
        created_at__lte=Given(1, DateTimeField()),
        is_active=Given(2, BooleanField()),
    ).order_by("-display_name")
)
HOLDERS: Final = Prepared(
    lambda: Card.objects.filter(holder_name=Given(0, CharField())).values_list(
        "account__public_id", "opened_at"
    )
)


def made(display_name: str, **told: Any) -> Account:
    """A stored account."""
    return Account.objects.create(display_name=display_name, created_at=timezone.now(), **told)


def whole(account: Account) -> dict[str, Any]:
    """Every column of a row."""
    return {field.attname: getattr(account, field.attname) for field in Account._meta.fields}


def test_rows_are_django_s_own() -> None:
    """Identifiers, instants, lists of values and what is absent."""
    for name in ("ANNE", "BRUNO", "CHLOÉ"):
        made(name, roles=["operator"], national_id=f"8{name}")
    made("DENIS", is_active=False)
    now = timezone.now()
    for since in ("A", "B", "Z"):
        expected = Account.objects.filter(display_name__gte=since, is_active=True)
        found = NAMED.all(since, now, True)
        assert list(map(whole, found)) == list(map(whole, expected.order_by("-display_name")))
        assert all(not account._state.adding for account in found)
    assert [one.display_name for one in NAMED.all("A", now, False)] == ["DENIS"]
    assert NAMED.all("A", now - timedelta(days=1), True) == []
    assert NAMED.first("Z", now, True) is None


def test_columns_of_rows_and_of_what_they_refer_to() -> None:
    account = made("ANNE")
    at = timezone.now()
    Card.objects.create(number="1", account=account, holder_name="ANNE", opened_at=at)
    assert HOLDERS.rows("ANNE") == [[account.public_id, at]]
    assert HOLDERS.rows("BRUNO") == []


def test_it_is_worded_once_and_asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many statements as before: what is kept is their words, never their answers."""
    now = timezone.now()
    NAMED.all("A", now, True)
    monkeypatch.setattr(NAMED, "_query", lambda: pytest.fail("worded again"))
    with CaptureQueriesContext(connection) as asked:
        assert NAMED.all("A", now, True) == []
        made("ANNE")
        assert len(NAMED.all("A", timezone.now(), True)) == 1
    assert len([one for one in asked.captured_queries if one["sql"].startswith("SELECT")]) == 2


def test_a_session_is_read_until_it_ends() -> None:
    """What Django's store reads of it, and nothing once it is over; its key is not used again."""
    kept = db.SessionStore()
    kept["what"] = "une valeur"
    kept.save()
    assert SessionStore(kept.session_key)["what"] == "une valeur"
    model = kept.model
    model.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    for store in (SessionStore, db.SessionStore):
        over = store(kept.session_key)
        assert (over.get("what"), over.session_key) == (None, None)
