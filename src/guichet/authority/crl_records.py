"""Lists as they are stored: where each scope stands, octets in parts, and what was replaced."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery

from guichet.authority.models import Certificate, Crl, CrlPart, CrlScope
from guichet.domain.certificates.crl_policy import CrlKind, IssuedList, Standing
from guichet.domain.certificates.extensions import list_name

PART: Final = 1 << 20
"""Octets of a list in one row: a whole one of 40 MB would be held several times by a driver."""
LATEST: Final[Mapping[CrlKind, str]] = {CrlKind.FULL: "full_id", CrlKind.DELTA: "delta_id"}


@dataclass(frozen=True, slots=True)
class ScopeLists:
    """A scope and its last list of each kind, as rows."""

    scope: CrlScope
    changed: int  # the rank of its last revocation
    last: Mapping[CrlKind, Crl]

    @property
    def name(self) -> str:
        """The authority's code, with the shard if it is one: names the files and the journal."""
        return list_name(self.scope.authority.code, self.scope.shard)

    @property
    def standing(self) -> Standing:
        """The same, as the rules read it."""
        full, delta = self.last.get(CrlKind.FULL), self.last.get(CrlKind.DELTA)
        return Standing(
            full=issued(full) if full else None,
            delta=issued(delta) if delta else None,
            changed=self.changed,
            floor=self.scope.floor,
        )


def latest() -> tuple[ScopeLists, ...]:
    """Every scope with its last lists: those of an authority after those of its issuer."""
    scopes = CrlScope.objects.select_related("authority").order_by("authority", "shard")
    last = {name: _last(kind) for kind, name in LATEST.items()}
    rows = list(scopes.annotate(in_shard=_last_rank(), **last))
    wanted = [getattr(row, name) for row in rows for name in LATEST.values()]
    lists = Crl.objects.in_bulk([pk for pk in wanted if pk is not None])
    return tuple(
        ScopeLists(
            row,
            (row.in_shard or 0) if row.shard else row.authority.revocations,
            {kind: lists[pk] for kind, name in LATEST.items() if (pk := getattr(row, name))},
        )
        for row in rows
    )


def _last_rank() -> Subquery:
    """The rank of the last revocation in a shard; the whole needs no look-up."""
    rows = Certificate.objects.filter(
        authority=OuterRef("authority"), crl_shard=OuterRef("shard"), revocation_index__gt=0
    )
    return Subquery(rows.order_by("-revocation_index").values("revocation_index")[:1])


def _last(kind: CrlKind) -> Subquery:
    rows = Crl.objects.filter(
        authority=OuterRef("authority"), shard=OuterRef("shard"), kind=kind.value
    )
    return Subquery(rows.order_by("-number").values("pk")[:1])


def of_scope(scope: CrlScope, kind: CrlKind) -> QuerySet[Crl]:
    """The lists of one kind of a scope, the newest first."""
    rows = Crl.objects.filter(authority=scope.authority_id, shard=scope.shard, kind=kind.value)
    return rows.order_by("-number")


def issued(row: Crl) -> IssuedList:
    """The row, as the rules read it."""
    return IssuedList(
        number=row.number,
        covers=row.covers,
        this_update=row.this_update,
        next_update=row.next_update,
        entries=row.entries,
    )


def octets(row: Crl) -> bytes:
    """The list itself, DER; empty once a newer one of its kind has taken its place."""
    parts = CrlPart.objects.filter(crl=row).order_by("rank").values_list("octets", flat=True)
    return b"".join(parts.iterator(chunk_size=4))


def insert(row: Crl, der: bytes) -> None:
    """Store a list, in the caller's transaction; it says its own size and digest."""
    row.size, row.sha256 = len(der), hashlib.sha256(der).hexdigest()
    row.save(force_insert=True)
    for rank, part in enumerate(_parts(der)):
        CrlPart.objects.create(crl=row, rank=rank, octets=part)


def drop_octets(rows: Sequence[Crl]) -> None:
    """Forget the octets of lists that were replaced; what is known of them stays."""
    CrlPart.objects.filter(crl__in=rows).delete()


def _parts(der: bytes) -> Iterator[bytes]:
    return (der[start : start + PART] for start in range(0, len(der), PART))
