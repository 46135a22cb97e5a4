"""Pages of lists, as frozen values: no row of a database leaves the app that it belongs to."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model

M = TypeVar("M", bound=Model)
T = TypeVar("T")

if TYPE_CHECKING:
    Pages = Paginator[M]


def page_of(pages: "Pages[M]", number: str | None, facts: Callable[[M], T]) -> Page[T]:
    """One page of rows; a number out of range gives the nearest page."""
    page: Page[Any] = pages.get_page(number)
    page.object_list = [facts(row) for row in page.object_list]
    return page
