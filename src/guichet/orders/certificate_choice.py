"""One of a structure's certificates of services, chosen for what will act with it.

The page is orders/certificate_choice.html.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Self

from django import forms
from django.core.paginator import Page
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.identities.actors import Actor
from guichet.orders import queries
from guichet.orders.filters import ProductFilters
from guichet.orders.summaries import ProductSummary
from guichet.web.forms import RefusalFormMixin

PAGE_SIZE: Final = 20
TEXT_AT_MOST: Final = 100


@dataclass(frozen=True)
class Choice:
    """The certificates in service that are offered, a page at a time, newest first."""

    filters: ProductFilters
    who: Actor
    at: datetime

    @classmethod
    def of(
        cls,
        structure_id: str,
        asked: QueryDict,
        who: Actor,
        at: datetime,
        *,
        but: Collection[int] = (),
    ) -> Self:
        """Those of a structure, by what a page's address asks: `q`, a text, and `page`.

        The products in `but` are left out.
        """
        filters = ProductFilters(
            text=asked.get("q", "")[:TEXT_AT_MOST],
            offer=Offer.ORG.value,
            usage=Usage.AUTH_CLI.value,
            structure_id=structure_id,
            only_revocable=True,
            without=but,
            page=asked.get("page", "1"),
            page_size=PAGE_SIZE,
        )
        return cls(filters, who, at)

    @cached_property
    def page(self) -> Page[ProductSummary]:
        """The page that is asked for."""
        return queries.products_for(self.who, self.filters, self.at)

    def products(self) -> list[tuple[str, str]]:
        """The choices of a form: numbers, and what people know certificates by."""
        return [
            (str(one.number), f"{one.order.beneficiary} — {one.number}")
            for one in self.page.object_list
        ]

    def offers(self, number: str) -> bool:
        """Whether a product is one of them, on whatever page: others may have come meanwhile."""
        if not (number.isascii() and number.isdigit() and len(number) <= queries.NUMBER_DIGITS):
            return False
        alone = replace(self.filters, number=int(number), text="", page="1")
        return bool(queries.products_for(self.who, alone, self.at).object_list)

    @property
    def context(self) -> dict[str, Any]:
        """What the page wants of it."""
        return {"text": self.filters.text, "page": self.page}


class OfferedField(forms.ChoiceField):
    """A product that is offered, be it on the page that is shown or on another."""

    choice: Choice

    def valid_value(self, value: str) -> bool:
        """Whether it is offered."""
        return self.choice.offers(value)


class ChoiceForm(RefusalFormMixin, forms.Form):
    """One certificate among those found."""

    product = OfferedField(
        label=_("Certificat"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez un certificat."),
            "invalid_choice": _("Choisissez un certificat de la liste."),
        },
        help_text=_("Ceux de la structure, d’offre ORG et d’usage AUTH_CLI, en service."),
    )

    def __init__(self, data: QueryDict | None, choice: Choice) -> None:
        super().__init__(data)
        field = self.fields["product"]
        field.choice, field.choices = choice, choice.products  # type: ignore[attr-defined]
