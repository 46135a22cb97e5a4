"""The small forms around a dossier: a SIRET, an address to invite, a word to search."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.web.forms import RefusalFormMixin


class SiretForm(RefusalFormMixin, forms.Form):
    """ "Identifier votre établissement"; spaces are accepted."""

    answers = {"siret": "trouver-son-siret"}

    siret = forms.CharField(
        label=_("Numéro SIRET"),
        max_length=40,
        help_text=_("14 chiffres, espaces acceptés. Exemple : 403 938 665 00037."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Écrivez le numéro SIRET de votre établissement.")},
    )


class InvitationForm(RefusalFormMixin, forms.Form):
    """Whom to invite, or to whom a dossier is handed over."""

    email = forms.CharField(
        label=_("Adresse électronique"),
        max_length=254,
        help_text=_("Exemple : prenom.nom@structure.fr. Un lien y sera envoyé."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Écrivez l’adresse de la personne à inviter.")},
    )
