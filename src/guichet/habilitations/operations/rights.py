"""Registering structures, opening and closing rights, naming representatives."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from guichet.domain import evidence
from guichet.domain.addresses import Fqdn, MailDomain
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.habilitations import Right as RightFacts
from guichet.domain.identifiers import CardNumber, StructureId
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import folded
from guichet.habilitations import overlaps
from guichet.habilitations.evidence import text_of
from guichet.habilitations.locks import rights_to_change
from guichet.habilitations.models import Representation, Right, Structure
from guichet.habilitations.structures import StructureFacts
from guichet.journal import operations as journal
from guichet.journal.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RightAsked:
    """A right to open. Domains limit SERV names, mail domains limit addresses.

    `delegation_id` is set where it is held for an editor; `stands_on` names the dossiers behind
    what no dossier opened itself.
    """

    card_number: str
    structure_id: str
    offer: Offer
    usages: frozenset[Usage]
    domains: tuple[str, ...] = ()
    mail_domains: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    origin: str = ""
    stands_on: str = ""
    delegation_id: int | None = None
    starts_at: datetime
    ends_at: datetime | None = None


@transaction.atomic
def register_structure(*, facts: StructureFacts, by: str, at: datetime) -> str:
    """Create a structure or bring it up to date; returns its national identifier.

    Raises Refusal(STRUCTURE_ID_INVALID).
    """
    national_id = StructureId.parse(facts.national_id).value
    values = {
        "legal_name": facts.legal_name,
        "search_name": folded(facts.legal_name),
        "siret": facts.siret,
        "finess": facts.finess,
        "department_name": facts.department_name,
        "department_number": facts.department_number,
        "naf_code": facts.naf_code,
        "naf_label": facts.naf_label,
        "address": facts.address,
    }
    journal.take_turn()
    rows = Structure.objects.select_for_update(no_key=True)
    row, is_new = rows.get_or_create(
        national_id=national_id, defaults={**values, "registered_at": at}
    )
    if not is_new:
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=values)
    journal.record(
        Event.STRUCTURE_REGISTERED,
        subject=f"structure:{national_id}",
        actor=by,
        at=at,
        facts={"legal_name": facts.legal_name, "siret": facts.siret},
    )
    return national_id


@transaction.atomic
def grant_right(*, asked: RightAsked, by: str, at: datetime) -> str:
    """Open a right for a card; returns its identifier.

    Raises Refusal: STRUCTURE_UNKNOWN, CARD_NUMBER_INVALID, DOMAIN_NAME_*, RIGHT_OVERLAPS.
    """
    row = _stored(asked)
    journal.record(
        Event.RIGHT_GRANTED,
        subject=f"structure:{asked.structure_id}",
        actor=by,
        at=at,
        facts={
            "right": str(row.key),
            "card": row.card_number,
            "offer": row.offer,
            "usages": " ".join(row.usages),
            "domains": " ".join(row.domains),
            "mail_domains": " ".join(row.mail_domains),
            "servers": " ".join(row.servers),
            "origin": row.origin,
            "ends_at": asked.ends_at.isoformat() if asked.ends_at else None,
            evidence.FACT: evidence.digest(text_of(row, asked.ends_at)),
        },
    )
    return str(row.key)


def _stored(asked: RightAsked) -> Right:
    """The new row; the database itself says that no other right of the card covers its period.

    One at a time: PostgreSQL ends by a deadlock those that overlap at once.
    """
    row = Right(
        card_number=CardNumber.parse(asked.card_number).value,
        structure=structure_row(asked.structure_id),
        offer=asked.offer.value,
        usages=sorted(usage.value for usage in asked.usages),
        domains=[Fqdn.parse(domain).value for domain in asked.domains],
        mail_domains=[MailDomain.parse(domain).value for domain in asked.mail_domains],
        servers=[Fqdn.parse(server).value for server in asked.servers],
        origin=asked.origin,
        stands_on=asked.stands_on,
        delegation_id=asked.delegation_id,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
    )
    journal.take_turn()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if not overlaps.is_overlap(error):
            raise
        raise Refusal(Code.RIGHT_OVERLAPS, card=row.card_number, offer=row.offer) from error
    return row


@transaction.atomic
def close_right(*, right: RightFacts, by: str, at: datetime) -> None:
    """End a right now. Closing one that has ended changes nothing."""
    row = rights_to_change().get(key=right.id)
    close_row(row, by=by, at=at)


def close_row(row: Right, *, by: str, at: datetime, because: str = "") -> None:
    """End a right whose row is locked by the caller's transaction."""
    if row.ends_at is not None and row.ends_at <= at:
        return
    row.ends_at = max(at, row.starts_at)
    row.closed_at, row.closing = at, because.strip()[:500]
    row.save(update_fields=["ends_at", "closed_at", "closing"])
    _note(Event.RIGHT_CLOSED, row, by, at, because)


@transaction.atomic
def suspend_right(*, key: str, because: str, by: str, at: datetime, by_staff: bool = False) -> None:
    """Take a right's effect away for a while; suspending twice keeps the first reason.

    `by_staff`: an instructor does it, and no representative may resume it.

    Raises Refusal: RIGHT_UNKNOWN, RIGHT_STATE (already over), REASON_MISSING.
    """
    row = _open_right(key, at)
    if not because.strip():
        raise Refusal(Code.REASON_MISSING, field="because")
    is_new = row.suspended_at is None
    if is_new:
        row.suspended_at, row.suspension = at, because.strip()[:500]
    row.suspended_by_staff = row.suspended_by_staff or by_staff
    row.save(update_fields=["suspended_at", "suspension", "suspended_by_staff"])
    if is_new:
        _note(Event.RIGHT_SUSPENDED, row, by, at, because)


@transaction.atomic
def resume_right(*, key: str, by: str, at: datetime) -> None:
    """Give a suspended right its effect back. Raises Refusal: RIGHT_UNKNOWN, RIGHT_STATE."""
    row = _open_right(key, at)
    if row.suspended_at is None:
        return
    row.suspended_at, row.suspension, row.suspended_by_staff = None, "", False
    row.save(update_fields=["suspended_at", "suspension", "suspended_by_staff"])
    _note(Event.RIGHT_RESUMED, row, by, at)


def _open_right(key: str, at: datetime) -> Right:
    row = rights_to_change().filter(key=key).first()
    if row is None:
        raise Refusal(Code.RIGHT_UNKNOWN)
    if row.ends_at is not None and row.ends_at <= at:
        raise Refusal(Code.RIGHT_STATE)
    return row


def _note(event: Event, row: Right, by: str, at: datetime, because: str = "") -> None:
    said = {"because": because.strip()} if because.strip() else {}
    journal.record(
        event,
        subject=f"structure:{row.structure.national_id}",
        actor=by,
        at=at,
        facts={"right": str(row.key), "card": row.card_number, **said},
    )


@transaction.atomic
def appoint_representative(*, account_id: int, structure_id: str, by: str, at: datetime) -> None:
    """Name an account representative of a structure. Raises Refusal(STRUCTURE_UNKNOWN)."""
    _row, is_new = Representation.objects.get_or_create(
        account_id=account_id,
        structure=structure_row(structure_id),
        defaults={"appointed_at": at},
    )
    if is_new:
        journal.record(
            Event.REPRESENTATIVE_APPOINTED,
            subject=f"structure:{structure_id}",
            actor=by,
            at=at,
            facts={"account": account_id},
        )


def structure_row(national_id: str) -> Structure:
    """The row of a structure, for other operations. Raises Refusal(STRUCTURE_UNKNOWN)."""
    row = Structure.objects.filter(national_id=national_id).first()
    if row is None:
        raise Refusal(Code.STRUCTURE_UNKNOWN, structure=national_id[:20])
    return row
