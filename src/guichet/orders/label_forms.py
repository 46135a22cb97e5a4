"""Forms of the inventory: names of views, tags and owners; what they hold is the domain's."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.domain.orders.labels import NAME_AT_MOST, TAG_AT_MOST, VIEW_AT_MOST
from guichet.web.forms import RefusalFormMixin

EMAIL_AT_MOST: Final = 254


class ViewForm(RefusalFormMixin, forms.Form):
    """The name of a saved view."""

    name = forms.CharField(
        label=_("Nom de la vue"),
        max_length=VIEW_AT_MOST,
        error_messages={"required": _("Donnez un nom à cette vue.")},
        help_text=_("Celui sous lequel vous retrouverez cette liste."),
    )


class TagForm(RefusalFormMixin, forms.Form):
    """A tag to add."""

    tag = forms.CharField(
        label=_("Étiquette"),
        max_length=TAG_AT_MOST,
        help_text=_("Un mot de votre structure : production, cardiologie, projet…"),
        error_messages={"required": _("Écrivez l’étiquette.")},
    )


class OwnerForm(RefusalFormMixin, forms.Form):
    """Who answers for a product; both fields empty when nobody does."""

    owner_name = forms.CharField(
        label=_("Nom du responsable"),
        required=False,
        max_length=NAME_AT_MOST,
        help_text=_("La personne ou l’équipe qui répond de ce produit."),
    )
    owner_email = forms.CharField(
        label=_("Email du responsable"),
        required=False,
        max_length=EMAIL_AT_MOST,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Laissez les deux champs vides pour n’avoir plus de responsable."),
    )


class BulkForm(OwnerForm):
    """What to do with the products ticked."""

    acte = forms.ChoiceField(
        label=_("Pour les produits cochés"),
        choices=[
            ("tag", _("Ajouter une étiquette")),
            ("untag", _("Retirer une étiquette")),
            ("owner", _("Nommer un responsable")),
        ],
        help_text=_("Il s’applique d’un coup à tous ceux que vous avez cochés."),
    )
    tag = forms.CharField(
        label=_("Étiquette"),
        required=False,
        max_length=TAG_AT_MOST,
        help_text=_("Pour ajouter ou retirer une étiquette. Exemple : production."),
    )
    field_order = ("acte", "tag", "owner_name", "owner_email")
