"""Delegations, from both sides: the structure that gives them, the editor that holds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Q, QuerySet

from guichet.domain.addresses import proof_of
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import stewardship
from guichet.habilitations.models import (
    Delegation,
    DomainProof,
    EditorStaff,
    Representation,
    Right,
    Structure,
)
from guichet.habilitations.periods import last_day
from guichet.habilitations.queries.rights import facts_of
from guichet.habilitations.structures import StructureFacts
from guichet.identities.actors import Actor

NAMED: Final[Mapping[Offer, tuple[str, ...]]] = {
    Offer.SERV: ("domains", "mail_domains"),
    Offer.PRO: ("mail_domains",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What a structure may delegate: what its own cards hold now, and the domains it proved."""

    usages: Mapping[str, frozenset[Usage]]
    domains: tuple[str, ...]
    servers: tuple[str, ...]
    mail_domains: tuple[str, ...]

    @property
    def offers(self) -> tuple[str, ...]:
        """Offers held, in catalogue order."""
        return tuple(offer.value for offer in Offer if offer.value in self.usages)

    @property
    def names(self) -> tuple[str, ...]:
        """Domains and single servers."""
        return tuple(dict.fromkeys((*self.domains, *self.servers)))

    def covers(self, name: str) -> bool:
        """Whether a name is one of the domains, or below one."""
        return proof_of(name, self.domains) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationFacts:
    """A delegation; `state` is "given", "accepted" (open), "waiting" (to begin) or "ended"."""

    pk: int
    structure: StructureFacts
    editor_siret: str
    editor_name: str
    offers: tuple[str, ...]
    domains: tuple[str, ...]
    mail_domains: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    state: str
    given_by: str
    given_at: datetime
    accepted_by: str
    accepted_at: datetime | None
    ended_by: str
    ended_at: datetime | None

    @property
    def last_day(self) -> date | None:
        """The last day it covers."""
        return last_day(self.ends_at)

    @property
    def is_over(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.state == "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRight:
    """What became of one declared card and one offer: `held` by it, or not and `why`."""

    card_number: str
    name: str
    offer: str
    held: bool
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCard:
    """A card that an editor declares."""

    pk: int
    card_number: str
    name: str
    email: str
    declared_by: str
    declared_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A structure that somebody may order for by delegation."""

    structure: StructureFacts
    delegation: int
    offers: tuple[str, ...]
    names: tuple[str, ...]
    ends_at: datetime | None

    @property
    def last_day(self) -> date | None:
        """The last day of the first right that ends."""
        return last_day(self.ends_at)


def extent(structure: Structure, at: datetime) -> Extent:
    """What the structure's own cards may order now; what it delegated already does not count."""
    rows = _open_rights(at).filter(structure=structure, delegation=None, suspended_at=None)
    usages: dict[str, frozenset[Usage]] = {}
    found: dict[str, dict[str, None]] = {"domains": {}, "servers": {}, "mail_domains": {}}
    for row in rows.order_by("pk"):
        usages[row.offer] = usages.get(row.offer, frozenset()) | set(map(Usage, row.usages))
        for kind, names in found.items():
            names.update(dict.fromkeys(getattr(row, kind)))
    proved = DomainProof.objects.filter(structure=structure, proved_at__isnull=False)
    for domain in proved.values_list("domain", flat=True):
        found["domains"][domain] = found["mail_domains"][domain] = None
    return Extent(usages=usages, **{kind: tuple(names) for kind, names in found.items()})


def delegations_of(national_id: str, who: Actor, at: datetime) -> tuple[DelegationFacts, ...]:
    """What a structure delegated, the newest first. Raises Refusal(STRUCTURE_UNKNOWN)."""
    structure = stewardship.see(national_id, who).structure
    rows = Delegation.objects.filter(structure=structure).select_related("structure")
    return tuple(facts(row, at) for row in rows.order_by("-given_at", "-pk"))


def delegation(pk: int, who: Actor, at: datetime) -> DelegationFacts:
    """One delegation, for both sides, instructors and auditors. Raises DELEGATION_UNKNOWN."""
    row = Delegation.objects.select_related("structure").filter(pk=pk).first()
    if row is None or not (is_of_editor(row, who) or is_of_structure(row, who)):
        raise Refusal(Code.DELEGATION_UNKNOWN)
    return facts(row, at)


def staff_rights(pk: int, at: datetime) -> tuple[StaffRight, ...]:
    """Card by card, what a delegation gives; where it gives nothing, why."""
    row = Delegation.objects.get(pk=pk)
    staff = EditorStaff.objects.filter(editor_siret=row.editor_siret, ended_at=None)
    cards = {one.card_number: one.name for one in staff.order_by("name", "pk")}
    held = _open_rights(at).filter(structure=row.structure, card_number__in=cards)
    by_place = {(right.card_number, right.offer): right for right in held}
    return tuple(
        _staff_right(row, number, name, offer, by_place.get((number, offer)))
        for number, name in cards.items()
        for offer in row.offers
    )


def editors_of(who: Actor) -> Mapping[str, str]:
    """The structures that somebody represents and that have a SIRET: names by SIRET."""
    mine = Representation.objects.filter(account_id=who.account_id).values("structure")
    rows = Structure.objects.filter(pk__in=mine).exclude(siret="").order_by("legal_name")
    return dict(rows.values_list("siret", "legal_name"))


def delegated_to(siret: str, at: datetime) -> tuple[DelegationFacts, ...]:
    """What an editor was given, the newest first."""
    rows = Delegation.objects.filter(editor_siret=siret).select_related("structure")
    return tuple(facts(row, at) for row in rows.order_by("-given_at", "-pk"))


def received_by(who: Actor, at: datetime) -> tuple[DelegationFacts, ...]:
    """What the structures that somebody represents were given."""
    rows = Delegation.objects.filter(editor_siret__in=editors_of(who).keys())
    return tuple(facts(row, at) for row in rows.select_related("structure").order_by("-given_at"))


def staff_of(siret: str) -> tuple[StaffCard, ...]:
    """The cards that an editor declares."""
    rows = EditorStaff.objects.filter(editor_siret=siret, ended_at=None).order_by("name", "pk")
    return tuple(map(_staff_card, rows))


def staff_card(pk: int, who: Actor) -> StaffCard:
    """A card that an editor declares, for its representatives. Raises Refusal(EDITOR_UNKNOWN)."""
    row = EditorStaff.objects.filter(pk=pk, ended_at=None).first()
    if row is None or row.editor_siret not in editors_of(who):
        raise Refusal(Code.EDITOR_UNKNOWN)
    return _staff_card(row)


def clients_of(card_number: str | None, at: datetime) -> tuple[Client, ...]:
    """The structures that a card may order for by delegation, by name."""
    if not card_number:
        return ()
    rows = _open_rights(at).filter(
        card_number=card_number, delegation__isnull=False, suspended_at=None
    )
    grouped: dict[tuple[str, int], list[Right]] = {}
    for row in rows.select_related("structure").order_by("structure__legal_name", "offer"):
        grouped.setdefault((row.structure.national_id, row.delegation_id or 0), []).append(row)
    return tuple(_client(pk, held) for (_structure, pk), held in grouped.items())


def is_of_editor(row: Delegation, who: Actor) -> bool:
    """Whether somebody represents the editor."""
    return row.editor_siret in editors_of(who)


def is_of_structure(row: Delegation, who: Actor) -> bool:
    """Whether somebody sees the structure that delegates."""
    return stewardship.sees(row.structure.national_id, who)


def facts(row: Delegation, at: datetime) -> DelegationFacts:
    """The frozen value of a row."""
    return DelegationFacts(
        pk=row.pk,
        structure=facts_of(row.structure),
        editor_siret=row.editor_siret,
        editor_name=row.editor_name,
        offers=tuple(row.offers),
        domains=tuple(row.domains),
        mail_domains=tuple(row.mail_domains),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=state_of(row, at),
        given_by=row.given_by,
        given_at=row.given_at,
        accepted_by=row.accepted_by,
        accepted_at=row.accepted_at,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
    )


def state_of(row: Delegation, at: datetime) -> str:
    """Where a delegation stands."""
    if row.ended_at is not None or row.ends_at <= at:
        return "ended"
    if row.accepted_at is None:
        return "given"
    return "accepted" if row.starts_at <= at else "waiting"


def _open_rights(at: datetime) -> QuerySet[Right]:
    return Right.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)


def _staff_right(
    row: Delegation, number: str, name: str, offer: str, right: Right | None
) -> StaffRight:
    if right is None:
        why = "none"
    elif right.delegation_id == row.pk:
        why = "suspended" if right.suspended_at else ""
    else:
        why = "other"
    return StaffRight(card_number=number, name=name, offer=offer, held=not why, why=why)


def _staff_card(row: EditorStaff) -> StaffCard:
    return StaffCard(
        pk=row.pk,
        card_number=row.card_number,
        name=row.name,
        email=row.email,
        declared_by=row.declared_by,
        declared_at=row.declared_at,
    )


def _client(pk: int, held: Sequence[Right]) -> Client:
    names = dict.fromkeys(
        name
        for row in held
        for name in (*row.domains, *row.servers, *(f"@{mail}" for mail in row.mail_domains))
    )
    ends = [row.ends_at for row in held if row.ends_at is not None]
    return Client(
        structure=facts_of(held[0].structure),
        delegation=pk,
        offers=tuple(row.offer for row in held),
        names=tuple(names),
        ends_at=min(ends, default=None),
    )
