"""Forms of services: shape only; the rules are the operations'."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from guichet.associations.facts import ServiceFacts
from guichet.associations.operations import NAME_AT_MOST, ServiceAsked
from guichet.domain.catalogue.twins import Environment
from guichet.habilitations.structures import StructureFacts
from guichet.web.forms import RefusalFormMixin

ADDRESSES_AT_MOST: Final = 12_000


class ServiceForm(RefusalFormMixin, forms.Form):
    """A service: whose it is, its client identifier, where its users come back."""

    structure = forms.ChoiceField(
        label=_("Structure"),
        error_messages={
            "required": _("Choisissez une structure."),
            "invalid_choice": _("Choisissez une structure de la liste."),
        },
        help_text=_("Celle à qui appartient le service, et donc ses certificats."),
    )
    client_id = forms.CharField(
        label=_("Identifiant client (client_id)"),
        max_length=100,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
        help_text=_("Celui que Pro Santé Connect, ou un autre fournisseur, vous a donné."),
        error_messages={"required": _("Donnez l’identifiant client du service.")},
    )
    name = forms.CharField(
        label=_("Nom du service"),
        max_length=NAME_AT_MOST,
        help_text=_("Pour vos collègues. Exemple : dossier patient, site de Lille."),
        error_messages={"required": _("Donnez un nom à ce service.")},
    )
    contact_email = forms.CharField(
        label=_("Email de l’équipe"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Préférez une liste de diffusion : elle survit aux départs."),
        error_messages={"required": _("Donnez l’adresse de l’équipe.")},
    )
    redirect_uris = forms.CharField(
        label=_("Adresses de retour (redirect_uri)"),
        required=False,
        max_length=ADDRESSES_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_(
            "Une par ligne, en entier. Exemple : https://dpi.hopital.fr/retour. Laissez vide si "
            "le service ne connecte personne."
        ),
    )
    post_logout_redirect_uris = forms.CharField(
        label=_("Adresses après déconnexion"),
        required=False,
        max_length=ADDRESSES_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("Une par ligne (post_logout_redirect_uri)."),
    )

    def __init__(
        self, data: QueryDict | None, *, structures: Sequence[StructureFacts], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.service: ServiceFacts | None = None
        choices = [(found.national_id, found.label) for found in structures]
        self.fields["structure"].choices = choices  # type: ignore[attr-defined]

    @classmethod
    def changing(cls, data: QueryDict | None, service: ServiceFacts) -> "ServiceForm":
        """The form of a service that there is: its structure and identifier stay."""
        initial = {
            "name": service.name,
            "contact_email": service.contact_email,
            "redirect_uris": "\n".join(service.redirect_uris),
            "post_logout_redirect_uris": "\n".join(service.post_logout_redirect_uris),
        }
        form = cls(data, structures=(), initial=initial)
        form.service = service
        del form.fields["structure"], form.fields["client_id"]
        return form

    def asked(self, environment: Environment) -> ServiceAsked:
        """What is asked, once the form is valid."""
        typed, known = self.cleaned_data, self.service
        return ServiceAsked(
            structure_id=known.structure_id if known else typed["structure"],
            client_id=known.client_id if known else typed["client_id"],
            name=typed["name"],
            environment=environment,
            redirect_uris=tuple(typed["redirect_uris"].splitlines()),
            post_logout_redirect_uris=tuple(typed["post_logout_redirect_uris"].splitlines()),
            contact_email=typed["contact_email"],
        )
