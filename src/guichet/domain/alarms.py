"""When an alarm is raised and cleared: after several rounds that agree, so that none flaps."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from guichet.domain.freshness import Finding, Rule
from guichet.domain.machine import Machine

ROUNDS: Final = 2
# One counts its failures itself; the other is no accident.
AT_ONCE: Final = frozenset({Rule.UNREACHABLE, Rule.EMERGENCY})
Key = tuple[Rule, str]


class AlarmState(StrEnum):
    """Where an alarm stands; one that comes back is another alarm."""

    RAISED = "raised"
    CLEARED = "cleared"


class AlarmAct(StrEnum):
    """What happens to an alarm."""

    CLEAR = "clear"


ALARMS: Final = Machine[AlarmState, AlarmAct](
    {(AlarmState.RAISED, AlarmAct.CLEAR): AlarmState.CLEARED}
)


@dataclass(frozen=True, slots=True)
class Streaks:
    """In how many rounds running each finding was made, and each open alarm had no reason."""

    bad: Mapping[Key, int] = field(default_factory=dict)
    good: Mapping[Key, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a round decides."""

    streaks: Streaks
    to_raise: tuple[Finding, ...]
    to_clear: tuple[Key, ...]


def settle(before: Streaks, found: Iterable[Finding], opened: Collection[Key]) -> Settled:
    """Decide by a round's findings which alarms are raised, and which of the open ones cleared."""
    findings = {finding.key: finding for finding in found}
    bad = {key: before.bad.get(key, 0) + 1 for key in findings}
    good = {key: before.good.get(key, 0) + 1 for key in opened if key not in findings}
    return Settled(
        Streaks(bad, good),
        tuple(findings[key] for key in findings if key not in opened and _is_sure(key, bad[key])),
        tuple(key for key, rounds in good.items() if rounds >= ROUNDS),
    )


def _is_sure(key: Key, rounds: int) -> bool:
    return rounds >= ROUNDS or key[0] in AT_ONCE
