"""So many tries within a time: when the next one is taken."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil


def seconds_to_wait(latest: Sequence[datetime], most: int, within: timedelta, at: datetime) -> int:
    """Whole seconds until one of the tries counts no more; 0 while fewer than `most` count.

    `latest` are the instants of those within the time, the newest first; more than `most` of them
    change nothing.
    """
    if len(latest) < most:
        return 0
    oldest = latest[most - 1] if most else at
    return ceil((oldest + within - at).total_seconds())
