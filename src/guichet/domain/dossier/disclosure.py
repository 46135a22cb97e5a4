"""Which counts may be told to everybody: none by which a few dossiers could be recognised.

A small count is left out, and with it what would give it away: the sum of the counts may be known.
"""

from collections.abc import Hashable, Mapping
from typing import Final, TypeVar

FEWEST: Final = 5

K = TypeVar("K", bound=Hashable)


def told(count: int) -> int | None:
    """The count, or None for one to FEWEST - 1; that there are none may be told."""
    return None if 0 < count < FEWEST else count


def all_told(counts: Mapping[K, int]) -> Mapping[K, int | None]:
    """Counts whose sum is known: those left out are two at least, and FEWEST together at least.

    Where small ones alone are not that much, the next smallest are left out with them.
    """
    hidden = [key for key, count in counts.items() if told(count) is None]
    others = sorted((key for key in counts if counts[key] >= FEWEST), key=lambda key: counts[key])
    while hidden and others and (len(hidden) < 2 or sum(map(counts.__getitem__, hidden)) < FEWEST):
        hidden.append(others.pop(0))
    return {key: None if key in hidden else count for key, count in counts.items()}


def share(part: int, whole: int) -> int | None:
    """A share in hundredths; None of none, and where it would tell a small count on either side."""
    if not whole or told(part) is None or told(whole - part) is None:
        return None
    return round(100 * part / whole)
