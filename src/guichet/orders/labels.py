"""Reading what people added to their inventory: tags, owners and saved views."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from guichet.identities.actors import Actor
from guichet.orders.models import SavedView, Tag, Tagging
from guichet.orders.summaries import ProductSummary
from guichet.web.once import once_a_page

TAGS_OFFERED: Final = 200


@dataclass(frozen=True, slots=True)
class View:
    """A list somebody saved: its name, and the filters of its address."""

    key: UUID
    name: str
    query: str
    is_default: bool

    @property
    def dialog(self) -> str:
        """The identifier of the dialog that asks before it is forgotten."""
        return f"supprimer-{self.key}"


def with_tags(products: Sequence[ProductSummary]) -> list[ProductSummary]:
    """The same products, each with its tags in order: one query for all."""
    found = tags_of(product.number for product in products) if products else {}
    return [replace(product, tags=found.get(product.number, ())) for product in products]


def tags_of(numbers: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
    """The tags of products, by product number; those without are absent."""
    rows = Tagging.objects.filter(product__number__in=list(numbers)).order_by("tag__folded")
    found: dict[int, tuple[str, ...]] = {}
    for number, name in rows.values_list("product__number", "tag__name"):
        found[number] = (*found.get(number, ()), name)
    return found


def tags_in(structure_ids: Collection[str]) -> tuple[str, ...]:
    """The tags of structures, in order, each word once."""
    rows = Tag.objects.filter(structure_id__in=structure_ids).order_by("folded")
    names = rows.values_list("folded", "name")[:TAGS_OFFERED]
    return tuple(dict(names).values())


@once_a_page
def views_of(actor: Actor) -> tuple[View, ...]:
    """The views somebody saved, in the order of their names."""
    rows = SavedView.objects.filter(account_id=actor.account_id).order_by("name")
    return tuple(View(row.key, row.name, row.query, row.is_default) for row in rows)


def default_view(actor: Actor) -> View | None:
    """The view that the inventory opens on, if there is one."""
    return next((view for view in views_of(actor) if view.is_default), None)
