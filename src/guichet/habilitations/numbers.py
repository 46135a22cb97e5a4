"""Numbers of dossiers and of test structures: series without a gap, taken under a lock."""

from typing import Final

from guichet.habilitations.models import Counter

DOSSIERS: Final = "dossiers"
TRIALS: Final = "trials"
BEFORE_FIRST: Final = {DOSSIERS: 9_073_112, TRIALS: 0}  # the deck's own dossier is the first


def take(series: str = DOSSIERS) -> int:
    """The next number of a series, in the caller's transaction."""
    row, _first = Counter.objects.select_for_update().get_or_create(
        series=series, defaults={"last": BEFORE_FIRST[series]}
    )
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
