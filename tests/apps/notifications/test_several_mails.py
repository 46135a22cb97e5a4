"""Several e-mails of one change: written together, each once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from guichet.notifications.mails import Mail
from guichet.notifications.models import OutboxMail
from guichet.notifications.operations import enqueue, enqueue_all

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Maker = Callable[..., Mail]
pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_they_are_written_in_as_many_statements_as_one(
    mail: Maker, django_assert_num_queries: Any
) -> None:
    """One that writes, however many there are; their rows are those that `enqueue` makes."""
    mails = [mail(dedupe_key=f"bulk:{n}", to=("a@b.fr", "a@b.fr")) for n in range(5)]
    with django_assert_num_queries(1):
        enqueue_all(mails=mails, at=AT)
    enqueue(mail=mail(dedupe_key="alone", to=("a@b.fr", "a@b.fr")), at=AT)
    fields = [field.name for field in OutboxMail._meta.fields]
    kept = [name for name in fields if name not in {"id", "key", "dedupe_key"}]
    rows = set(map(repr, OutboxMail.objects.values_list(*kept)))
    assert (OutboxMail.objects.count(), len(rows)) == (6, 1)
    assert OutboxMail.objects.values("key").distinct().count() == 6


def test_what_was_asked_before_stays_as_it_is(mail: Maker) -> None:
    """A second request changes nothing, whoever made the first, this one or another."""
    key = enqueue(mail=mail(), at=AT)
    later = mail(context={"number": 2, "service": "x"})
    enqueue_all(mails=[later, mail(dedupe_key="new"), mail(dedupe_key="new")], at=AT)
    assert OutboxMail.objects.count() == 2
    row = OutboxMail.objects.get(key=key)
    assert "101180" in row.subject


def test_nobody_to_write_to_is_no_fault(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        enqueue_all(mails=[], at=AT)


def test_none_is_written_when_one_cannot_be(mail: Maker) -> None:
    """A template without a subject line."""
    with pytest.raises(ValueError, match="first line"):
        enqueue_all(mails=[mail(), mail(template="sample/bare", dedupe_key="b")], at=AT)
    assert not OutboxMail.objects.exists()
