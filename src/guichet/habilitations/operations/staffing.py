"""The cards that an editor declares, and the rights they hold by delegation."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from guichet.directories import schema
from guichet.domain.catalogue.offers import Offer
from guichet.domain.identifiers import CardNumber, EmailAddress
from guichet.domain.person_names import Match, compare
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import clean
from guichet.habilitations import registers, rights_mails
from guichet.habilitations.evidence import dossiers_by_offer
from guichet.habilitations.locks import rights_to_change
from guichet.habilitations.models import Delegation, EditorStaff, Right
from guichet.habilitations.operations import admitting, rights
from guichet.habilitations.operations.rights import RightAsked
from guichet.habilitations.queries import delegations
from guichet.habilitations.queries.delegations import NAMED, Extent
from guichet.habilitations.queries.people import Person
from guichet.habilitations.rights_mails import Occasion
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event

NAME_AT_MOST = 120


@transaction.atomic
def declare(*, siret: str, card_number: str, name: str, email: str, by: Actor, at: datetime) -> int:
    """Declare a card that acts for an editor; it holds what the editor's delegations give.

    Safe to repeat. Returns the declaration's number. Raises Refusal: EDITOR_UNKNOWN,
    CARD_NUMBER_INVALID, EMAIL_INVALID, NAME_…, CARD_NOT_FOUND, CARD_NOT_VALID,
    CARD_HOLDER_DIFFERS.
    """
    _require_editor(siret, by)
    number = CardNumber.parse(card_number).value
    shown = clean(name, limit=NAME_AT_MOST, field="name")
    address = EmailAddress.parse(email).value
    _check_card(number, shown, at)
    row, is_new = EditorStaff.objects.get_or_create(
        editor_siret=siret,
        card_number=number,
        ended_at=None,
        defaults={
            "name": shown,
            "email": address,
            "declared_by": by.label[:120],
            "declared_at": at,
        },
    )
    if is_new:
        admitting.admit(card_number=number, name=shown, email=address, by=by.ref, at=at)
        _note(Event.EDITOR_STAFF_DECLARED, row, by.ref, at)
        for delegation in _in_effect(siret, at):
            _open(delegation, [row], by.ref, at)
    return row.pk


@transaction.atomic
def withdraw(*, pk: int, by: Actor, at: datetime) -> None:
    """A card no longer acts for an editor: what it held by delegation closes. Safe to repeat.

    Raises Refusal(EDITOR_UNKNOWN).
    """
    row = EditorStaff.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise Refusal(Code.EDITOR_UNKNOWN)
    _require_editor(row.editor_siret, by)
    if row.ended_at is not None:
        return
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    _note(Event.EDITOR_STAFF_ENDED, row, by.ref, at)
    for right in rights_to_change().filter(
        delegation__editor_siret=row.editor_siret, card_number=row.card_number
    ):
        rights.close_row(right, by=by.ref, at=at)


def open_for(row: Delegation, *, by: str, at: datetime) -> int:
    """Open what a delegation gives to the declared cards, once it has begun; how many rights.

    In the caller's transaction, the row locked.
    """
    if row.starts_at > at:
        return 0
    journal.take_turn()  # whoever is declared, and what may be given, is read as it then is
    row.opened_at = row.opened_at or at
    row.save(update_fields=["opened_at"])
    staff = EditorStaff.objects.filter(editor_siret=row.editor_siret, ended_at=None)
    return _open(row, list(staff.order_by("pk")), by, at)


def _open(row: Delegation, staff: Sequence[EditorStaff], by: str, at: datetime) -> int:
    within = delegations.extent(row.structure, at)
    ends = registers.card_ends(one.card_number for one in staff)
    behind = dossiers_by_offer(row.structure, at)
    opened = 0
    for one in staff:
        until = min(row.ends_at, ends[one.card_number] or row.ends_at)
        given = [
            replace(asked, stands_on=behind.get(offer, ""))
            for offer in row.offers
            if (asked := _asked(row, one.card_number, Offer(offer), within, until, at))
        ]
        for asked in given:
            rights.grant_right(asked=asked, by=by, at=at)
        if given:
            _tell(row, one, given, at)
        opened += len(given)
    return opened


def _asked(
    row: Delegation, card: str, offer: Offer, within: Extent, until: datetime, at: datetime
) -> RightAsked | None:
    """The right of one card for one offer; None where there is nothing to open.

    It never goes beyond what the structure's own cards hold, and a card that already holds a
    right for the structure and the offer keeps that one.
    """
    names = _names(row, offer, within)
    usages = within.usages.get(offer.value)
    is_useless = offer in NAMED and not any(names.values())
    if not usages or is_useless or until <= at or _is_barred(row, card, offer, at):
        return None
    return RightAsked(
        card_number=card,
        structure_id=row.structure.national_id,
        offer=offer,
        usages=usages,
        domains=names["domains"],
        servers=names["servers"],
        mail_domains=names["mail_domains"],
        origin=f"delegation:{row.pk}",
        delegation_id=row.pk,
        starts_at=at,
        ends_at=until,
    )


def _names(row: Delegation, offer: Offer, within: Extent) -> dict[str, tuple[str, ...]]:
    fields = NAMED.get(offer, ())
    domains = row.domains if "domains" in fields else ()
    mails = row.mail_domains if "mail_domains" in fields else ()
    alone = set(within.servers) - set(within.domains)
    servers = tuple(name for name in domains if name in alone)
    return {
        "domains": tuple(name for name in domains if within.covers(name) and name not in servers),
        "servers": servers,
        "mail_domains": tuple(name for name in mails if name in within.mail_domains),
    }


def _is_barred(row: Delegation, card: str, offer: Offer, at: datetime) -> bool:
    """A right is held already, or the structure ended or suspended the one this had given."""
    rows = Right.objects.filter(card_number=card, structure=row.structure, offer=offer.value)
    is_open = Q(ends_at=None) | Q(ends_at__gt=at)
    was_stopped = Q(delegation=row) & (~Q(closing="") | Q(suspended_at__isnull=False))
    return rows.filter(is_open | was_stopped).exists()


def _in_effect(siret: str, at: datetime) -> list[Delegation]:
    """Read once the journal's head is held: whoever ends one closes its rights after that."""
    rows = Delegation.objects.select_related("structure")
    return list(
        rows.filter(
            editor_siret=siret,
            accepted_at__isnull=False,
            ended_at=None,
            starts_at__lte=at,
            ends_at__gt=at,
        ).order_by("pk")
    )


def _check_card(number: str, name: str, at: datetime) -> None:
    """What the register says of the card; who holds it is not told to whoever asks."""
    known = registers.card_of(number)
    if known is None:
        if registers.register().is_whole(schema.CARD_HOLDERS):
            raise Refusal(Code.CARD_NOT_FOUND, field="card_number")
        return
    if not known.is_valid(at.date()):
        raise Refusal(Code.CARD_NOT_VALID, field="card_number")
    if compare(name, f"{known.given_names} {known.surname}") is Match.DIFFERENT:
        raise Refusal(Code.CARD_HOLDER_DIFFERS, field="name")


def _require_editor(siret: str, by: Actor) -> None:
    if siret not in delegations.editors_of(by):
        raise Refusal(Code.EDITOR_UNKNOWN)


def _tell(row: Delegation, one: EditorStaff, given: Sequence[RightAsked], at: datetime) -> None:
    occasion = Occasion(
        template="delegation-opened",
        structure=row.structure,
        key=f"{row.pk}:{one.pk}:{at.isoformat()}",
        at=at,
        context={
            "delegation": delegations.facts(row, at),
            "offers": [asked.offer.value for asked in given],
            "card_number": one.card_number,
        },
    )
    rights_mails.tell([Person(name=one.name, emails=(one.email,))], occasion)


def _note(event: Event, row: EditorStaff, by: str, at: datetime) -> None:
    facts = {"editor": row.editor_siret, "card": row.card_number}
    journal.record(event, subject=f"editor:{row.editor_siret}", actor=by, at=at, facts=facts)
