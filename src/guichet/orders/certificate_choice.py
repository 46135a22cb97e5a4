"""One of a structure's certificates of services, chosen for what will act with it.

The page is orders/certificate_choice.html.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.identities.actors import Actor
from guichet.orders import queries
from guichet.orders.filters import ProductFilters
from guichet.web.forms import RefusalFormMixin

FOUND_AT_MOST: Final = 50
TEXT_AT_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """The certificates in service that are offered, newest first; `is_cut`: there are more."""

    text: str
    products: tuple[tuple[str, str], ...]
    is_cut: bool

    @classmethod
    def of(
        cls, structure_id: str, text: str, who: Actor, at: datetime, *, but: Collection[int] = ()
    ) -> Self:
        """Those of a structure that `text` finds, without the products in `but`."""
        filters = ProductFilters(
            text=text[:TEXT_AT_MOST],
            offer=Offer.ORG.value,
            usage=Usage.AUTH_CLI.value,
            structure_id=structure_id,
            only_revocable=True,
            page_size=FOUND_AT_MOST,
        )
        found = list(queries.products_for(who, filters, at))
        return cls(
            text=filters.text,
            products=tuple(
                (str(one.number), f"{one.order.beneficiary} — {one.number}")
                for one in found
                if one.number not in but
            ),
            is_cut=len(found) == FOUND_AT_MOST,
        )

    @property
    def context(self) -> dict[str, Any]:
        """What the page wants of it."""
        return {"text": self.text, "found": len(self.products), "is_cut": self.is_cut}


class ChoiceForm(RefusalFormMixin, forms.Form):
    """One certificate among those found."""

    product = forms.ChoiceField(
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
        self.fields["product"].choices = choice.products  # type: ignore[attr-defined]
