"""Trial habilitations by self-service: opened at once, prolonged, ended; in TEST alone."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from guichet.domain import trials
from guichet.domain.catalogue.offers import Offer
from guichet.domain.catalogue.twins import Environment
from guichet.domain.refusals import Code, Refusal
from guichet.domain.trials import TrialAsked
from guichet.habilitations import numbers, registers
from guichet.habilitations.locks import rights_to_change
from guichet.habilitations.models import Right, Trial
from guichet.habilitations.operations import rights
from guichet.habilitations.operations.rights import RightAsked
from guichet.habilitations.queries.trials import TrialFound, trials_of
from guichet.habilitations.structures import StructureFacts
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event


@transaction.atomic
def open_trial(*, asked: TrialAsked, by: Actor, at: datetime) -> str:
    """Register a test structure and open its rights for the card; its national identifier.

    Raises Refusal: TRIAL_IN_PRODUCTION, ROLE_MISSING (no card), CARD_EXPIRED, TRIALS_TOO_MANY,
    TRIAL_LABEL_TAKEN.
    """
    card, ends_at = _card(by, at)
    rank = Trial.objects.filter(card_number=card).count() + 1
    if rank > trials.PER_CARD:
        raise Refusal(Code.TRIALS_TOO_MANY, limit=trials.PER_CARD)
    if Trial.objects.filter(label=asked.label).exists():
        raise Refusal(Code.TRIAL_LABEL_TAKEN, field="label", domain=asked.domain)
    national_id = trials.structure_id(numbers.take(numbers.TRIALS)).value
    facts = StructureFacts(
        national_id=national_id,
        legal_name=asked.legal_name,
        department_name="Paris",
        department_number="75",
    )
    rights.register_structure(facts=facts, by=by.ref, at=at)
    row = Trial(card_number=card, rank=rank, label=asked.label, opened_at=at, ends_at=ends_at)
    row.structure = rights.structure_row(national_id)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refusal(Code.TRIAL_LABEL_TAKEN, field="label", domain=asked.domain) from error
    _grant(row, by, at)
    return national_id


@transaction.atomic
def prolong(*, pk: int, by: Actor, at: datetime) -> None:
    """Open the rights of one's own trial anew, from now, ended or not.

    Raises Refusal: TRIAL_IN_PRODUCTION, TRIAL_UNKNOWN, ROLE_MISSING, CARD_EXPIRED,
    RIGHT_SUSPENDED_BY_STAFF (an instructor suspended or ended one of its rights).
    """
    card, ends_at = _card(by, at)
    row = _own(pk, card)
    _require_left_alone(row)
    _close(row, by, at)
    row.ends_at, row.ended_at = ends_at, None
    row.save(update_fields=["ends_at", "ended_at"])
    _grant(row, by, at)


@transaction.atomic
def end(*, pk: int, by: Actor, at: datetime) -> None:
    """Close the rights of one's own trial. Safe to repeat.

    Raises Refusal: TRIAL_IN_PRODUCTION, TRIAL_UNKNOWN, ROLE_MISSING, CARD_EXPIRED.
    """
    card, _ends_at = _card(by, at)
    row = _own(pk, card)
    if row.ended_at is not None or row.ends_at <= at:
        return
    _close(row, by, at)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    _note(Event.TRIAL_ENDED, row, by, at)


def own_trial(*, pk: int, by: Actor, at: datetime) -> TrialFound:
    """One's own trial, to be shown before it is ended. Raises Refusal as `end` does."""
    card, _ends_at = _card(by, at)
    found = {trial.pk: trial for trial in trials_of(card, at)}
    if pk not in found:
        raise Refusal(Code.TRIAL_UNKNOWN)
    return found[pk]


def _card(by: Actor, at: datetime) -> tuple[str, datetime]:
    """The card in hand, and until when a trial of it lasts."""
    trials.require_test(Environment(settings.GUICHET.environment))
    if by.card_number is None:
        raise Refusal(Code.ROLE_MISSING)
    usual: datetime = at + trials.LIFE
    ends_at = min(registers.card_ends([by.card_number])[by.card_number] or usual, usual)
    if ends_at <= at + timedelta(minutes=1):
        raise Refusal(Code.CARD_EXPIRED)
    return by.card_number, ends_at


def _own(pk: int, card: str) -> Trial:
    rows = Trial.objects.select_for_update(of=("self",), no_key=True).select_related("structure")
    row = rows.filter(pk=pk, card_number=card).first()
    if row is None:
        raise Refusal(Code.TRIAL_UNKNOWN)
    return row


def _require_left_alone(row: Trial) -> None:
    """What the staff took away is not taken back by self-service; its holder gives no reason."""
    taken = Q(suspended_by_staff=True) | ~Q(closing="")
    if Right.objects.filter(taken, origin=str(row)).exists():
        raise Refusal(Code.RIGHT_SUSPENDED_BY_STAFF)


def _grant(row: Trial, by: Actor, at: datetime) -> None:
    domain = trials.domain_of(row.label)
    for offer, usage in trials.USAGES.items():
        asked = RightAsked(
            card_number=row.card_number,
            structure_id=row.structure.national_id,
            offer=offer,
            usages=frozenset({usage}),
            domains=(domain,) if offer is Offer.SERV else (),
            origin=str(row),
            starts_at=at,
            ends_at=row.ends_at,
        )
        rights.grant_right(asked=asked, by=by.ref, at=at)
    _note(Event.TRIAL_OPENED, row, by, at)


def _close(row: Trial, by: Actor, at: datetime) -> None:
    for right in rights_to_change().filter(origin=str(row)):
        rights.close_row(right, by=by.ref, at=at)


def _note(event: Event, row: Trial, by: Actor, at: datetime) -> None:
    facts = {
        "card": row.card_number,
        "domain": trials.domain_of(row.label),
        "ends_at": row.ends_at.isoformat(),
    }
    subject = f"structure:{row.structure.national_id}"
    journal.record(event, subject=subject, actor=by.ref, at=at, facts=facts)
