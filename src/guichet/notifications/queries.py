"""What was written to whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.paginator import Page, Paginator

from guichet.notifications.models import MailState, OutboxMail
from guichet.web.listing import page_of

PAGE_SIZE: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenMail:
    """An e-mail of the outbox; `state` is a value of MailState."""

    key: UUID
    to: tuple[str, ...]
    subject: str
    text: str
    language: str
    about: str
    encloses: tuple[str, ...]
    state: str
    created_at: datetime
    sent_at: datetime | None


def about(subject: str) -> tuple[WrittenMail, ...]:
    """E-mails that tell of one thing ("order:101180"), oldest first."""
    rows = OutboxMail.objects.filter(about=subject).order_by("created_at", "pk")
    return tuple(_written(row) for row in rows)


def mail(key: UUID) -> WrittenMail | None:
    """One e-mail by its key."""
    row = OutboxMail.objects.filter(key=key).first()
    return _written(row) if row else None


def written_at(dedupe_key: str) -> datetime | None:
    """When the e-mail of this occasion was written; None when it never was."""
    row = OutboxMail.objects.filter(dedupe_key=dedupe_key).first()
    return row.created_at if row else None


def page(number: str | None) -> Page[WrittenMail]:
    """One page of the whole outbox, newest first; a number out of range gives the nearest page."""
    newest = OutboxMail.objects.order_by("-created_at", "-pk")
    return page_of(Paginator(newest, PAGE_SIZE), number, _written)


def waiting() -> int:
    """How many e-mails wait to be sent."""
    return OutboxMail.objects.filter(state=MailState.PENDING).count()


def oldest_waiting() -> datetime | None:
    """Since when the e-mail that has waited longest waits; None when none does."""
    rows = OutboxMail.objects.filter(state=MailState.PENDING).order_by("created_at")
    return rows.values_list("created_at", flat=True).first()


def _written(row: OutboxMail) -> WrittenMail:
    return WrittenMail(
        key=row.key,
        to=tuple(row.to),
        subject=row.subject,
        text=row.text,
        language=row.language,
        about=row.about,
        encloses=tuple(row.encloses),
        state=row.state,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )
