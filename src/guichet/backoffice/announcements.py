"""Announcements: written and withdrawn by staff, and those to show now."""

import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, transaction
from django.db.models import Q

from guichet.backoffice.models import AnnouncementRow
from guichet.domain.announcements import Announcement, Audience, Level, Scope, require_times
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event

KEPT_SECONDS: Final = 5.0
AHEAD: Final = timedelta(minutes=1)
LISTED: Final = 100
PAST_SHOWN: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """An announcement as it is typed."""

    level: Level
    audience: Audience
    scope: Scope
    title_fr: str
    title_en: str
    text_fr: str
    text_en: str
    starts_at: datetime
    ends_at: datetime | None


class Board:
    """The announcements whose time is near, asked for once every few seconds in each process."""

    def __init__(self) -> None:
        self._kept: tuple[float, tuple[Announcement, ...]] = (0.0, ())

    def current(self, at: datetime) -> tuple[Announcement, ...]:
        """Those to show now; the last known ones while the database is away."""
        until, found = self._kept
        now = time.monotonic()
        if now >= until:
            try:
                found = _near(at)
            except (DatabaseError, ImproperlyConfigured):  # the bench has no database at all
                return tuple(one for one in found if one.is_shown(at))
            self.keep(found, KEPT_SECONDS)
        return tuple(one for one in found if one.is_shown(at))

    def keep(self, found: tuple[Announcement, ...], seconds: float) -> None:
        """Show these for a while, without asking."""
        self._kept = (time.monotonic() + seconds, found)


BOARD: Final = Board()


@transaction.atomic
def write(
    *, wording: Wording, by: Actor, at: datetime, number: int | None = None, seen: int = 0
) -> int:
    """Announce something, or change what announcement `number` says; returns its number.

    `seen` is the revision that was read, 0 when it does not matter. Raises Refusal: TEXT_UNKNOWN,
    DATES_REVERSED, DATE_PAST, ANNOUNCEMENT_CHANGED, MOVE_FORBIDDEN when withdrawn.
    """
    require_times(wording.starts_at, wording.ends_at, at)
    if number is None:
        row = AnnouncementRow(author_label=by.label[:200], written_at=at)
        event = Event.ANNOUNCEMENT_WRITTEN
    else:
        row, event = _standing(number), Event.ANNOUNCEMENT_CHANGED
        if seen not in {0, row.revision}:
            raise Refusal(Code.ANNOUNCEMENT_CHANGED)
        row.revision += 1
    for name, value in asdict(wording).items():
        setattr(row, name, value)
    row.save()
    _record(event, row, by, at)
    return row.pk


@transaction.atomic
def withdraw(*, number: int, by: Actor, at: datetime) -> None:
    """Show an announcement no more. Raises Refusal: TEXT_UNKNOWN, MOVE_FORBIDDEN."""
    row = _standing(number)
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    _record(Event.ANNOUNCEMENT_WITHDRAWN, row, by, at)


def find(number: int) -> Announcement:
    """One announcement. Raises Refusal(TEXT_UNKNOWN)."""
    row = AnnouncementRow.objects.filter(pk=number).first()
    if row is None:
        raise Refusal(Code.TEXT_UNKNOWN)
    return _facts(row)


def listed() -> tuple[Announcement, ...]:
    """The last announcements, for those who write them."""
    rows = AnnouncementRow.objects.order_by("-starts_at", "-pk")[:LISTED]
    return tuple(map(_facts, rows))


def public(at: datetime, audiences: frozenset[Audience]) -> tuple[Announcement, ...]:
    """What was or is announced to these audiences these last months, last first."""
    rows = AnnouncementRow.objects.filter(
        starts_at__lte=at,
        starts_at__gte=at - PAST_SHOWN,
        audience__in=[one.value for one in audiences],
    )
    return tuple(map(_facts, rows.order_by("-starts_at", "-pk")[:LISTED]))


def _near(at: datetime) -> tuple[Announcement, ...]:
    open_ones = Q(ends_at=None) | Q(ends_at__gt=at)
    rows = AnnouncementRow.objects.filter(open_ones, withdrawn_at=None, starts_at__lte=at + AHEAD)
    return tuple(map(_facts, rows.order_by("starts_at", "pk")[:LISTED]))


def _standing(number: int) -> AnnouncementRow:
    row = AnnouncementRow.objects.select_for_update().filter(pk=number).first()
    if row is None:
        raise Refusal(Code.TEXT_UNKNOWN)
    if row.withdrawn_at is not None:
        raise Refusal(Code.MOVE_FORBIDDEN, state="withdrawn", act="change")
    return row


def _facts(row: AnnouncementRow) -> Announcement:
    return Announcement(
        number=row.pk,
        revision=row.revision,
        level=Level(row.level),
        audience=Audience(row.audience),
        scope=Scope(row.scope),
        title_fr=row.title_fr,
        title_en=row.title_en,
        text_fr=row.text_fr,
        text_en=row.text_en,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        withdrawn_at=row.withdrawn_at,
        author=row.author_label,
        written_at=row.written_at,
    )


def _record(event: Event, row: AnnouncementRow, by: Actor, at: datetime) -> None:
    BOARD.keep((), 0.0)
    facts: dict[str, str | int | None] = {
        "revision": row.revision,
        "level": row.level,
        "audience": row.audience,
        "title": row.title_fr,
    }
    journal.record(event, subject=str(row), actor=by.ref, at=at, facts=facts)
