"""What a simulated order is typed in: the fields of its profile, and a key."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guichet.domain.catalogue.profiles import Profile
from guichet.domain.orders import request as orders
from guichet.domain.orders.request import OrderRequest
from guichet.habilitations.structures import StructureFacts
from guichet.web.forms import RefusalFormMixin

BROUGHT: Final = "csr"
NOBODY: Final = "nobody@specimen.invalid"
CSR_AT_MOST: Final = 64 * 1024
# A key of this size takes seconds to make, for a preview that another shows as well.
LONG: Final = "rsa-4096"
SUBJECT_LABELS: Final = {
    "service": _("Nom du service"),
    "fqdn": _("Nom de domaine ou de serveur"),
    "mail": _("Adresse de messagerie"),
    "national_id": _("Identifiant national de la personne"),
    "surname": pgettext_lazy("of a person", "Nom"),
    "given_names": _("Prénoms"),
    "title": _("Titre"),
}


class SimulationForm(RefusalFormMixin, forms.Form):
    """A structure of the register, or one that is typed; whom the certificate names; a key."""

    as_sent = (BROUGHT,)
    structure_id = forms.CharField(
        label=_("Identifiant national de la structure"),
        max_length=30,
        help_text=_("Connue du guichet, le reste vient du registre."),
    )
    legal_name = forms.CharField(
        label=_("Raison sociale"),
        required=False,
        max_length=200,
        help_text=_("Seulement pour une structure que le guichet ne connaît pas."),
    )
    department_name = forms.CharField(
        label=_("Département"),
        required=False,
        max_length=60,
        help_text=_("Écrit dans le sujet. Exemple : Paris."),
    )
    department_number = forms.CharField(
        label=_("Numéro du département"),
        required=False,
        max_length=3,
        help_text=_("Exemple : 75, 2A ou 971."),
    )

    def __init__(self, data: Any = None, *, profile: Profile) -> None:
        super().__init__(data)
        self._profile = profile
        wanted = orders.required_fields(profile) - orders.CONTACTS
        offered = orders.optional_fields(profile) - {"informed_email"}
        for name, label in SUBJECT_LABELS.items():
            if name in wanted | offered:
                self.fields[name] = forms.CharField(
                    label=label,
                    max_length=254,
                    required=name in wanted,
                    help_text=_("Comme un demandeur l’écrirait."),
                )
        kinds = [kind for kind in profile.keys.kinds if kind != LONG]
        self.fields["key"] = forms.ChoiceField(
            label=_("Clé"),
            choices=[*((kind, kind.upper()) for kind in kinds), (BROUGHT, _("Celle d’une CSR"))],
            initial=profile.keys.preferred,
            help_text=_("Faite pour cet aperçu seulement, puis oubliée ; ou celle d’une CSR."),
        )
        self.fields["csr"] = forms.CharField(
            label=_("Texte de la CSR"),
            required=False,
            max_length=CSR_AT_MOST,
            strip=False,
            help_text=_("Au format PEM, si vous avez choisi la clé d’une CSR."),
            widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "code"}),
        )

    def order(self) -> OrderRequest:
        """The order that was typed. Raises Refusal with every objection."""
        typed = {name: self.cleaned_data.get(name, "") for name in SUBJECT_LABELS}
        return orders.parse(
            offer=str(self._profile.offer or ""),
            usage=str(self._profile.usage or ""),
            structure_id=self.cleaned_data["structure_id"],
            actor_email=NOBODY,
            **{name: text for name, text in typed.items() if text},
        )

    def typed_structure(self, national_id: str) -> StructureFacts | None:
        """The structure as it was typed; None when its name or its department lacks."""
        names = ("legal_name", "department_name", "department_number")
        typed = {name: self.cleaned_data[name].strip() for name in names}
        if not all(typed.values()):
            return None
        return StructureFacts(national_id=national_id, **typed)
