"""How every list of the API is cut into pages."""

from collections.abc import Iterable
from typing import Any, Generic, Self, TypeVar

from django.core.paginator import Page
from ninja import Schema

Item = TypeVar("Item")


class Paged(Schema, Generic[Item]):
    """One page of a list: its items, how many the whole list has, and on how many pages."""

    items: list[Item]
    count: int
    page: int
    pages: int

    @classmethod
    def of(cls, items: Iterable[Item], page: Page[Any]) -> Self:
        """The items as they are shown, on the page they come from."""
        return cls(
            items=list(items),
            count=page.paginator.count,
            page=page.number,
            pages=page.paginator.num_pages,
        )
