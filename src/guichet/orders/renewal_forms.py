"""Forms of renewals, contacts and calendars: shape only; the rules are the domain's."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.domain.catalogue.offers import Offer
from guichet.habilitations.structures import StructureFacts
from guichet.orders.forms import CsrForm
from guichet.orders.production_forms import ProductionForm
from guichet.web.forms import RefusalFormMixin


class AddressField(forms.CharField):
    """An e-mail address, which the domain judges: what holds a private key is never cut short."""

    def validate(self, value: Any) -> None:
        """Nothing here: an address that is missing is objected to with all the rest."""


class RenewalForm(CsrForm, ProductionForm):
    """Whom to write to, what production confirms, and the request where a new key is needed."""

    actor_email = AddressField(
        label=_("Email de l’acteur"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Reçoit les courriels de ce renouvellement. Préférez une liste de diffusion."),
    )
    informed_email = AddressField(
        label=_("Email d’une personne à informer"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("En reçoit copie. Évitez de dépendre d’une boîte nominative."),
    )
    field_order = ("actor_email", "informed_email")


class ContactForm(RefusalFormMixin, forms.Form):
    """One more address to tell."""

    answers = {"email": "rappels-avant-la-fin"}

    email = AddressField(
        label=_("Adresse à ajouter"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Préférez une liste de diffusion : elle survit aux départs."),
    )


class ExpiryFilterForm(forms.Form):
    """What narrows the page of what expires; what is not understood narrows nothing."""

    structure = forms.ChoiceField(label=_("Structure"), required=False)
    offre = forms.ChoiceField(
        label=_("Offre"),
        required=False,
        choices=[("", _("Toutes")), *((offer.value, offer.value) for offer in Offer)],
    )

    def __init__(self, data: Any, *, structures: Iterable[StructureFacts]) -> None:
        super().__init__(data)
        named = sorted((s.legal_name, s.national_id) for s in structures)
        choices = [("", _("Toutes")), *((number, f"{name} ({number})") for name, number in named)]
        self.fields["structure"].choices = choices  # type: ignore[attr-defined]

    def value(self, name: str) -> str:
        """The value understood, empty otherwise."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")

    @property
    def is_set(self) -> bool:
        """Whether anything narrows the page."""
        return any(self.value(name) for name in self.fields)
