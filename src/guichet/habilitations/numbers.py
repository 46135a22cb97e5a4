"""Numbers of dossiers: a series without a gap, taken under a lock."""

from typing import Final

from guichet.habilitations.models import Counter

DOSSIERS: Final = "dossiers"
BEFORE_FIRST: Final = 9_073_112  # the deck's own dossier is the first


def take() -> int:
    """The next number, in the caller's transaction."""
    row, _first = Counter.objects.select_for_update().get_or_create(
        series=DOSSIERS, defaults={"last": BEFORE_FIRST}
    )
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
