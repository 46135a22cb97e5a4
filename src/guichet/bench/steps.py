"""A step of a diagnosis: what was looked at, what was found, how to look again by hand.

`finding` is the stable name that programs read; its words are in step_words.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """How a step ended; `unknown` when it could not be looked at from here."""

    GOOD = "good"
    WARNING = "warning"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. `seen`: lines in no language; `facts` fill the words; `command` reproduces it."""

    code: str
    finding: str
    verdict: Verdict
    seen: tuple[str, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    command: str = ""


def worst(steps: Iterable[Step]) -> Verdict:
    """The verdict on the whole: a step that cannot be seen takes nothing away."""
    found = {step.verdict for step in steps}
    if Verdict.FAILED in found:
        return Verdict.FAILED
    return Verdict.WARNING if Verdict.WARNING in found else Verdict.GOOD
