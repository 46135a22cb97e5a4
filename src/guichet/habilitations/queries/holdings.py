"""What the cards of a structure hold, as its representatives and the instructors see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet

from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import folded
from guichet.habilitations import stewardship
from guichet.habilitations.models import Dossier, Representation, Right, Structure
from guichet.habilitations.periods import last_day
from guichet.habilitations.queries import people
from guichet.habilitations.queries.people import Person
from guichet.habilitations.queries.rights import facts_of
from guichet.habilitations.structures import StructureFacts
from guichet.identities.actors import Actor
from guichet.web.listing import page_of

SOON: Final = timedelta(days=90)
PAGE_SIZE: Final = 25
RIGHTS_PER_PAGE: Final = 60
OPEN, ENDED = "ouvertes", "terminees"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One right; `state` is a value of web.states, `dossier` and `delegation` where it is from."""

    key: UUID
    card_number: str
    offer: str
    usages: tuple[str, ...]
    domains: tuple[str, ...]
    servers: tuple[str, ...]
    mail_domains: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime | None
    state: str
    ends_soon: bool
    origin: str
    dossier: int | None
    delegation: int | None
    suspension: str
    suspended_by_staff: bool
    closing: str
    successor: UUID | None

    @property
    def last_day(self) -> date | None:
        """The last day of its period."""
        return last_day(self.ends_at)

    @property
    def is_ended(self) -> bool:
        """Whether its period is over."""
        return self.state == "right-ended"

    @property
    def is_suspended(self) -> bool:
        """Whether it gives nothing for a while."""
        return self.state == "right-suspended"

    @property
    def is_carried_over(self) -> bool:
        """Whether it took the place of a right on an older card."""
        return self.origin.startswith("renewal:")

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it is limited to; mail domains begin with an at sign, as people type them."""
        return (*self.domains, *self.servers, *(f"@{name}" for name in self.mail_domains))


@dataclass(frozen=True, slots=True)
class CardHoldings:
    """A card, its holder, and what it holds for the structure."""

    card_number: str
    holder: Person
    holdings: tuple[Holding, ...]

    @property
    def is_open(self) -> bool:
        """Whether anything may still be ended."""
        return any(not holding.is_ended for holding in self.holdings)


@dataclass(frozen=True, slots=True)
class StructureRow:
    """A line of the list of structures."""

    facts: StructureFacts
    cards: int
    rights: int
    ending: int


def structures_seen_by(who: Actor, text: str, page: str, at: datetime) -> Page[StructureRow]:
    """The structures that somebody represents, or all for instructors and auditors, by name."""
    rows = Structure.objects.all()
    if not who.is_a(*stewardship.READERS):
        mine = Representation.objects.filter(account_id=who.account_id)
        rows = rows.filter(pk__in=mine.values("structure"))
    for word in folded(text).split():
        rows = rows.filter(
            Q(search_name__contains=word) | Q(national_id__contains=word) | Q(siret__contains=word)
        )
    counted = _counted(rows, at).order_by("legal_name", "national_id")
    return page_of(Paginator(counted, PAGE_SIZE), page, _structure_row)


def _structure_row(row: Any) -> StructureRow:
    return StructureRow(facts_of(row), row.cards, row.open_rights, row.ending)


def holdings(
    structure_id: str, who: Actor, *, card: str, which: str, page: str, at: datetime
) -> Page[CardHoldings]:
    """One page of a structure's rights, card by card; `which` is OPEN or ENDED.

    `card` keeps the cards whose number holds these digits. Raises Refusal(STRUCTURE_UNKNOWN).
    """
    structure = stewardship.see(structure_id, who).structure
    is_over = Q(ends_at__isnull=False, ends_at__lte=at)
    rows = Right.objects.filter(structure=structure).filter(is_over if which == ENDED else ~is_over)
    if digits := "".join(c for c in card if c.isdigit()):
        rows = rows.filter(card_number__contains=digits)
    ordered = rows.select_related("successor").order_by("card_number", "offer", "-starts_at", "pk")
    found: Page[Any] = Paginator(ordered, RIGHTS_PER_PAGE).get_page(page)
    found.object_list = _by_card(list(found.object_list), at)
    return found


def holding(key: UUID, who: Actor, at: datetime) -> tuple[StructureFacts, CardHoldings]:
    """One right, its holder and its structure. Raises Refusal(RIGHT_UNKNOWN)."""
    row = Right.objects.select_related("structure", "successor").filter(key=key).first()
    if row is None:
        raise Refusal(Code.RIGHT_UNKNOWN)
    try:
        structure = stewardship.see(row.structure.national_id, who).structure
    except Refusal as refusal:
        raise Refusal(Code.RIGHT_UNKNOWN, hides=f"right:{row.key}") from refusal
    return facts_of(structure), _by_card([row], at)[0]


def held_by_card(structure_id: str, card_number: str, who: Actor, at: datetime) -> CardHoldings:
    """The open rights of one card for a structure.

    Raises Refusal: STRUCTURE_UNKNOWN, RIGHT_UNKNOWN when there is none.
    """
    structure = stewardship.see(structure_id, who).structure
    rows = _open_at(at).filter(structure=structure, card_number=card_number)
    found = _by_card(list(rows.select_related("successor").order_by("offer")), at)
    if not found:
        raise Refusal(Code.RIGHT_UNKNOWN)
    return found[0]


def ending_soon(structure: Structure, at: datetime) -> tuple[CardHoldings, ...]:
    """What ends within SOON, the first to end first."""
    rows = _open_at(at).filter(structure=structure, ends_at__lte=at + SOON)
    grouped = _by_card(list(rows.select_related("successor").order_by("card_number", "offer")), at)
    return tuple(sorted(grouped, key=lambda card: min(_end(h, at) for h in card.holdings)))


def open_rights(structure_id: str, at: datetime) -> tuple[Holding, ...]:
    """The open rights of a structure, for those who run the counter."""
    rows = _open_at(at).filter(structure__national_id=structure_id).select_related("successor")
    return tuple(_holding(row, at) for row in rows.order_by("card_number", "offer", "pk"))


def dossiers_owned(numbers: Iterable[int | None], who: Actor) -> frozenset[int]:
    """Those of these dossiers that somebody owns: they may start another from them."""
    wanted = {number for number in numbers if number is not None}
    rows = Dossier.objects.filter(number__in=wanted, owner_id__in=who.accounts)
    return frozenset(rows.values_list("number", flat=True))


def _counted(rows: QuerySet[Structure], at: datetime) -> QuerySet[Any]:
    is_open = Q(rights__starts_at__lte=at) & (Q(rights__ends_at=None) | Q(rights__ends_at__gt=at))
    soon = is_open & Q(rights__ends_at__lte=at + SOON)
    return rows.annotate(
        cards=Count("rights__card_number", filter=is_open, distinct=True),
        open_rights=Count("rights", filter=is_open, distinct=True),
        ending=Count("rights", filter=soon, distinct=True),
    )


def _open_at(at: datetime) -> QuerySet[Right]:
    return Right.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), ~Q(ends_at=F("starts_at")))


def _by_card(rows: Sequence[Right], at: datetime) -> list[CardHoldings]:
    known = people.holders_of(rows)
    grouped = groupby(rows, key=lambda row: row.card_number)
    return [
        CardHoldings(number, known[number], tuple(_holding(row, at) for row in held))
        for number, held in grouped
    ]


def _end(found: Holding, at: datetime) -> datetime:
    return found.ends_at or at + SOON


def _holding(row: Right, at: datetime) -> Holding:
    ended = row.ends_at is not None and row.ends_at <= at
    state = "right-suspended" if row.suspended_at else "right-active"
    return Holding(
        key=row.key,
        card_number=row.card_number,
        offer=row.offer,
        usages=tuple(row.usages),
        domains=tuple(row.domains),
        servers=tuple(row.servers),
        mail_domains=tuple(row.mail_domains),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state="right-ended" if ended else state,
        ends_soon=not ended and row.ends_at is not None and row.ends_at <= at + SOON,
        origin=row.origin,
        dossier=people.dossier_of(row.origin),
        delegation=row.delegation_id,
        suspension=row.suspension,
        suspended_by_staff=row.suspended_by_staff,
        closing=row.closing,
        successor=row.successor.key if row.successor else None,
    )
