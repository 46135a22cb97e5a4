"""A state restored from a backup: it is older than reality until an operator has confirmed it.

What relying parties were given cannot be taken back: statuses and numbers published since the
backup stand, whatever the restored database says.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from guichet.domain.machine import Machine
from guichet.x509.crl import Reason

CRL_NUMBER_GAP: Final = 1000
"""Numbers left unused above the last one found: lists that nobody kept may have borne them."""


class RecoveryState(StrEnum):
    """Where a restored state stands."""

    FOUND = "found"  # it was put in place: nothing is signed from it
    CONFIRMED = "confirmed"
    REPLACED = "replaced"  # another was put in its place before anybody confirmed it


class RecoveryAct(StrEnum):
    """What becomes of a restored state."""

    CONFIRM = "confirm"
    REPLACE = "replace"


RECOVERIES: Final = Machine[RecoveryState, RecoveryAct](
    {
        (RecoveryState.FOUND, RecoveryAct.CONFIRM): RecoveryState.CONFIRMED,
        (RecoveryState.FOUND, RecoveryAct.REPLACE): RecoveryState.REPLACED,
    }
)


@dataclass(frozen=True, slots=True)
class PublishedStatus:
    """What relying parties were told of a certificate: valid when `revoked_at` is None."""

    authority: str
    serial: int
    revoked_at: datetime | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class PublishedNumber:
    """The highest number of a list found published for a scope (its authority and shard)."""

    authority: str
    shard: int
    number: int


def floor_above(number: int) -> int:
    """The floor under which no list is numbered, once one of this number was found published."""
    return number + CRL_NUMBER_GAP
