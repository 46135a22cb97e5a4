"""Writing a dossier with others, and handing it over: by links that serve once and expire."""

from datetime import datetime
from typing import Final

from django.db import transaction

from guichet.domain.dossier.permissions import Act, Standing
from guichet.domain.dossier.states import EDITABLE, DossierState
from guichet.domain.identifiers import EmailAddress
from guichet.domain.refusals import Code, Fact, Refusal
from guichet.domain.tries import seconds_to_wait
from guichet.habilitations import mails, tokens
from guichet.habilitations.models import Dossier, Participation
from guichet.habilitations.operations.noting import note
from guichet.habilitations.policy import policy
from guichet.habilitations.standing import lock, standing
from guichet.identities import queries as identities
from guichet.identities.actors import Actor
from guichet.journal.events import Event

AT_MOST: Final = 20
TEMPLATES: Final = {Participation.WRITE: "invitation", Participation.OWN: "transfer"}


@transaction.atomic
def invite(*, number: int, email: str, by: Actor, at: datetime) -> None:
    """Invite somebody to write with the owner: they read and write, and never deposit.

    Inviting the same address again sends a new link, and the one before serves no more.
    Raises Refusal: EMAIL_INVALID, TOO_MANY_TRIES, DOSSIER_*.
    """
    _offer(number, Participation.WRITE, email, by, at)


@transaction.atomic
def propose_transfer(*, number: int, email: str, by: Actor, at: datetime) -> None:
    """Offer the dossier to somebody, who becomes its owner on accepting; one offer at a time.

    Raises Refusal: EMAIL_INVALID, TOO_MANY_TRIES, DOSSIER_*.
    """
    _offer(number, Participation.OWN, email, by, at)


@transaction.atomic
def revoke(*, number: int, participation: int, by: Actor, at: datetime) -> None:
    """Take back an invitation, an offer or an access. Safe to repeat; possible in every state.

    Raises Refusal: DOSSIER_UNKNOWN, DOSSIER_ACT_FORBIDDEN for all but the owner.
    """
    row = _own(number, by)
    found = row.participations.filter(pk=participation, ended_at=None).first()
    if found is not None:
        _end(found, by, at)


@transaction.atomic
def leave(*, number: int, by: Actor, at: datetime) -> None:
    """Give up one's own access as a co-writer. Safe to repeat. Raises Refusal(DOSSIER_UNKNOWN)."""
    row = lock(number, by, Act.READ)
    for found in row.participations.filter(account_id__in=by.accounts, ended_at=None):
        _end(found, by, at)


@transaction.atomic
def accept(*, token: str, by: Actor, at: datetime) -> int:
    """Follow an invitation or accept a dossier; returns its number. A link serves once.

    Raises Refusal: INVITATION_INVALID, DOSSIER_FROZEN when a dossier can change hands no more.
    """
    found = waiting(token, at)
    row = Dossier.objects.select_for_update().get(pk=found.dossier_id)
    found = _locked(found, at)
    if row.owner_id in by.accounts:
        raise Refusal(Code.INVITATION_INVALID)
    if found.kind == Participation.OWN:
        _take_over(row, found, by, at)
    else:
        _join(row, found, by, at)
    return row.number


@transaction.atomic
def decline(*, token: str, by: Actor, at: datetime) -> None:
    """Refuse an invitation or a dossier; its owner is told. Raises Refusal(INVITATION_INVALID)."""
    found = _locked(waiting(token, at), at)
    _end(found, by, at)
    context = {"email": found.email, "kind": found.kind}
    mails.tell(found.dossier, _owner_of(found.dossier), "declined", str(found.pk), at, context)


def waiting(token: str, at: datetime) -> Participation:
    """The link of a token that may still be used. Raises Refusal(INVITATION_INVALID)."""
    found = (
        Participation.objects.select_related("dossier")
        .filter(
            token_sha256=tokens.digest(token),
            accepted_at=None,
            ended_at=None,
            expires_at__gt=at,
            dossier__trashed_at=None,
        )
        .first()
    )
    if found is None:
        raise Refusal(Code.INVITATION_INVALID)
    return found


def _offer(number: int, kind: str, email: str, by: Actor, at: datetime) -> None:
    row = lock(number, by, Act.SHARE)
    address = _address(email)
    live = row.participations.filter(ended_at=None)
    pending = live.filter(kind=kind, accepted_at=None)
    if kind == Participation.WRITE:
        pending = pending.filter(email__iexact=address)
    for before in pending:
        _end(before, by, at)
    if live.count() >= AT_MOST:
        raise Refusal(Code.TOO_MANY_TRIES)
    within, most = policy().invitation_life, 3 * AT_MOST
    recent = row.participations.filter(invited_at__gt=at - within).order_by("-invited_at")
    latest = list(recent.values_list("invited_at", flat=True)[:most])
    if seconds := seconds_to_wait(latest, most, within, at):
        raise Refusal(Code.TOO_MANY_TRIES, seconds=seconds)
    token, kept = tokens.fresh()
    made = Participation.objects.create(
        dossier=row,
        kind=kind,
        email=address,
        token_sha256=kept,
        invited_by=by.full_name[:120],
        invited_at=at,
        expires_at=at + policy().invitation_life,
    )
    note(Event.DOSSIER_SHARED, row, by, at, {"kind": kind, "email": address})
    context = {"by": by.full_name, "token": token, "until": made.expires_at}
    mails.tell(row, [address], TEMPLATES[kind], str(made.pk), at, context)


def _address(email: str) -> str:
    try:
        return EmailAddress.parse(email).value
    except Refusal as refusal:
        raise Refusal(refusal.code, field="email", text=email[:80]) from refusal


def _own(number: int, by: Actor) -> Dossier:
    row = lock(number, by, Act.READ)
    if standing(row, by) is not Standing.OWNER:
        raise Refusal(Code.DOSSIER_ACT_FORBIDDEN, number=number)
    return row


def _locked(found: Participation, at: datetime) -> Participation:
    """The same link, locked: two people who follow it at once do not both enter."""
    rows = Participation.objects.select_for_update().filter(
        pk=found.pk, accepted_at=None, ended_at=None
    )
    held = rows.first()
    if held is None:
        raise Refusal(Code.INVITATION_INVALID)
    return held


def _join(row: Dossier, found: Participation, by: Actor, at: datetime) -> None:
    row.participations.filter(account_id__in=by.accounts, ended_at=None).update(ended_at=at)
    _accepted(found, by, at)
    note(Event.DOSSIER_JOINED, row, by, at, {"email": found.email})
    context = {"email": found.email, "name": by.full_name}
    mails.tell(row, _owner_of(row), "joined", str(found.pk), at, context)


def _take_over(row: Dossier, found: Participation, by: Actor, at: datetime) -> None:
    if DossierState(row.state) not in EDITABLE:
        raise Refusal(Code.DOSSIER_FROZEN, number=row.number, state=row.state)
    giver = _owner_of(row)
    row.participations.filter(account_id__in=by.accounts, ended_at=None).update(ended_at=at)
    _accepted(found, by, at)
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    before, row.owner_id, row.active_at = row.owner_id, by.account_id, at
    row.save(update_fields=["owner_id", "active_at"])
    facts: dict[str, Fact] = {"from": before, "to": by.account_id, "email": found.email}
    note(Event.DOSSIER_TRANSFERRED, row, by, at, facts)
    context = {"name": by.full_name, "email": found.email}
    mails.tell(row, giver, "transferred", str(found.pk), at, context)


def _accepted(found: Participation, by: Actor, at: datetime) -> None:
    found.account_id, found.accepted_at = by.account_id, at
    found.save(update_fields=["account_id", "accepted_at"])


def _end(found: Participation, by: Actor, at: datetime) -> None:
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    facts = {"kind": found.kind, "email": found.email}
    note(Event.DOSSIER_LEFT, found.dossier, by, at, facts)


def _owner_of(row: Dossier) -> list[str]:
    known = identities.contact(row.owner_id)
    return [known[1]] if known else []
