"""The files of a dossier's form: those there now, and those that a deposit carried.

A piece belongs to the deposits made while it was there: its period is half-open, from its sending
to its withdrawal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from guichet.domain.dossier.permissions import Act
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import standing
from guichet.habilitations.models import Attachment, Dossier
from guichet.identities.actors import Actor

KINDS: Final = (Attachment.MANDATE, Attachment.SUPPORTING)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attached file as people see it; `scan` is pending, clean, infected or off."""

    key: UUID
    kind: str
    name: str
    media_type: str
    size: int
    scan: str
    sent_by: str
    sent_at: datetime
    removed_at: datetime | None

    @property
    def is_readable(self) -> bool:
        """Whether it may be downloaded now."""
        return self.scan in {"clean", "off"}

    @property
    def is_lost(self) -> bool:
        """Whether the antivirus had it deleted."""
        return self.scan == "infected"

    def was_there(self, at: datetime) -> bool:
        """Whether it was part of the form at an instant."""
        return self.sent_at <= at and (self.removed_at is None or at < self.removed_at)


@dataclass(frozen=True, slots=True)
class PieceChange:
    """A file that one form has and the other has not; the absent side is empty."""

    kind: str
    before: str
    after: str


def every(row: Dossier) -> tuple[File, ...]:
    """Mandates and supporting documents ever joined, withdrawn ones included, the oldest first."""
    rows = Attachment.objects.filter(dossier=row, kind__in=KINDS)
    return tuple(file_of(found) for found in rows.order_by("sent_at", "pk"))


def current(found: Iterable[File]) -> tuple[File, ...]:
    """Those that are there now."""
    return tuple(file for file in found if file.removed_at is None)


def deposited(found: Iterable[File], at: datetime | None) -> tuple[File, ...]:
    """Those that the deposit of this instant carried; those there now before any deposit."""
    return current(found) if at is None else tuple(file for file in found if file.was_there(at))


def seen_by_staff(found: Iterable[File], deposits: Sequence[datetime]) -> tuple[File, ...]:
    """Those that a deposit carried; a withdrawal is told once it was deposited too."""
    last = max(deposits)
    carried = (file for file in found if any(map(file.was_there, deposits)))
    return tuple(
        replace(file, removed_at=None) if file.was_there(last) else file for file in carried
    )


def changes(before: Iterable[File], after: Iterable[File]) -> tuple[PieceChange, ...]:
    """What was withdrawn, then what was added; an infected file adds nothing."""
    old, new = {f.key: f for f in before}, {f.key: f for f in after}
    gone = (PieceChange(f.kind, f.name, "") for f in old.values() if f.key not in new)
    fresh = (f for f in new.values() if f.key not in old and not f.is_lost)
    come = (PieceChange(f.kind, "", f.name) for f in fresh)
    return (*gone, *come)


def withdrawable(key: UUID, who: Actor) -> tuple[int, File]:
    """A piece that somebody may withdraw, and the number of its dossier.

    Raises Refusal: ATTACHMENT_UNKNOWN, DOSSIER_FROZEN, DOSSIER_ACT_FORBIDDEN (also for what a
    message carried).
    """
    row = Attachment.objects.select_related("dossier").filter(key=key, removed_at=None).first()
    if row is None or standing.standing(row.dossier, who) is None:
        raise Refusal(Code.ATTACHMENT_UNKNOWN)
    if row.kind not in KINDS:
        raise Refusal(Code.DOSSIER_ACT_FORBIDDEN, number=row.dossier.number)
    standing.find(row.dossier.number, who, Act.WRITE)
    return row.dossier.number, file_of(row)


def file_of(row: Attachment) -> File:
    """What people are told of a stored file."""
    return File(
        key=row.key,
        kind=row.kind,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        scan=row.scan,
        sent_by=row.sent_by,
        sent_at=row.sent_at,
        removed_at=row.removed_at,
    )
