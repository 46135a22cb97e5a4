"""A withdrawn certificate put to work: files, commands, and configuration to copy."""

from django import forms
from django.core.validators import RegexValidator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from guichet.domain.addresses import Fqdn
from guichet.domain.refusals import Refusal
from guichet.identities.access import ActorRequest, login_required
from guichet.orders import installing, queries
from guichet.orders.installing import FOLDER, Family
from guichet.web.refusal_texts import explain


class PlaceForm(forms.Form):
    """Where the files will be, and which service is to be reached."""

    hote = forms.CharField(
        label=_("Service à joindre"),
        required=False,
        max_length=253,
        help_text=_("Son nom d’hôte. Exemple : service.exemple.fr"),
    )
    dossier = forms.CharField(
        label=_("Dossier des fichiers"),
        required=False,
        max_length=200,
        validators=[
            RegexValidator(
                rf"^{FOLDER.pattern}\Z",
                _("Donnez un chemin absolu, sans espace. Exemple : /etc/ssl/monservice"),
            )
        ],
        help_text=_("Sur la machine qui se servira du certificat. Exemple : /etc/ssl/monservice"),
    )

    def clean_hote(self) -> str:
        """The name as certificates and DNS write it."""
        typed = str(self.cleaned_data["hote"])
        try:
            return Fqdn.parse(typed).value if typed else ""
        except Refusal as refusal:
            words = explain(refusal.all[0])
            raise forms.ValidationError(f"{words.detail} {words.remedy}") from refusal


@login_required
@require_safe
def install(request: ActorRequest, number: int) -> HttpResponse:
    """Everything one needs to put a product to work, filled with its own names."""
    product = queries.product(number, request.actor, request.received_at)
    family = installing.family_of(product.order.usage)
    usual = installing.names_of(product)
    form = PlaceForm({"hote": usual.host, "dossier": usual.folder} | request.GET.dict())
    if family is not Family.CLIENT:
        del form.fields["hote"]
    form.is_valid()
    typed = form.cleaned_data
    names = installing.names_of(
        product, host=typed.get("hote", ""), folder=typed.get("dossier", "")
    )
    context = {
        "product": product,
        "family": family.value,
        "names": names,
        "form": form,
        "preparations": installing.preparations(family, names),
        "snippets": installing.snippets(family, names),
    }
    return render(request, "orders/install.html", context)
