"""Sending what the outbox holds: leases, exponential backoff, a last try.

An e-mail is handed over at least once: a worker that dies between the server's answer and the
commit leaves a lease that lapses, and the next one sends it again under the same Message-ID.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import translation

from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.notifications import bounces, enclosures
from guichet.notifications.lengths import ERROR_AT_MOST
from guichet.notifications.models import MailState, OutboxMail
from guichet.notifications.transports import (
    MessageDelayed,
    MessageRejected,
    Transport,
    TransportUnavailable,
    open_transport,
    refused_of,
)
from guichet.web import environments

LEASE: Final = timedelta(minutes=10)
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=6)
ATTEMPTS_AT_MOST: Final = 14


def deliver_due(at: datetime, limit: int = 50) -> int:
    """Send at most `limit` e-mails whose time has come; returns how many left.

    When the way out itself is closed, the first e-mail is put back and the others are not tried.
    """
    if not _due(at).exists():
        return 0
    try:
        with open_transport(settings.GUICHET.email_url) as transport:
            return _deliver(transport, at, limit)
    except TransportUnavailable as closed:
        row = _take(at)
        if row is not None:
            _put_back(row, str(closed), at)
        return 0


def pause_after(attempts: int) -> timedelta:
    """How long to wait after that many tries: 30 s doubled each time, six hours at most."""
    doubled: timedelta = FIRST_PAUSE * 2 ** (attempts - 1)
    return min(doubled, LONGEST_PAUSE)


def _deliver(transport: Transport, at: datetime, limit: int) -> int:
    sent = 0
    for _turn in range(limit):
        row = _take(at)
        if row is None:
            break
        try:
            remark = transport.send(message_of(row))
        except MessageRejected as refusal:
            _give_up(row, str(refusal), at, bounced=row.to)
        except MessageDelayed as delay:
            _put_back(row, str(delay), at, bounced=row.to)
        except enclosures.EnclosureUnmadeError as fault:
            _put_back(row, str(fault), at)
        except TransportUnavailable as closed:
            _put_back(row, str(closed), at)
            break
        else:
            _sent(row, remark, at)
            sent += 1
    return sent


def message_of(row: OutboxMail) -> EmailMessage:
    """The message as it leaves (RFC 5322; RFC 3834 §5 marks it as automatic; RFC 8058 §3.1)."""
    sender = settings.GUICHET.email_from
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = ", ".join(row.to)
    message["Subject"] = environments.subject(row.subject)
    message["Date"] = row.created_at
    message["Message-ID"] = f"<{row.key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = row.language
    if row.unsubscribe:
        message["List-Unsubscribe"] = f"<{row.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_text_of(row), cte="quoted-printable")
    for enclosure in filter(None, map(enclosures.make, row.encloses)):
        main, _, kind = enclosure.media_type.partition("/")
        message.add_attachment(
            enclosure.content, maintype=main, subtype=kind, filename=enclosure.name
        )
    return message


def _text_of(row: OutboxMail) -> str:
    """The text, and what TEST adds to it in the e-mail's language."""
    with translation.override(row.language):
        added = environments.postscript()
    return f"{row.text}\n{added}\n" if added else row.text


def _due(at: datetime) -> QuerySet[OutboxMail]:
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    return OutboxMail.objects.filter(free, state=MailState.PENDING, next_try_at__lte=at)


def _take(at: datetime) -> OutboxMail | None:
    """Lease the e-mail that has waited longest; several workers never take the same one."""
    with transaction.atomic():
        due = _due(at).order_by("next_try_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        row = due.first()
        if row is not None:
            row.lease_until = at + LEASE
            row.attempts += 1
            row.save(update_fields=["lease_until", "attempts"])
        return row


def _settle(row: OutboxMail, **changes: object) -> bool:
    """Write the outcome, unless another worker took the e-mail after our lease lapsed."""
    ours = OutboxMail.objects.filter(pk=row.pk, lease_until=row.lease_until)
    return ours.update(lease_until=None, **changes) == 1


@transaction.atomic
def _sent(row: OutboxMail, remark: str, at: datetime) -> None:
    """Accepted, though perhaps not for every recipient."""
    if _settle(row, state=MailState.SENT, sent_at=at, last_error=remark[:ERROR_AT_MOST]):
        bounces.tell(row.about, refused_of(remark), row.created_at, at)


def _put_back(row: OutboxMail, why: str, at: datetime, bounced: Sequence[str] = ()) -> None:
    if row.attempts >= ATTEMPTS_AT_MOST:
        _give_up(row, why, at, bounced)
        return
    _settle(row, next_try_at=at + pause_after(row.attempts), last_error=why[:ERROR_AT_MOST])


@transaction.atomic
def _give_up(row: OutboxMail, why: str, at: datetime, bounced: Sequence[str] = ()) -> None:
    """Abandon an e-mail; `bounced` are the addresses whose fault it is, if any."""
    if _settle(row, state=MailState.FAILED, last_error=why[:ERROR_AT_MOST]):
        # Listeners first: what they lock comes before the journal.
        bounces.tell(row.about, bounced, row.created_at, at)
        journal.record(
            Event.MAIL_ABANDONED,
            subject=row.about,
            actor="clerk",
            at=at,
            facts={"mail": str(row.key), "attempts": row.attempts, "error": why[:ERROR_AT_MOST]},
        )
