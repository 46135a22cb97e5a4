"""Secret links by which a calendar program follows what expires: shown once, ended at any time."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import tokens
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders.models import CalendarLink
from guichet.orders.visibility import reach

LINKS_AT_MOST = 10


@transaction.atomic
def make(*, structure_id: str, language: str, by: Actor, at: datetime) -> str:
    """A link for one structure, or for all that the actor sees; its token, which is not kept.

    Past LINKS_AT_MOST the oldest one ends. Raises Refusal(STRUCTURE_UNKNOWN).
    """
    if structure_id and structure_id not in reach(by, at).structure_ids:
        raise Refusal(Code.STRUCTURE_UNKNOWN, structure=structure_id[:20])
    token, digest = tokens.fresh()
    row = CalendarLink.objects.create(
        token_sha256=digest,
        account_id=by.account_id,
        card_number=by.card_number or "",
        actor_ref=by.ref,
        structure_id=structure_id,
        language=language,
        created_at=at,
    )
    open_ones = CalendarLink.objects.filter(account_id=by.account_id, ended_at=None)
    for old in open_ones.order_by("-pk")[LINKS_AT_MOST:]:
        _end(old, by, at)
    facts = {"structure": structure_id or "all"}
    journal.record(
        Event.CALENDAR_LINK_MADE, subject=f"calendar:{row.key}", actor=by.ref, at=at, facts=facts
    )
    return token


@transaction.atomic
def end(*, key: UUID, by: Actor, at: datetime) -> None:
    """End one's own link: whoever follows it reads nothing more. Raises CALENDAR_LINK_UNKNOWN."""
    row = CalendarLink.objects.filter(key=key, account_id=by.account_id).first()
    if row is None:
        raise Refusal(Code.CALENDAR_LINK_UNKNOWN)
    if row.ended_at is None:
        _end(row, by, at)


def links_of(actor: Actor) -> tuple[CalendarLink, ...]:
    """The open links of somebody, the newest first."""
    rows = CalendarLink.objects.filter(account_id=actor.account_id, ended_at=None)
    return tuple(rows.order_by("-pk"))


def _end(row: CalendarLink, by: Actor, at: datetime) -> None:
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    journal.record(Event.CALENDAR_LINK_ENDED, subject=f"calendar:{row.key}", actor=by.ref, at=at)
