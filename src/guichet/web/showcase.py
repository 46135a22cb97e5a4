"""What /style/ shows: every component, with plausible content."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils import timezone

from guichet.domain.refusals import Code, Objection
from guichet.web.forms import DayField, RefusalFormMixin
from guichet.web.icons import OUTLINES
from guichet.web.states import STATES

SERIAL = "1D:5D:E2:5E:3D:C1:4B:DE:2A:FF:EA:0D:46:B7:1A:45"
SUBJECT = "CN=Monserviceclient, OU=10B0135356, O=HOPITAL DES 3 DAMES, ST=Paris (75), C=FR"
COMMAND = (
    "openssl req -new -newkey rsa:2048 -sha256 -nodes \\\n"
    "  -keyout monservice.key -out monservice.csr -subj '/CN=Monserviceclient'"
)
STEPS = ("Offre et structure", "Produit", "Usage et informations", "CSR", "Finalisation")


class SampleForm(RefusalFormMixin, forms.Form):
    """One field of each kind."""

    service = forms.CharField(label="Service applicatif", help_text="Il devient le CN.")
    contact = forms.EmailField(label="Email de l’acteur")
    informed = forms.EmailField(label="Email d’une personne à informer", required=False)
    structure = forms.ChoiceField(
        label="Structure", choices=[("10B0135356", "HOPITAL DES 3 DAMES (10B0135356)")]
    )
    usage = forms.ChoiceField(
        label="Usage",
        widget=forms.RadioSelect,
        choices=[("AUTH_CLI", "Authentification client"), ("SIGN", "Signature")],
    )
    since = DayField(label="Après le", required=False)
    csr = forms.CharField(
        label="CSR", widget=forms.Textarea(attrs={"rows": 4, "class": "code"}), required=False
    )
    file = forms.FileField(label="Fichier de la CSR", required=False)
    terms = forms.BooleanField(label="J’ai lu et j’accepte les conditions d’utilisation")


def context(request: HttpRequest) -> dict[str, Any]:
    """Samples for the page of components."""
    now = timezone.now()
    wrong = SampleForm(
        {"service": "Monserviceclient", "contact": "sophie(at)hopital", "structure": "10B0135356"}
    )
    wrong.add_objections([Objection(Code.CSR_IS_PRIVATE_KEY, (("field", "csr"),))])
    return {
        "steps": [(label, "#") for label in STEPS],
        "states": sorted(STATES),
        "icons": sorted(OUTLINES),
        "form": SampleForm(),
        "wrong_form": wrong,
        "serial": SERIAL,
        "command": COMMAND,
        "rows": range(101180, 101185),
        "page": Paginator(range(240), 20).get_page(request.GET.get("page", 4)),
        "tabs": [("orders", "Demandes", "#"), ("park", "Parc", "#")],
        "facts": [
            ("Sujet", SUBJECT),
            ("Validité", ["du 24 novembre 2026", "au 24 novembre 2029"]),
            ("Adresse électronique", None),
        ],
        "events": [
            {"at": now - timedelta(days=2), "title": "Demande déposée", "kind": "success"},
            {"at": now - timedelta(days=1), "title": "Certificat signé", "kind": "success"},
            {"at": now, "title": "À retirer", "kind": "warning", "detail": "par SOPHIE"},
        ],
    }
