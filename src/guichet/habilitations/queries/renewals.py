"""What somebody with a new card held on the older ones, and who was asked to carry it over."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.core import signing
from django.db.models import Q

from guichet.domain.identifiers import PersonId
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import registers, tokens
from guichet.habilitations.models import CardRenewal, Representation, Right, Structure
from guichet.habilitations.periods import last_day
from guichet.habilitations.queries import people
from guichet.habilitations.queries.people import Person
from guichet.habilitations.queries.rights import facts_of
from guichet.habilitations.structures import StructureFacts
from guichet.identities import holders as identities
from guichet.identities.actors import Actor

# A right that lapsed longer ago is history: a new dossier tells whether it is still wanted.
LAPSED_AT_MOST: Final = timedelta(days=2 * 365)
SIGNER: Final = signing.Signer(salt="guichet.habilitations.renewal", sep=".")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsing:
    """What one older card held for one structure; `asked_at` while an answer is awaited."""

    structure: StructureFacts
    old_card: str
    rights: tuple[Right, ...]
    asked_at: datetime | None
    expires_at: datetime | None
    refused_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a representative is asked: who, which rights, from which card to which, until when."""

    structure: StructureFacts
    holder: Person
    old_card: str
    new_card: str
    rights: tuple[Right, ...]
    last_day: date | None
    asked_at: datetime
    expires_at: datetime


def lapsing(who: Actor, at: datetime) -> tuple[Lapsing, ...]:
    """What the older cards of somebody held that could be carried over to the one in hand."""
    found: list[Lapsing] = []
    for old in older_cards(who.account_id, who.card_number):
        held = _by_structure(carriable(old, who.card_number or "", at))
        places = [structure.pk for structure, _rights in held]
        rows = CardRenewal.objects.filter(old_card=old, new_card=who.card_number)
        asked = rows.filter(structure__in=places).order_by("asked_at", "pk")
        last = {row.structure_id: row for row in asked}
        found += [_lapsing(one, old, rights, last.get(one.pk), at) for one, rights in held]
    return tuple(sorted(found, key=lambda one: (one.structure.legal_name, one.old_card)))


def older_cards(account_id: int, card_number: str | None) -> tuple[str, ...]:
    """The cards of the same person (same national identifier) that end before this one.

    Where the register does not know an end, the card that was registered first is the older.
    """
    if card_number is None:
        return ()
    held = {card.number: card.opened_at for card in identities.cards_of(account_id)}
    national_id = identities.national_id_of(account_id)
    known = {}
    if national_id is not None:
        register = registers.register()
        cards = register.cards_of(PersonId(national_id))
        known = {card.card_number.value: card.valid_until for card in cards}
    mine = known.get(card_number)
    return tuple(
        number
        for number in sorted((held.keys() | known.keys()) - {card_number})
        if (
            known[number] < mine
            if number in known and mine is not None
            else number in held and card_number in held and held[number] < held[card_number]
        )
    )


def carriable(
    old_card: str, new_card: str, at: datetime, structure: Structure | None = None
) -> tuple[Right, ...]:
    """The rights of an older card that the new one may take: open, or lapsed with the card.

    Not what somebody ended or suspended, nor what an editor holds by delegation, nor an offer
    that the new card holds already.
    """
    rows = Right.objects.filter(card_number=old_card, starts_at__lte=at)
    taken = Right.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), card_number=new_card)
    if structure is not None:
        rows = rows.filter(structure=structure)
    has = set(taken.values_list("structure_id", "offer"))
    last = {
        (row.structure_id, row.offer): row
        for row in rows.order_by("starts_at", "pk").select_related("structure")
    }
    return tuple(
        row for place, row in sorted(last.items()) if place not in has and _may_follow(row, at)
    )


def link_token(token: str, account_id: int) -> str:
    """What the link of one representative holds: the token and, signed, who it was sent to."""
    return SIGNER.sign(f"{token}.{account_id}")


def open_renewal(signed: str, at: datetime) -> tuple[CardRenewal, int]:
    """The pending request of a link, and the representative whom the link was sent to.

    Raises Refusal(INVITATION_INVALID): forged, answered, too old, or no representative any more.
    """
    try:
        token, _, account = SIGNER.unsign(signed).rpartition(".")
    except signing.BadSignature as error:
        raise Refusal(Code.INVITATION_INVALID) from error
    row = (
        CardRenewal.objects.select_related("structure")
        .filter(token_sha256=tokens.digest(token), answered_at=None, expires_at__gt=at)
        .first()
    )
    if (
        row is None
        or not Representation.objects.filter(
            structure=row.structure, account_id=int(account)
        ).exists()
    ):
        raise Refusal(Code.INVITATION_INVALID)
    return row, int(account)


def consent(signed: str, at: datetime) -> Consent:
    """What the page of a link says. Raises Refusal: INVITATION_INVALID, RENEWAL_IMPOSSIBLE."""
    row, _account = open_renewal(signed, at)
    rights = carriable(row.old_card, row.new_card, at, row.structure)
    if not rights:
        raise Refusal(Code.RENEWAL_IMPOSSIBLE)
    return Consent(
        structure=facts_of(row.structure),
        holder=people.holders_of(rights)[row.old_card],
        old_card=row.old_card,
        new_card=row.new_card,
        rights=rights,
        last_day=last_day(registers.card_ends([row.new_card])[row.new_card]),
        asked_at=row.asked_at,
        expires_at=row.expires_at,
    )


def _may_follow(row: Right, at: datetime) -> bool:
    is_recent = row.ends_at is None or row.ends_at > at - LAPSED_AT_MOST
    untouched = row.closed_at is None and row.suspended_at is None and row.successor_id is None
    return is_recent and untouched and row.delegation_id is None


def _by_structure(rows: Sequence[Right]) -> list[tuple[Structure, tuple[Right, ...]]]:
    grouped: dict[int, list[Right]] = defaultdict(list)
    for row in rows:
        grouped[row.structure_id].append(row)
    return [(found[0].structure, tuple(found)) for found in grouped.values()]


def _lapsing(
    structure: Structure,
    old_card: str,
    rights: tuple[Right, ...],
    row: CardRenewal | None,
    at: datetime,
) -> Lapsing:
    is_pending = row is not None and row.answered_at is None and row.expires_at > at
    refused = row is not None and row.consented is False
    return Lapsing(
        structure=facts_of(structure),
        old_card=old_card,
        rights=rights,
        asked_at=row.asked_at if row and is_pending else None,
        expires_at=row.expires_at if row and is_pending else None,
        refused_at=row.answered_at if row and refused else None,
    )
