"""What happens to open rights: suspended, resumed, narrowed, ended; departures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.db import transaction
from django.db.models import Q

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import rights_mails, stewardship
from guichet.habilitations.locks import rights_to_change
from guichet.habilitations.models import Right, Structure
from guichet.habilitations.operations import delegating, rights
from guichet.habilitations.operations.rights import RightAsked
from guichet.habilitations.queries import people
from guichet.habilitations.rights_mails import Occasion
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event

LIMITS: Final = ("domains", "servers", "mail_domains")
Change = Literal["suspended", "resumed", "narrowed", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a narrowed right keeps; what the right did not have is ignored."""

    usages: frozenset[Usage]
    domains: frozenset[str] = frozenset()
    servers: frozenset[str] = frozenset()
    mail_domains: frozenset[str] = frozenset()


@transaction.atomic
def suspend(*, key: str, because: str, by: Actor, at: datetime) -> None:
    """Take a right's effect away for a while. Safe to repeat: the first reason stays.

    Raises Refusal: RIGHT_UNKNOWN, RIGHT_STATE, REASON_MISSING, ROLE_MISSING.
    """
    row, found = stewardship.lock_right(key, by)
    was_suspended = row.suspended_at is not None
    rights.suspend_right(key=key, because=because, by=by.ref, at=at, by_staff=found.is_staff)
    if not was_suspended:
        _tell("suspended", [row], because, by, at)


@transaction.atomic
def resume(*, key: str, because: str, by: Actor, at: datetime) -> None:
    """Give a suspended right its effect back. Safe to repeat.

    What an instructor suspended, an instructor resumes; nobody does so for their own card.
    Raises Refusal: RIGHT_UNKNOWN, RIGHT_STATE, RIGHT_SUSPENDED_BY_STAFF, OWN_DOSSIER.
    """
    row, found = stewardship.lock_right(key, by)
    if row.suspended_by_staff and not found.is_staff:
        raise Refusal(Code.RIGHT_SUSPENDED_BY_STAFF)
    if found.is_staff and row.card_number in people.own_cards(by):
        raise Refusal(Code.OWN_DOSSIER)
    was_suspended = row.suspended_at is not None
    rights.resume_right(key=key, by=by.ref, at=at)
    if was_suspended:
        _tell("resumed", [row], because, by, at)


@transaction.atomic
def narrow(*, key: str, kept: Kept, because: str, by: Actor, at: datetime) -> str:
    """Close a right and open a narrower one in its place; returns the new right's identifier.

    Raises Refusal: RIGHT_UNKNOWN, RIGHT_STATE, REASON_MISSING, RIGHT_UNCHANGED (nothing taken
    away), FIELD_MISSING (nothing left: end the right).
    """
    row, _found = stewardship.lock_right(key, by)
    _require(row, because, at)
    asked = _narrowed(row, kept, at)
    _require_narrower(row, asked)
    rights.close_row(row, by=by.ref, at=at, because=because)
    successor = rights.grant_right(asked=asked, by=by.ref, at=at)
    _hand_on(row, successor)
    facts = {"right": str(row.key), "card": row.card_number, "successor": successor}
    subject = rights_mails.about(row.structure.national_id)
    journal.record(Event.RIGHT_NARROWED, subject=subject, actor=by.ref, at=at, facts=facts)
    _tell(
        "narrowed", [Right.objects.select_related("structure").get(key=successor)], because, by, at
    )
    return successor


@transaction.atomic
def end(*, key: str, because: str, by: Actor, at: datetime) -> None:
    """End a right now and for good.

    Raises Refusal: RIGHT_UNKNOWN, RIGHT_STATE (ended already), REASON_MISSING.
    """
    row, _found = stewardship.lock_right(key, by)
    _require(row, because, at)
    rights.close_row(row, by=by.ref, at=at, because=because)
    _tell("ended", [row], because, by, at)


@transaction.atomic
def administrator_leaves(
    *, national_id: str, card_number: str, because: str, by: Actor, at: datetime
) -> int:
    """End every right of one card for one structure; returns how many there were.

    Raises Refusal: STRUCTURE_UNKNOWN, RIGHT_UNKNOWN (none is open), REASON_MISSING, ROLE_MISSING.
    """
    found = stewardship.act(national_id, by)
    rows = [row for row in _open(found.structure, at) if row.card_number == card_number]
    return _end_all(rows, because, by, at)


@transaction.atomic
def structure_leaves(*, national_id: str, because: str, by: Actor, at: datetime) -> int:
    """End every right for a structure that leaves, and its delegations (instructors alone).

    Raises Refusal: STRUCTURE_UNKNOWN, RIGHT_UNKNOWN (none is open), REASON_MISSING, ROLE_MISSING.
    """
    found = stewardship.act(national_id, by)
    if not found.is_staff:
        raise Refusal(Code.ROLE_MISSING)
    given = delegating.in_force(found.structure, at)
    ended = _end_all(_open(found.structure, at), because, by, at)
    delegating.end_all(given, by=by, at=at)
    return ended


def _end_all(rows: Sequence[Right], because: str, by: Actor, at: datetime) -> int:
    if not because.strip():
        raise Refusal(Code.REASON_MISSING, field="because")
    if not rows:
        raise Refusal(Code.RIGHT_UNKNOWN)
    for row in rows:
        rights.close_row(row, by=by.ref, at=at, because=because)
    for card in dict.fromkeys(row.card_number for row in rows):
        _tell("ended", [row for row in rows if row.card_number == card], because, by, at)
    return len(rows)


def _require(row: Right, because: str, at: datetime) -> None:
    if row.ends_at is not None and row.ends_at <= at:
        raise Refusal(Code.RIGHT_STATE)
    if not because.strip():
        raise Refusal(Code.REASON_MISSING, field="because")


def _narrowed(row: Right, kept: Kept, at: datetime) -> RightAsked:
    return RightAsked(
        card_number=row.card_number,
        structure_id=row.structure.national_id,
        offer=Offer(row.offer),
        usages=frozenset(map(Usage, row.usages)) & kept.usages,
        domains=tuple(name for name in row.domains if name in kept.domains),
        servers=tuple(name for name in row.servers if name in kept.servers),
        mail_domains=tuple(name for name in row.mail_domains if name in kept.mail_domains),
        origin=row.origin,
        stands_on=row.stands_on,
        delegation_id=row.delegation_id,
        starts_at=max(at, row.starts_at),
        ends_at=row.ends_at,
    )


def _require_narrower(row: Right, asked: RightAsked) -> None:
    if not asked.usages:
        raise Refusal(Code.FIELD_MISSING, field="usages")
    limits_stay = all(len(getattr(row, name)) == len(getattr(asked, name)) for name in LIMITS)
    if limits_stay and len(row.usages) == len(asked.usages):
        raise Refusal(Code.RIGHT_UNCHANGED, field="usages")


def _hand_on(row: Right, successor: str) -> None:
    """The new right takes the old one's place, suspended if the old one was."""
    heir = Right.objects.get(key=successor)
    heir.suspended_at, heir.suspension = row.suspended_at, row.suspension
    heir.suspended_by_staff = row.suspended_by_staff
    heir.save(update_fields=["suspended_at", "suspension", "suspended_by_staff"])
    row.successor = heir
    row.save(update_fields=["successor"])


def _open(structure: Structure, at: datetime) -> list[Right]:
    is_open = Q(ends_at=None) | Q(ends_at__gt=at)
    rows = rights_to_change().filter(is_open, structure=structure)
    return sorted(rows, key=lambda row: (row.card_number, row.offer))


def _tell(change: Change, rows: Sequence[Right], because: str, by: Actor, at: datetime) -> None:
    """One card's rights, all of one structure: to its holder and to the representatives."""
    first = rows[0]
    holder = people.holders_of(rows)[first.card_number]
    occasion = Occasion(
        template="right-changed",
        structure=first.structure,
        key=f"{first.key}:{change}:{at.isoformat()}",
        at=at,
        context={
            "change": change,
            "holder": holder.name,
            "card_number": first.card_number,
            "rights": rows,
            "because": because.strip(),
            "by": by.label,
            "at": at,
        },
    )
    everybody = (holder, *people.representatives_of(first.structure))
    rights_mails.tell(everybody, occasion)
