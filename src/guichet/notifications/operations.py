"""Writing an e-mail into the outbox, in the transaction of the change it tells of."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from guichet.notifications.mails import Mail, render
from guichet.notifications.models import OutboxMail

__all__ = ["Mail", "enqueue", "forget"]


@transaction.atomic
def enqueue(*, mail: Mail, at: datetime) -> UUID:
    """Store the rendered e-mail; it leaves when the caller's transaction is committed.

    A second request with the same `dedupe_key` changes nothing. Returns the e-mail's key.
    Raises ValueError when the template has no subject line, TemplateDoesNotExist when absent.
    """
    rendered = render(mail)
    row, _created = OutboxMail.objects.get_or_create(
        dedupe_key=mail.dedupe_key,
        defaults={
            "to": list(dict.fromkeys(mail.to)),
            "subject": rendered.subject,
            "text": rendered.text,
            "language": mail.language,
            "about": mail.about,
            "encloses": list(mail.encloses),
            "unsubscribe": mail.unsubscribe,
            "created_at": at,
            "next_try_at": at,
        },
    )
    return row.key


@transaction.atomic
def forget(*, about: str) -> int:
    """Delete every e-mail that tells of something whose data must go; returns how many."""
    gone, _by_model = OutboxMail.objects.filter(about=about).delete()
    return gone
