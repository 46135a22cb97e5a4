"""A state restored from a backup, until an operator has confirmed what was lost.

While it is held nothing is signed: neither certificates, nor lists, nor authorities. What was
published since the backup stands: see adopting.py; list numbers are left unused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from guichet.authority import operations
from guichet.authority.adopting import reserved
from guichet.authority.models import CrlScope, Recovery
from guichet.authority.overseen import is_held
from guichet.authority.signing import SigningFaultError
from guichet.domain.certificates.recovery import (
    RECOVERIES,
    PublishedNumber,
    RecoveryAct,
    RecoveryState,
    floor_above,
)
from guichet.domain.refusals import Code, Refusal
from guichet.journal import operations as journal
from guichet.journal import queries as journal_queries
from guichet.journal.chain import Fact
from guichet.journal.events import Event

__all__ = [
    "Held",
    "HeldError",
    "confirm",
    "held",
    "is_held",
    "leave_numbers",
    "require_clear",
    "reserved",
    "tell_restored",
]


class HeldError(SigningFaultError):
    """Nothing is signed: the state was restored and nobody has confirmed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The restored state that waits for a confirmation; `seq` and `digest` end its journal."""

    backup: str
    backup_at: datetime
    restored_at: datetime
    seq: int
    digest: str
    aside: Path | None


def require_clear() -> None:
    """Raises HeldError, which says what to do, while a restored state waits."""
    if is_held():
        raise HeldError(
            "this state was restored from a backup and is held: run “guichet restore check”, then "
            "“guichet restore confirm”"
        )


def held() -> Held | None:
    """The restored state that waits; None when nothing does."""
    row = Recovery.objects.filter(state=RecoveryState.FOUND.value).first()
    return None if row is None else _held(row)


def _held(row: Recovery) -> Held:
    return Held(
        backup=row.backup,
        backup_at=row.backup_at,
        restored_at=row.restored_at,
        seq=row.journal_seq,
        digest=row.journal_digest,
        aside=Path(row.aside) if row.aside else None,
    )


@transaction.atomic
def tell_restored(*, by: str, at: datetime) -> None:
    """Write in the restored journal that it was restored; once."""
    row = Recovery.objects.select_for_update().get(state=RecoveryState.FOUND.value)
    if any(e.event == Event.STATE_RESTORED for e in journal_queries.entries_about(_subject(row))):
        return
    facts: dict[str, Fact] = {
        "backup": row.backup,
        "made": row.backup_at.isoformat(),
        "seq": row.journal_seq,
    }
    journal.record(Event.STATE_RESTORED, subject=_subject(row), actor=by, at=at, facts=facts)


def leave_numbers(*, found: Iterable[PublishedNumber], by: str, at: datetime) -> int:
    """Number the next lists above those found published, with a gap; return how many floors rose.

    A scope that is not known here, such as a shard opened since the backup, is passed over: its
    numbers begin at the clock's.
    """
    raised = 0
    for one in found:
        if CrlScope.objects.filter(authority__code=one.authority, shard=one.shard).exists():
            raised += operations.raise_crl_floor(
                code=one.authority, shard=one.shard, number=floor_above(one.number), by=by, at=at
            )
    return raised


@transaction.atomic
def confirm(*, findings: Mapping[str, Fact], by: str, at: datetime) -> None:
    """Let signing begin again; what was found is kept with the row and in the journal.

    Raises Refusal(MOVE_FORBIDDEN) when nothing waits.
    """
    row = Recovery.objects.select_for_update().filter(state=RecoveryState.FOUND.value).first()
    if row is None:
        raise Refusal(Code.MOVE_FORBIDDEN, state="none", act=RecoveryAct.CONFIRM.value)
    row.state = RECOVERIES.next(RecoveryState(row.state), RecoveryAct.CONFIRM).value
    row.confirmed_at, row.confirmed_by, row.findings = at, by, dict(findings)
    row.save(update_fields=["state", "confirmed_at", "confirmed_by", "findings"])
    journal.record(
        Event.RECOVERY_CONFIRMED, subject=_subject(row), actor=by, at=at, facts=dict(findings)
    )


def _subject(row: Recovery) -> str:
    return f"recovery:{row.pk}"
