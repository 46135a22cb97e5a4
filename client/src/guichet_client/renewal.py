"""When a certificate is renewed: pure rules, after RFC 9773 (ARI).

A moment is chosen at random in a window, once, and kept: the certificates of a thousand servers
that were made the same day are not renewed the same minute.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

WAKES_EVERY: Final = timedelta(hours=12)
SPREAD: Final = 0.2
# RFC 9773 §4.3: how soon at the earliest and how late at the latest the server is asked again.
ASK_AGAIN_LEAST: Final = timedelta(minutes=1)
ASK_AGAIN_MOST: Final = timedelta(days=1)
MOMENTS: Final = ("start", "end", "chosen", "ask_again")


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when to renew; `source` is "ari" or "expiry"."""

    start: datetime
    end: datetime
    source: str
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The moment chosen in a window, and when the server is asked again."""

    window: Window
    chosen: datetime
    ask_again: datetime

    def as_json(self) -> dict[str, str]:
        """As the state keeps it."""
        return {
            "start": self.window.start.isoformat(),
            "end": self.window.end.isoformat(),
            "source": self.window.source,
            "explanation": self.window.explanation,
            "chosen": self.chosen.isoformat(),
            "ask_again": self.ask_again.isoformat(),
        }


def from_json(told: Mapping[str, Any] | None) -> Plan | None:
    """A plan as the state kept it; None when there is none that can be read."""
    try:
        moments = {key: datetime.fromisoformat(told[key]) for key in MOMENTS} if told else {}
        if not told or any(moment.tzinfo is None for moment in moments.values()):
            return None
        window = Window(moments["start"], moments["end"], told["source"], told["explanation"])
    except (KeyError, TypeError, ValueError):
        return None
    return Plan(window, moments["chosen"], moments["ask_again"])


def from_expiry(begins: datetime, ends: datetime, before: timedelta) -> Window:
    """The window when no server tells one: it opens `before` the end, or a third of the life."""
    lead = min(before, (ends - begins) / 3)
    return Window(ends - lead, ends - lead * (1 - SPREAD), "expiry")


def plan(window: Window, kept: Plan | None, chance: float, ask_again: datetime) -> Plan:
    """The plan for a window: the moment that was chosen before, as long as the window stays.

    `chance` is a number of [0, 1).
    """
    if kept is not None and (kept.window.start, kept.window.end) == (window.start, window.end):
        return Plan(window, kept.chosen, ask_again)
    return Plan(window, window.start + (window.end - window.start) * chance, ask_again)


def is_due(found: Plan, now: datetime, wakes_every: timedelta = WAKES_EVERY) -> bool:
    """Whether to renew now: the moment came, or comes before this command runs next (§4.2)."""
    return found.chosen < now + wakes_every


def ask_again_at(now: datetime, retry_after_s: int | None) -> datetime:
    """When to ask the server again, its Retry-After held within reason."""
    wanted = timedelta(seconds=retry_after_s) if retry_after_s is not None else timedelta(hours=6)
    return now + min(max(wanted, ASK_AGAIN_LEAST), ASK_AGAIN_MOST)
