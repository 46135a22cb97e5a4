"""Filters of lists as people set them; what is not understood narrows nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.orders.states import OrderState, ProductState
from guichet.orders.filters import OrderFilters, Owned, ProductFilters, Validity
from guichet.web.forms import DayField, FilterForm
from guichet.web.states import STATES, shown_of_order

ALL: Final = ("", _("Tous"))
ANY: Final = ("", _("Toutes"))


class _FilterForm(FilterForm):
    q = forms.CharField(label=_("Rechercher"), required=False, max_length=200)
    offre = forms.ChoiceField(
        label=_("Offre"),
        required=False,
        choices=[ANY, *((offer.value, offer.value) for offer in Offer)],
    )
    usage = forms.ChoiceField(
        label=_("Usage"),
        required=False,
        choices=[ALL, *((usage.value, usage.value) for usage in Usage)],
    )

    @property
    def is_set(self) -> bool:
        """Whether anything narrows the list."""
        return any(self.value(name) for name in self.fields if name != "tri")


class OrderFilterForm(_FilterForm):
    """Filters of the list of orders."""

    etat = forms.ChoiceField(
        label=_("État"),
        required=False,
        choices=[ALL, *((state.value, shown_of_order(state).label) for state in OrderState)],
    )
    tri = forms.ChoiceField(
        label=_("Trier par"),
        required=False,
        choices=[
            ("-number", _("les plus récentes")),
            ("number", _("les plus anciennes")),
            ("beneficiary", _("bénéficiaire")),
            ("state", _("état")),
        ],
    )

    def filters(self, page: str = "1", *, states: Sequence[OrderState] = ()) -> OrderFilters:
        """What the domain's queries read; `states` bounds what may be chosen."""
        chosen = self.value("etat")
        wanted = (OrderState(chosen),) if chosen else tuple(states)
        return OrderFilters(
            text=self.value("q") or "",
            offer=self.value("offre") or "",
            usage=self.value("usage") or "",
            states=wanted,
            sort=self.value("tri") or "-number",
            page=page,
        )


class ProductFilterForm(_FilterForm):
    """Filters of the inventory, those of the deck: usage, state, validity."""

    etat = forms.ChoiceField(
        label=_("État"),
        required=False,
        choices=[ALL, *((state.value, STATES[state.value].label) for state in ProductState)],
    )
    valide = forms.ChoiceField(
        label=_("Valide"),
        required=False,
        choices=[
            ("", _("Peu importe")),
            (Validity.TODAY.value, _("Aujourd’hui")),
            (Validity.WEEK.value, _("Cette semaine")),
            (Validity.MONTH.value, _("Ce mois")),
            (Validity.BETWEEN.value, _("Dans cet intervalle")),
        ],
    )
    apres = DayField(label=_("Après le"), required=False)
    avant = DayField(label=_("Avant le"), required=False)
    tri = forms.ChoiceField(
        label=_("Trier par"),
        required=False,
        choices=[
            ("-number", _("les plus récents")),
            ("not_after", _("fin de validité")),
            ("beneficiary", _("bénéficiaire")),
            ("usage", _("usage")),
        ],
    )

    def __init__(
        self, data: QueryDict | None, *, usages: Sequence[Usage] = (), **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        if usages:
            del self.fields["offre"]
            choices = [ALL, *((usage.value, usage.value) for usage in usages)]
            self.fields["usage"].choices = choices  # type: ignore[attr-defined]

    def filters(
        self,
        page: str = "1",
        *,
        offer: str = "",
        structure_id: str = "",
        default_state: ProductState | None = None,
        only_revocable: bool = False,
    ) -> ProductFilters:
        """What the domain's queries read; an interval alone counts as "dans cet intervalle"."""
        chosen = self.value("etat")
        state = ProductState(chosen) if chosen else None
        validity = self.value("valide")
        if not validity and (self.value("apres") or self.value("avant")):
            validity = Validity.BETWEEN.value
        return ProductFilters(
            text=self.value("q") or "",
            offer=offer or self.value("offre") or "",
            usage=self.value("usage") or "",
            state=state if self.data else default_state,
            structure_id=structure_id,
            validity=Validity(validity) if validity else None,
            after=self.value("apres"),
            before=self.value("avant"),
            only_revocable=only_revocable,
            sort=self.value("tri") or "-number",
            page=page,
        )


class InventoryFilterForm(ProductFilterForm):
    """Filters of the inventory: those of the deck, the structure, tags and owners."""

    structure = forms.ChoiceField(label=_("Structure"), required=False)
    etiquette = forms.ChoiceField(label=_("Étiquette"), required=False)
    responsable = forms.ChoiceField(
        label=_("Responsable"),
        required=False,
        choices=[
            ("", _("Peu importe")),
            (Owned.SOMEBODY.value, _("Avec un responsable")),
            (Owned.NOBODY.value, _("Sans responsable")),
        ],
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        structures: Sequence[tuple[str, str]] = (),
        tags: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.fields["structure"].choices = [ANY, *structures]  # type: ignore[attr-defined]
        self.fields["etiquette"].choices = [ANY, *((tag, tag) for tag in tags)]  # type: ignore[attr-defined]
        for name, choices in (("structure", structures), ("etiquette", tags)):
            if len(choices) < (2 if name == "structure" else 1):
                del self.fields[name]

    def inventory(self, page: str = "1") -> ProductFilters:
        """What the domain's queries read."""
        owned = self.value("responsable")
        return replace(
            self.filters(page, structure_id=self.value("structure") or ""),
            tag=self.value("etiquette") or "",
            owned=Owned(owned) if owned else None,
        )

    @property
    def query(self) -> str:
        """The filters that narrow or sort, as an address writes them."""
        given = ((name, self.data.get(name, "")) for name in self.fields)
        return urlencode([(name, text) for name, text in given if text and self.value(name)])
