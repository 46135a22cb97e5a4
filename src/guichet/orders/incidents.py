"""Reading incidents: what was asked and decided, what was found, and how far it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet

from guichet.domain.orders.criteria import Criteria
from guichet.domain.orders.incidents import OPEN, IncidentState, TouchedState
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import queries as habilitations
from guichet.identities.actors import Actor
from guichet.orders.models import Incident, IncidentCall, Touched
from guichet.orders.queries import fits
from guichet.web.listing import page_of
from guichet.x509.crl import Reason

PAGE_SIZE: Final = 20
ROWS: Final = 50
STRUCTURES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFacts:
    """One incident. Labels name people; `searched` is how far the search is, in hundredths."""

    number: int
    title: str
    criteria: Criteria
    state: IncidentState
    created_at: datetime
    created_label: str
    search_end: int
    searched: int
    searched_at: datetime | None
    looked_at: int
    found: int
    reason: Reason | None
    text: str
    due_at: datetime | None
    proposed_at: datetime | None
    proposed_label: str
    proposer_id: int | None
    decided_at: datetime | None
    decided_label: str
    note: str
    started_at: datetime | None
    ended_at: datetime | None
    ended_label: str

    @property
    def is_open(self) -> bool:
        """Whether something may still happen."""
        return self.state in OPEN

    @property
    def has_campaign(self) -> bool:
        """Whether holders are, or were, called to renew before the revocation."""
        if self.decided_at is None or self.due_at is None:
            return False
        return self.due_at > self.decided_at

    def may_decide(self, actor: Actor) -> bool:
        """Whether somebody else proposed it, and waits for a decision."""
        is_waiting = self.state is IncidentState.PROPOSED
        return is_waiting and self.proposer_id not in actor.accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedFacts:
    """One certificate of an incident, and the order it answered; empty when there is none."""

    serial_hex: str
    authority: str
    profile: str
    structure_id: str
    beneficiary: str
    order: int | None
    product: int | None
    not_after: datetime
    state: TouchedState
    failure: str


@dataclass(frozen=True, slots=True)
class Breakdown:
    """How many certificates by structure (identifier, name, number), profile and authority.

    Only the structures with the most are named; `structures_in_all` counts them.
    """

    structures: Sequence[tuple[str, str, int]]
    structures_in_all: int
    profiles: Sequence[tuple[str, int]]
    authorities: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class CallFacts:
    """One call to the holders; `ended_at` none while its e-mails are being written."""

    occasion: str
    at: datetime
    ended_at: datetime | None
    people: int


def incident(number: int) -> IncidentFacts:
    """One incident. Raises Refusal(INCIDENT_UNKNOWN)."""
    row = Incident.objects.filter(pk=number).first() if fits(number) else None
    if row is None:
        raise Refusal(Code.INCIDENT_UNKNOWN)
    return _facts(row)


def incidents(page: str) -> Page[IncidentFacts]:
    """One page of them, the newest first."""
    return page_of(Paginator(Incident.objects.order_by("-pk"), PAGE_SIZE), page, _facts)


def waiting_for(actor: Actor) -> int:
    """How many proposals wait for a decision that this person may take."""
    proposed = Incident.objects.filter(state=IncidentState.PROPOSED.value)
    return proposed.exclude(proposer_id__in=actor.accounts).count()


def counts(number: int) -> Mapping[TouchedState, int]:
    """How many certificates of an incident are in each state."""
    rows = Touched.objects.filter(incident=number).order_by()
    found = rows.values_list("state").annotate(count=Count("pk"))
    known = {TouchedState(state): count for state, count in found}
    return {state: known.get(state, 0) for state in TouchedState}


def progress_mark(found: IncidentFacts) -> str:
    """What changes while the clerk is at an incident, for pages that wait."""
    tried = found.found - counts(found.number)[TouchedState.WAITING] if found.started_at else 0
    called = IncidentCall.objects.filter(incident=found.number).exclude(ended_at=None).count()
    return f"{found.state}-{found.searched}-{found.found}-{tried}-{called}"


def breakdown(number: int) -> Breakdown:
    """What an incident touches, the most frequent first."""
    rows = Touched.objects.filter(incident=number)
    structures = _grouped(rows, "structure_id")
    facts = habilitations.structures({name for name, _count in structures[:STRUCTURES]})
    return Breakdown(
        structures=[
            (name, facts[name].legal_name if name in facts else "", count)
            for name, count in structures[:STRUCTURES]
        ],
        structures_in_all=sum(1 for name, _count in structures if name),
        profiles=_grouped(rows, "profile"),
        authorities=_grouped(rows, "authority"),
    )


def touched(number: int, state: str, page: str) -> Page[TouchedFacts]:
    """One page of the certificates of an incident, all or those in one state."""
    rows = Touched.objects.filter(incident=number).select_related("order", "order__product")
    if state in set(TouchedState):
        rows = rows.filter(state=state)
    return page_of(Paginator(rows.order_by("pk"), ROWS), page, touched_facts)


def failures(number: int) -> Sequence[tuple[str, int]]:
    """Why certificates could not be revoked, and how many for each reason."""
    rows = Touched.objects.filter(incident=number, state=TouchedState.FAILED.value)
    return _grouped(rows, "failure")


def calls(number: int) -> tuple[CallFacts, ...]:
    """The calls to the holders of an incident, in order."""
    rows = IncidentCall.objects.filter(incident=number).order_by("at", "pk")
    return tuple(CallFacts(row.occasion, row.at, row.ended_at, row.people) for row in rows)


def touched_facts(row: Touched) -> TouchedFacts:
    """The frozen value of a row read with its order and product."""
    order = row.order
    product = getattr(order, "product", None) if order else None
    return TouchedFacts(
        serial_hex=row.serial_hex,
        authority=row.authority,
        profile=row.profile,
        structure_id=row.structure_id,
        beneficiary=order.beneficiary if order else "",
        order=order.number if order else None,
        product=product.number if product else None,
        not_after=row.not_after,
        state=TouchedState(row.state),
        failure=row.failure,
    )


def _facts(row: Incident) -> IncidentFacts:
    return IncidentFacts(
        number=row.pk,
        title=row.title,
        criteria=Criteria.from_json(row.criteria),
        state=IncidentState(row.state),
        created_at=row.created_at,
        created_label=row.created_label,
        search_end=row.search_end,
        searched=100 * row.searched_to // row.search_end if row.search_end else 100,
        searched_at=row.searched_at,
        looked_at=row.looked_at,
        found=row.found,
        reason=Reason(row.reason) if row.reason else None,
        text=row.text,
        due_at=row.due_at,
        proposed_at=row.proposed_at,
        proposed_label=row.proposed_label,
        proposer_id=row.proposer_id,
        decided_at=row.decided_at,
        decided_label=row.decided_label,
        note=row.note,
        started_at=row.started_at,
        ended_at=row.ended_at,
        ended_label=row.ended_label,
    )


def _grouped(rows: QuerySet[Touched], column: str) -> list[tuple[str, int]]:
    found: Iterator[Any] = iter(
        rows.order_by().values_list(column).annotate(count=Count("pk")).order_by("-count", column)
    )
    return [(name, count) for name, count in found]
