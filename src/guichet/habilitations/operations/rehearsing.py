"""What an act would do, found by doing it in a transaction that is rolled back.

Nothing is foretold by a second set of rules: the rights, the mails and the refusals shown before
a decision are those of the very operation that will be run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from guichet.habilitations import mails
from guichet.habilitations.models import Right
from guichet.notifications import queries as notifications
from guichet.notifications.queries import WrittenMail


@dataclass(frozen=True, slots=True, kw_only=True)
class RightSeen:
    """A right as it stands before or after an act."""

    key: str
    card_number: str
    structure: str
    offer: str
    usages: tuple[str, ...]
    names: tuple[str, ...]
    last_day: date | None
    is_suspended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """Rights opened (each with the one it takes the place of), closed, suspended; mails sent."""

    opened: tuple[tuple[RightSeen, RightSeen | None], ...]
    closed: tuple[RightSeen, ...]
    suspended: tuple[RightSeen, ...]
    mails: tuple[WrittenMail, ...]


def rehearse(
    number: int, cards: frozenset[str], at: datetime, act: Callable[[], object]
) -> Consequences:
    """Run `act`, look at what it did to a dossier and to the rights of `cards`, undo it all.

    Whatever the act refuses is raised as it would be.
    """
    with transaction.atomic():
        before, written = _rights(number, cards, at), _mails(number)
        act()
        after, told = _rights(number, cards, at), _mails(number)
        transaction.set_rollback(True)
    return _compared(before, after, tuple(told[key] for key in told if key not in written))


def _compared(
    before: dict[str, RightSeen], after: dict[str, RightSeen], told: tuple[WrittenMail, ...]
) -> Consequences:
    gone = {key: right for key, right in before.items() if key not in after}
    places = {(right.card_number, right.structure, right.offer): right for right in gone.values()}
    opened = tuple(
        (right, places.pop((right.card_number, right.structure, right.offer), None))
        for key, right in after.items()
        if key not in before
    )
    suspended = tuple(
        right
        for key, right in after.items()
        if right.is_suspended and key in before and not before[key].is_suspended
    )
    return Consequences(
        opened=opened, closed=tuple(places.values()), suspended=suspended, mails=told
    )


def _rights(number: int, cards: frozenset[str], at: datetime) -> dict[str, RightSeen]:
    """The open rights of these cards, and those that the dossier gave to others."""
    is_open = Q(starts_at__lte=at) & (Q(ends_at=None) | Q(ends_at__gt=at))
    concerned = Q(card_number__in=cards) | Q(origin=mails.about(number))
    rows = Right.objects.filter(is_open & concerned).select_related("structure").order_by("pk")
    return {str(row.key): _seen(row) for row in rows}


def _seen(row: Right) -> RightSeen:
    return RightSeen(
        key=str(row.key),
        card_number=row.card_number,
        structure=row.structure.national_id,
        offer=row.offer,
        usages=tuple(row.usages),
        names=(*row.domains, *row.servers, *(f"@{name}" for name in row.mail_domains)),
        last_day=_last_day(row),
        is_suspended=row.suspended_at is not None,
    )


def _last_day(row: Right) -> date | None:
    """Rights end at the first instant after a card's last day (UTC midnight)."""
    return (row.ends_at.astimezone(UTC) - timedelta(microseconds=1)).date() if row.ends_at else None


def _mails(number: int) -> dict[object, WrittenMail]:
    return {mail.key: mail for mail in notifications.about(mails.about(number))}
