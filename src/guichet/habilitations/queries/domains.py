"""The domains of a structure: those its rights name, those it proves."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from guichet.domain.addresses import proof_of
from guichet.habilitations import stewardship
from guichet.habilitations.dns import record_name
from guichet.habilitations.models import DomainProof, Right, Structure
from guichet.identities.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """One domain; `pk`, `record` and `token` once a proof was asked.

    `covered_by` is the proved domain above it, which speaks for it.
    """

    name: str
    uses: tuple[str, ...]
    pk: int | None = None
    record: str = ""
    token: str = ""
    proved_at: datetime | None = None
    checked_at: datetime | None = None
    last_answer: str = ""
    covered_by: str = ""


def domains_of(national_id: str, who: Actor, at: datetime) -> tuple[Domain, ...]:
    """Every domain of a structure, by name. Raises Refusal(STRUCTURE_UNKNOWN).

    `uses` are the offers that are limited to it.
    """
    structure = stewardship.see(national_id, who).structure
    uses = named_by_rights(structure, at)
    proofs = {row.domain: row for row in DomainProof.objects.filter(structure=structure)}
    proved = {name for name, row in proofs.items() if row.proved_at is not None}
    names = sorted({*uses, *proofs}, key=lambda name: name.split(".")[::-1])
    return tuple(
        _domain(name, tuple(sorted(uses.get(name, ()))), proofs.get(name), proved) for name in names
    )


def proof_above(national_id: str, name: str) -> str | None:
    """The domain that a structure proved and that speaks for a name; None without one."""
    rows = DomainProof.objects.filter(structure__national_id=national_id, proved_at__isnull=False)
    return proof_of(name, frozenset(rows.values_list("domain", flat=True)))


def named_by_rights(structure: Structure, at: datetime) -> dict[str, set[str]]:
    """The domains that a structure's open rights name, and the offers limited to each."""
    is_open = Q(ends_at=None) | Q(ends_at__gt=at)
    found: dict[str, set[str]] = {}
    for row in Right.objects.filter(is_open, structure=structure):
        for name in _names(row):
            found.setdefault(name, set()).add(row.offer)
    return found


def _names(row: Right) -> Iterator[str]:
    yield from row.domains
    yield from row.servers
    yield from row.mail_domains


def _domain(
    name: str, uses: tuple[str, ...], row: DomainProof | None, proved: Collection[str]
) -> Domain:
    above = proof_of(name, proved) or ""
    covered_by = above if above != name else ""
    if row is None:
        return Domain(name=name, uses=uses, covered_by=covered_by)
    return Domain(
        name=name,
        uses=uses,
        pk=row.pk,
        record=record_name(name),
        token=row.token,
        proved_at=row.proved_at,
        checked_at=row.checked_at,
        last_answer=row.last_answer,
        covered_by=covered_by,
    )
