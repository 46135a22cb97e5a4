"""Delays kept as counts by step, so that a year of them is read as fast as a day.

Steps grow by a quarter of a doubling: a percentile is told within a fifth of its value.
"""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil, log2
from typing import Final

STEPS_PER_DOUBLING: Final = 4
LONGEST: Final = 120  # 2^30 seconds: no order waits for thirty years


def step_of(delay: timedelta) -> int:
    """The step of a delay; what takes a second or less is of step 0."""
    seconds = max(delay.total_seconds(), 1.0)
    return min(ceil(STEPS_PER_DOUBLING * log2(seconds)), LONGEST)


def longest_of(step: int) -> timedelta:
    """The longest delay of a step, in whole seconds."""
    return timedelta(seconds=round(2 ** (step / STEPS_PER_DOUBLING)))


def percentile(counts: Mapping[int, int], hundredths: int) -> timedelta | None:
    """The delay that so many hundredths do not exceed, by nearest rank; None of none."""
    rank = ceil(sum(counts.values()) * hundredths / 100)
    reached = 0
    for step in sorted(counts):
        reached += counts[step]
        if reached >= rank > 0:
            return longest_of(step)
    return None
