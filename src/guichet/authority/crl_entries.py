"""What a list tells: entries streamed as they were encoded, those that expired left out in time.

A certificate that is over stays on one complete list issued past its end, then leaves (RFC 5280
3.3). One that no complete list has told yet stays on the deltas until one does (5.2.4).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from django.db.models import Q, QuerySet

from guichet.authority.models import Certificate, Crl, CrlScope
from guichet.authority.queries import serial_of
from guichet.x509 import crl
from guichet.x509.crl import Reason, RevokedEntry

CHUNK: Final = 5000


@dataclass(frozen=True, slots=True)
class Horizon:
    """What was over before `since`, and is of the first `covered` revocations, is told no more."""

    since: datetime
    covered: int

    @property
    def tells(self) -> Q:
        """Condition of the certificates that are still told."""
        return Q(not_after__gte=self.since) | Q(revocation_index__gt=self.covered)


def horizon_after(full: Crl | None, at: datetime) -> Horizon | None:
    """The horizon of lists issued now, after this complete one; None: everything is told.

    A complete list dated ahead, by a clock that was wrong, takes off nothing that is still valid.
    """
    return Horizon(min(full.this_update, at), full.covers) if full else None


class Tally:
    """Entries on their way into a list, counted as they go."""

    def __init__(self, entries: Iterable[bytes]) -> None:
        self.count = 0
        self._entries = iter(entries)

    def __iter__(self) -> Iterator[bytes]:
        while chunk := list(islice(self._entries, CHUNK)):
            self.count += len(chunk)
            yield b"".join(chunk)


def complete(scope: CrlScope, covers: int, horizon: Horizon | None) -> Iterator[bytes]:
    """Entries of a complete list, in the order of the revocations."""
    return _entries(_told(scope, 0, covers, horizon))


def changes(
    scope: CrlScope, base: Crl, covers: int, horizon: Horizon | None, before: Horizon | None
) -> Iterator[bytes]:
    """Entries of a delta: those since its base, then those that have left the lists since.

    `before` is the horizon of the base.
    """
    yield from _entries(_told(scope, base.covers, covers, horizon))
    if horizon is None:
        return
    gone = _scope(scope, 0, horizon.covered).filter(not_after__lt=horizon.since)
    if before is not None:
        gone = gone.filter(before.tells)
    for serial, revoked_at in gone.values_list("serial_hex", "revoked_at").iterator(CHUNK):
        if revoked_at is not None:
            removed = RevokedEntry(serial_of(serial), revoked_at, Reason.REMOVE_FROM_CRL)
            yield crl.entry_der(removed)


def _told(
    scope: CrlScope, after: int, covers: int, horizon: Horizon | None
) -> QuerySet[Certificate]:
    rows = _scope(scope, after, covers)
    return rows if horizon is None else rows.filter(horizon.tells)


def _scope(scope: CrlScope, after: int, covers: int) -> QuerySet[Certificate]:
    rows = Certificate.objects.filter(
        authority=scope.authority_id, revocation_index__gt=after, revocation_index__lte=covers
    )
    rows = rows.filter(crl_shard=scope.shard) if scope.shard else rows
    return rows.order_by("revocation_index")


def _entries(rows: QuerySet[Certificate]) -> Iterator[bytes]:
    return map(bytes, rows.values_list("crl_entry", flat=True).iterator(chunk_size=CHUNK))
