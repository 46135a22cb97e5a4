"""A structure lets an editor's declared cards act for it: given, accepted, ended."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from guichet.domain import evidence
from guichet.domain.addresses import Fqdn
from guichet.domain.catalogue.offers import Offer
from guichet.domain.identifiers import Siret
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.habilitations import registers, rights_mails, stewardship
from guichet.habilitations.evidence import text_of_delegation
from guichet.habilitations.locks import delegations_to_change, rights_to_change
from guichet.habilitations.models import Delegation, Right, Structure
from guichet.habilitations.operations import rights, staffing
from guichet.habilitations.policy import policy
from guichet.habilitations.queries import delegations, people
from guichet.habilitations.queries.delegations import NAMED
from guichet.habilitations.queries.people import Person
from guichet.habilitations.rights_mails import Occasion
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationAsked:
    """What a structure delegates; both days are whole, in the site's time zone.

    `subdomains` are names as typed, each below a domain that the structure holds or proved.
    """

    editor_siret: Siret
    offers: frozenset[Offer]
    domains: tuple[str, ...] = ()
    mail_domains: tuple[str, ...] = ()
    subdomains: tuple[str, ...] = ()
    starts_on: date
    ends_on: date


@transaction.atomic
def give(*, national_id: str, asked: DelegationAsked, by: Actor, at: datetime) -> int:
    """Propose a delegation to an editor, who must accept it; returns its number.

    Raises Refusal: ROLE_MISSING (representatives alone delegate), COMPANY_UNKNOWN,
    COMPANY_CLOSED, COMPANY_NAME_MISSING, DELEGATION_SELF, DELEGATION_BEYOND, DELEGATION_PERIOD,
    DOMAIN_NAME_*.
    """
    structure = stewardship.represent(national_id, by).structure
    subdomains = _parsed(asked.subdomains)
    asked = replace(
        asked, subdomains=subdomains, domains=tuple(dict.fromkeys((*asked.domains, *subdomains)))
    )
    starts_at, ends_at = _period(asked, at)
    _require_within(structure, asked, at)
    row = Delegation.objects.create(
        structure=structure,
        editor_siret=asked.editor_siret.value,
        editor_name=editor_name(structure, asked.editor_siret),
        offers=[offer.value for offer in Offer if offer in asked.offers],
        domains=list(asked.domains),
        mail_domains=list(asked.mail_domains),
        starts_at=starts_at,
        ends_at=ends_at,
        given_by=by.label[:120],
        given_at=at,
    )
    _note(Event.DELEGATION_GIVEN, row, by.ref, at)
    _tell("delegation-given", row, people.representatives_at(row.editor_siret), by, at)
    return row.pk


@transaction.atomic
def accept(*, pk: int, by: Actor, at: datetime) -> None:
    """Accept for the editor; its declared cards hold rights as soon as the delegation begins.

    Raises Refusal: DELEGATION_UNKNOWN, ROLE_MISSING (not the editor's side), DELEGATION_STATE.
    """
    row = _lock(pk, by)
    if not delegations.is_of_editor(row, by):
        raise Refusal(Code.ROLE_MISSING)
    if delegations.state_of(row, at) != "given":
        raise Refusal(Code.DELEGATION_STATE)
    row.accepted_by, row.accepted_at = by.label[:120], at
    row.save(update_fields=["accepted_by", "accepted_at"])
    told = {evidence.FACT: evidence.digest(text_of_delegation(row))}
    _note(Event.DELEGATION_ACCEPTED, row, by.ref, at, told)
    staffing.open_for(row, by=by.ref, at=at)
    _tell("delegation-accepted", row, people.representatives_of(row.structure), by, at)


@transaction.atomic
def end(*, pk: int, because: str, by: Actor, at: datetime) -> None:
    """End, or refuse, a delegation at once, from either side; its rights close with it.

    Raises Refusal: DELEGATION_UNKNOWN, ROLE_MISSING (auditors), DELEGATION_STATE.
    """
    row = _lock(pk, by)
    if not delegations.is_of_editor(row, by):
        stewardship.act(row.structure.national_id, by)
    if delegations.state_of(row, at) == "ended":
        raise Refusal(Code.DELEGATION_STATE)
    _end(row, because, by, at)


def in_force(structure: Structure, at: datetime) -> Sequence[Delegation]:
    """What a structure delegated and nobody ended, locked for the caller's transaction."""
    rows = delegations_to_change()
    return list(rows.filter(structure=structure, ended_at=None, ends_at__gt=at))


def end_all(rows: Iterable[Delegation], *, by: Actor, at: datetime) -> None:
    """End every delegation of a structure that leaves, in the caller's transaction."""
    for row in rows:
        _end(row, "", by, at)


def open_due(at: datetime) -> int:
    """Open the rights of accepted delegations whose first day has come; how many were opened.

    A delegation opens once: what somebody ended since stays ended.
    """
    rows = Delegation.objects.filter(
        accepted_at__isnull=False, ended_at=None, opened_at=None, starts_at__lte=at, ends_at__gt=at
    )
    return sum(_open_one(pk, at) for pk in rows.values_list("pk", flat=True))


def editor_name(structure: Structure, siret: Siret) -> str:
    """The name of the company that a SIRET designates.

    Raises Refusal: COMPANY_UNKNOWN, COMPANY_CLOSED, COMPANY_NAME_MISSING, DELEGATION_SELF.
    """
    if siret.value == structure.siret:
        raise Refusal(Code.DELEGATION_SELF, field="siret")
    known = Structure.objects.filter(siret=siret.value).first()
    if known is not None:
        return known.legal_name
    company = registers.company_of(siret)
    if company["answer"] == "unknown":
        raise Refusal(Code.COMPANY_UNKNOWN, siret=siret.value, field="siret")
    if company["answer"] == "closed":
        raise Refusal(Code.COMPANY_CLOSED, siret=siret.value, field="siret")
    if not company["legal_name"]:
        raise Refusal(Code.COMPANY_NAME_MISSING, field="siret")
    return str(company["legal_name"])[:200]


@transaction.atomic
def _open_one(pk: int, at: datetime) -> int:
    row = delegations_to_change().get(pk=pk)
    return staffing.open_for(row, by=f"delegation:{pk}", at=at)


def _period(asked: DelegationAsked, at: datetime) -> tuple[datetime, datetime]:
    zone = timezone.get_default_timezone()
    starts_at = datetime.combine(asked.starts_on, time.min, zone)
    ends_at = datetime.combine(asked.ends_on + timedelta(days=1), time.min, zone)
    starts_at = max(starts_at, at)
    if not starts_at < ends_at <= starts_at + policy().delegation_life:
        raise Refusal(Code.DELEGATION_PERIOD, field="ends_on")
    return starts_at, ends_at


def _parsed(names: Iterable[str]) -> tuple[str, ...]:
    """Names typed by a person, as certificates carry them. Raises Refusal DOMAIN_NAME_*."""
    try:
        return tuple(Fqdn.parse(name).value for name in names)
    except Refusal as refusal:
        facts = (("field", "subdomains"), *refusal.facts.items())
        raise Refusal(refusal.code, all=(Objection(refusal.code, facts),)) from refusal


def _require_within(structure: Structure, asked: DelegationAsked, at: datetime) -> None:
    """Nobody delegates more than the structure was granted, nor a right without its names."""
    own = delegations.extent(structure, at)
    if not asked.offers:
        raise Refusal(Code.FIELD_MISSING, field="offers")
    if not {offer.value for offer in asked.offers} <= own.usages.keys():
        raise Refusal(Code.DELEGATION_BEYOND, field="offers")
    chosen = set(asked.domains) - set(asked.subdomains)
    for field, is_within in (
        ("domains", chosen <= set(own.names)),
        ("subdomains", all(own.covers(name) for name in asked.subdomains)),
        ("mail_domains", set(asked.mail_domains) <= set(own.mail_domains)),
    ):
        if not is_within:
            raise Refusal(Code.DELEGATION_BEYOND, field=field)
    for offer in asked.offers & NAMED.keys():
        if not any(getattr(asked, field) for field in NAMED[offer]):
            raise Refusal(Code.FIELD_MISSING, field=NAMED[offer][0])


def _lock(pk: int, by: Actor) -> Delegation:
    row = delegations_to_change().filter(pk=pk).first()
    if row is None or not (
        delegations.is_of_editor(row, by) or delegations.is_of_structure(row, by)
    ):
        raise Refusal(Code.DELEGATION_UNKNOWN)
    return row


def _end(row: Delegation, because: str, by: Actor, at: datetime) -> None:
    row.ended_by, row.ended_at = by.label[:120], at
    row.save(update_fields=["ended_by", "ended_at"])
    _note(Event.DELEGATION_ENDED, row, by.ref, at, _because(because))
    closed = _close(row, because, by, at)
    readers = [
        *people.representatives_of(row.structure),
        *people.representatives_at(row.editor_siret),
        *people.holders_of(closed).values(),
    ]
    _tell("delegation-ended", row, readers, by, at, because)


def _close(row: Delegation, because: str, by: Actor, at: datetime) -> Sequence[Right]:
    rows = rights_to_change().filter(delegation=row)
    held = [right for right in rows if _is_open(right, at)]
    for right in held:
        rights.close_row(right, by=by.ref, at=at, because=because)
    return held


def _is_open(right: Right, at: datetime) -> bool:
    return right.ends_at is None or right.ends_at > at


def _tell(
    template: str,
    row: Delegation,
    readers: Iterable[Person],
    by: Actor,
    at: datetime,
    because: str = "",
) -> None:
    facts = delegations.facts(row, at)
    occasion = Occasion(
        template=template,
        structure=row.structure,
        key=str(row.pk),
        at=at,
        context={"delegation": facts, "by": by.label, "because": because.strip()},
    )
    rights_mails.tell(readers, occasion)


def _because(text: str) -> Mapping[str, str]:
    return {"because": text.strip()} if text.strip() else {}


def _note(
    event: Event, row: Delegation, by: str, at: datetime, told: Mapping[str, str] | None = None
) -> None:
    facts: dict[str, str | int | None] = {
        "delegation": row.pk,
        "editor": row.editor_siret,
        "offers": " ".join(row.offers),
        **(told or {}),
    }
    subject = rights_mails.about(row.structure.national_id)
    journal.record(event, subject=subject, actor=by, at=at, facts=facts)
