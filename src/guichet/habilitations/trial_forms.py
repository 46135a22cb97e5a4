"""The form of a trial habilitation: shape only; the rules are the domain's."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.domain.trials import DOMAIN, NAME_AT_MOST
from guichet.web.forms import RefusalFormMixin, filled


class TrialForm(RefusalFormMixin, forms.Form):
    """A test structure to open."""

    name = forms.CharField(
        label=_("Nom de la structure de test"),
        max_length=NAME_AT_MOST + 5,
        help_text=_(
            "Fictive : le mot TEST est écrit devant. Exemple : ÉDITEUR DURAND. Il va dans le sujet "
            "des certificats (O)."
        ),
        error_messages={"required": _("Nommez la structure de test.")},
    )
    label = forms.CharField(
        label=_("Domaine réservé"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
        help_text=filled(
            _(
                "Un mot de 3 à 30 lettres sans accent, chiffres ou tirets. « durand » réserve "
                "durand.%(domain)s et tout ce qui est au-dessous."
            ),
            domain=DOMAIN,
        ),
        error_messages={"required": _("Choisissez le mot de votre domaine réservé.")},
    )
