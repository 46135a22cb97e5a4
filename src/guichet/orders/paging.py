"""Pages of lists that may be very long: rows are counted no further than anybody reads."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Paginator
from django.db.models import QuerySet

if TYPE_CHECKING:
    Pages = Paginator[Any]
else:
    Pages = Paginator

LISTED_AT_MOST: Final = 10_000
FOUND_AT_MOST: Final = 1_000
HOLDING_AT_MOST: Final = 200
"""A row in fifty may hold the words: each one more counted is fifty texts read."""


def counted_to(*, is_narrowed: bool, is_searched: bool = False) -> int:
    """How far rows are counted: less far when each one must be looked at, or its text be read."""
    if is_searched:
        return HOLDING_AT_MOST
    return FOUND_AT_MOST if is_narrowed else LISTED_AT_MOST


class CappedPaginator(Pages):
    """Pages of a query; past the limit, narrowing is asked for instead of more pages."""

    object_list: QuerySet[Any]

    def __init__(self, rows: QuerySet[Any], per_page: int, limit: int) -> None:
        super().__init__(rows, per_page)
        self.limit = limit

    @cached_property
    def found(self) -> int:
        """How many rows there are, or one more than the limit."""
        return int(self.object_list.order_by()[: self.limit + 1].count())

    @property
    def count(self) -> int:
        """How many rows can be reached."""
        return min(self.found, self.limit)

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than can be reached."""
        return self.found > self.limit
