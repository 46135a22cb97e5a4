"""Forms of RÉVOQUER: shape only; the rules are the domain's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.orders.texts import MOTIVES
from guichet.web.forms import RefusalFormMixin


class MotiveForm(forms.Form):
    """RÉVOQUER: why."""

    answers = {"motif": "motif-de-revocation"}

    motif = forms.ChoiceField(
        label=_("Motif de la révocation"),
        choices=[(motive.value, words) for motive, words in MOTIVES.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez un motif.")},
        help_text=_("Il est publié avec la révocation. Dans le doute, choisissez le plus grave."),
    )


class ConfirmedForm(forms.Form):
    """RÉVOQUER: that it is understood to be definitive."""

    confirmed = forms.BooleanField(
        label=_("Je comprends que la révocation est définitive."),
        error_messages={"required": _("Confirmez que vous voulez révoquer ce produit.")},
    )


class ConfirmationForm(RefusalFormMixin, ConfirmedForm):
    """RÉVOQUER: the code where ownership is not enough, and the confirmation."""

    answers = {"code": "code-de-revocation"}
    field_order = ("code", "confirmed")

    code = forms.CharField(
        label=_("Code de révocation"),
        strip=False,
        max_length=64,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Celui qui a été choisi au retrait du produit."),
        error_messages={"required": _("Donnez le code de révocation.")},
    )

    def __init__(self, *args: Any, needs_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_code:
            del self.fields["code"]


class CodeRevocationForm(RefusalFormMixin, MotiveForm, ConfirmedForm):
    """RÉVOQUER without login: which product, its code, why, confirmed."""

    answers = {**MotiveForm.answers, "code": "code-de-revocation"}
    field_order = ("which", "code", "motif", "confirmed")

    which = forms.CharField(
        label=_("Numéro de produit ou numéro de série"),
        max_length=80,
        help_text=_("Tous deux sont dans le courriel de retrait. Exemple : 50 012 ou 1D:5D:E2:…"),
        error_messages={"required": _("Dites quel produit révoquer.")},
    )
    code = forms.CharField(
        label=_("Code de révocation"),
        strip=False,
        max_length=64,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Donnez le code de révocation.")},
        help_text=_(
            "Celui qui a été choisi au retrait du produit. Cinq essais, puis un quart "
            "d’heure d’attente."
        ),
    )
