"""Numbers of rows told no further than anybody reads (ADR 0012)."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

COUNTED_AT_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Capped:
    """How many there are, or that there are more than `limit`."""

    count: int
    limit: int = COUNTED_AT_MOST

    @property
    def is_capped(self) -> bool:
        """Whether there are more than were counted."""
        return self.count > self.limit

    def __bool__(self) -> bool:
        return self.count > 0

    def __str__(self) -> str:
        if self.is_capped:
            return _("plus de %(count)s") % {"count": number_format(self.limit, use_l10n=True)}
        return number_format(self.count, use_l10n=True)


def capped(rows: QuerySet[Any], limit: int = COUNTED_AT_MOST) -> Capped:
    """Count rows up to the limit; one query that reads no further."""
    return Capped(rows.order_by()[: limit + 1].count(), limit)
