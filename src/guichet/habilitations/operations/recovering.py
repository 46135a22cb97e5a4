"""Taking over the dossier of a colleague who left: asked, told to everybody, then done."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from guichet.domain.dossier.recovery import (
    RECOVERIES,
    RecoveryAct,
    RecoveryState,
    Situation,
    fate,
    may_change_hands,
)
from guichet.domain.dossier.states import DossierState
from guichet.domain.refusals import Code, Fact, Refusal
from guichet.domain.tries import seconds_to_wait
from guichet.habilitations import mails, recovery_mails, tokens
from guichet.habilitations.models import Dossier, Participation, Recovery
from guichet.habilitations.policy import policy
from guichet.habilitations.queries import recoveries
from guichet.identities import holders
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event

CLERK: Final = "clerk"
AT_MOST: Final = 20
WITHIN: Final = timedelta(days=1)
WAITING: Final = RecoveryState.WAITING.value


@transaction.atomic
def ask(*, number: int, by: Actor, at: datetime) -> datetime:
    """Ask for a dossier of the establishment that was proved; returns when it changes hands.

    The owner and the representatives are told. Raises Refusal: ESTABLISHMENT_NOT_PROVED,
    DOSSIER_UNKNOWN (another establishment's, one's own, in the bin), RECOVERY_IMPOSSIBLE,
    RECOVERY_WAITING, RECOVERY_REFUSED, REPRESENTATIVE_MISSING (nobody to tell), TOO_MANY_TRIES.
    """
    siret = recoveries.require_siret(by, at)
    row = Dossier.objects.select_for_update().filter(number=number).first()
    if row is None or row.siret != siret or row.trashed_at or row.owner_id in by.accounts:
        raise Refusal(Code.DOSSIER_UNKNOWN, hides=mails.about(number) if row else "")
    _require_possible(row, by, at)
    (for_owner, owner_kept), (for_others, others_kept) = tokens.fresh(), tokens.fresh()
    found = Recovery(
        dossier=row,
        account_id=by.account_id,
        asked_by=by.full_name[:120],
        former_owner_id=row.owner_id,
        siret=siret,
        asked_at=at,
        due_at=at + policy().recovery_delay,
        owner_token_sha256=owner_kept,
        objection_token_sha256=others_kept,
    )
    _keep(found)
    facts: dict[str, Fact] = {"account": by.account_id, "due": found.due_at.isoformat()}
    _journal(Event.DOSSIER_RECOVERY_ASKED, found, by.ref, at, {**facts, "siret": siret})
    if not recovery_mails.announce(found, (for_owner, for_others), by.email, at):
        raise Refusal(Code.REPRESENTATIVE_MISSING)
    return found.due_at


@transaction.atomic
def withdraw(*, number: int, by: Actor, at: datetime) -> None:
    """Give up what one asked for. Safe to repeat. Raises Refusal(DOSSIER_UNKNOWN)."""
    rows = Recovery.objects.filter(dossier__number=number, account_id=by.account_id)
    if not rows.exists():
        raise Refusal(Code.DOSSIER_UNKNOWN)
    row = Dossier.objects.select_for_update().get(number=number)
    for found in row.recoveries.filter(account_id=by.account_id, state=WAITING):
        _end(found, RecoveryAct.WITHDRAW, by.ref, at)


@transaction.atomic
def answer(*, token: str, accepts: bool, at: datetime) -> None:
    """Answer by the link of an e-mail, once; the representatives' link only refuses.

    Raises Refusal: INVITATION_INVALID, RECOVERY_IMPOSSIBLE (accepted while it cannot change hands).
    """
    found = recoveries.of_token(token)
    if accepts and not recoveries.is_owner_s(found, token):
        raise Refusal(Code.INVITATION_INVALID)
    _answer(found, f"recovery:{found.pk}", at, accepts=accepts)


@transaction.atomic
def answer_as_owner(*, number: int, accepts: bool, by: Actor, at: datetime) -> None:
    """Answer from one's own dossier.

    Raises Refusal: DOSSIER_UNKNOWN for all but the owner, INVITATION_INVALID when nobody asks (any
    more), RECOVERY_IMPOSSIBLE.
    """
    row = Dossier.objects.filter(number=number, owner_id__in=by.accounts).first()
    if row is None:
        raise Refusal(Code.DOSSIER_UNKNOWN)
    found = recoveries.waiting(row)
    if found is None:
        raise Refusal(Code.INVITATION_INVALID)
    _answer(found, by.ref, at, accepts=accepts)


def settle(at: datetime) -> int:
    """Hand over what has waited long enough, end what is void; how many. Safe to repeat."""
    pks = list(Recovery.objects.filter(state=WAITING).order_by("pk").values_list("pk", flat=True))
    return sum(_settle(pk, at) for pk in pks)


def _require_possible(row: Dossier, by: Actor, at: datetime) -> None:
    if not may_change_hands(DossierState(row.state)):
        raise Refusal(Code.RECOVERY_IMPOSSIBLE, number=row.number)
    if row.recoveries.filter(state=WAITING).exists():
        raise Refusal(Code.RECOVERY_WAITING, number=row.number)
    mine = Recovery.objects.filter(account_id=by.account_id)
    refused = mine.filter(
        dossier=row, former_owner_id=row.owner_id, state=RecoveryState.REFUSED.value
    )
    if refused.exists():
        raise Refusal(Code.RECOVERY_REFUSED, number=row.number)
    recent = mine.filter(asked_at__gt=at - WITHIN).order_by("-asked_at")
    latest = list(recent.values_list("asked_at", flat=True)[:AT_MOST])
    if seconds := seconds_to_wait(latest, AT_MOST, WITHIN, at):
        raise Refusal(Code.TOO_MANY_TRIES, seconds=seconds)


def _keep(found: Recovery) -> None:
    """Store it; where the database cannot lock rows, its constraint tells two askers apart."""
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError as error:
        raise Refusal(Code.RECOVERY_WAITING, number=found.dossier.number) from error


def _answer(found: Recovery, by: str, at: datetime, *, accepts: bool) -> None:
    row = Dossier.objects.select_for_update().get(pk=found.dossier_id)
    held = row.recoveries.filter(pk=found.pk, state=WAITING).first()
    if held is None:
        raise Refusal(Code.INVITATION_INVALID)
    if not accepts:
        _end(held, RecoveryAct.REFUSE, by, at)
        return
    act = fate(_situation(held), is_due=True)
    if act is not RecoveryAct.HAND_OVER:
        raise Refusal(Code.RECOVERY_IMPOSSIBLE, number=row.number)
    _hand_over(held, by, at)


@transaction.atomic
def _settle(pk: int, at: datetime) -> int:
    Dossier.objects.select_for_update(of=("self",)).filter(recoveries__pk=pk).first()
    found = Recovery.objects.select_related("dossier").filter(pk=pk, state=WAITING).first()
    if found is None:
        return 0
    act = fate(_situation(found), is_due=found.due_at <= at)
    if act is RecoveryAct.HAND_OVER:
        _hand_over(found, CLERK, at)
    elif act is not None:
        _end(found, act, CLERK, at)
    return int(act is not None)


def _situation(found: Recovery) -> Situation:
    row = found.dossier
    return Situation(
        state=DossierState(row.state),
        is_in_bin=row.trashed_at is not None,
        has_same_owner=row.owner_id == found.former_owner_id,
        works_there=row.siret == found.siret == holders.siret_of(found.account_id),
    )


def _hand_over(found: Recovery, by: str, at: datetime) -> None:
    """Change the owner; what the former one offered to others as theirs falls with them."""
    row = found.dossier
    live = row.participations.filter(ended_at=None)
    live.filter(kind=Participation.OWN).update(ended_at=at)
    live.filter(account_id=found.account_id).update(ended_at=at)
    row.owner_id, row.active_at = found.account_id, at
    row.save(update_fields=["owner_id", "active_at"])
    _move(found, RecoveryAct.HAND_OVER, at)
    facts: dict[str, Fact] = {"from": found.former_owner_id, "to": found.account_id}
    _journal(Event.DOSSIER_TRANSFERRED, found, by, at, {**facts, "siret": found.siret})


def _end(found: Recovery, act: RecoveryAct, by: str, at: datetime) -> None:
    _move(found, act, at)
    facts: dict[str, Fact] = {"end": found.state, "account": found.account_id}
    _journal(Event.DOSSIER_RECOVERY_ENDED, found, by, at, facts)


def _move(found: Recovery, act: RecoveryAct, at: datetime) -> None:
    found.state = RECOVERIES.next(RecoveryState(found.state), act).value
    found.ended_at = at
    found.save(update_fields=["state", "ended_at"])
    recovery_mails.tell_end(found, at)


def _journal(
    event: Event, found: Recovery, by: str, at: datetime, facts: Mapping[str, Fact]
) -> None:
    told = {"recovery": found.pk, **facts}
    journal.record(event, subject=mails.about(found.dossier.number), actor=by, at=at, facts=told)
