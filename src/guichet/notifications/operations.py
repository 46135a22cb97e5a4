"""Writing e-mails into the outbox, in the transaction of the change they tell of."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction

from guichet.notifications.mails import Mail, Rendered, render
from guichet.notifications.models import OutboxMail
from guichet.notifications.wording import in_force

__all__ = ["Mail", "enqueue", "enqueue_all", "forget"]


@transaction.atomic
def enqueue(*, mail: Mail, at: datetime, rendered: Rendered | None = None) -> UUID:
    """Store the e-mail, rendered unless that is told; it leaves when the transaction is committed.

    A second request with the same `dedupe_key` changes nothing. Returns the e-mail's key.
    Raises ValueError when the template has no subject line, TemplateDoesNotExist when absent.
    """
    row, _created = OutboxMail.objects.get_or_create(
        dedupe_key=mail.dedupe_key, defaults=_written(mail, at, rendered or render(mail))
    )
    return row.key


def enqueue_all(*, mails: Iterable[Mail], at: datetime) -> None:
    """Store several e-mails together, each as `enqueue` does; none when one cannot be.

    What staff wrote of an e-mail is read once for all that have its text. Raises as `enqueue`.
    """
    reader = cache(in_force.read)
    rows = [
        OutboxMail(dedupe_key=mail.dedupe_key, **_written(mail, at, render(mail, reader)))
        for mail in mails
    ]
    OutboxMail.objects.bulk_create(rows, ignore_conflicts=True)


def _written(mail: Mail, at: datetime, rendered: Rendered) -> dict[str, Any]:
    return {
        "to": list(dict.fromkeys(mail.to)),
        "subject": rendered.subject,
        "text": rendered.text,
        "language": mail.language,
        "about": mail.about,
        "encloses": list(mail.encloses),
        "unsubscribe": mail.unsubscribe,
        "created_at": at,
        "next_try_at": at,
    }


@transaction.atomic
def forget(*, about: str) -> int:
    """Delete every e-mail that tells of something whose data must go; returns how many."""
    gone, _by_model = OutboxMail.objects.filter(about=about).delete()
    return gone
