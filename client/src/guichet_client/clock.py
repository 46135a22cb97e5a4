"""Time and chance, so that tests may give others."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

_chance = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Clock:
    """The present moment (UTC), waiting (seconds), and a number of [0, 1)."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    chance: Callable[[], float]


def real() -> Clock:
    """The clock of the machine."""
    return Clock(lambda: datetime.now(UTC), time.sleep, _chance.random)
