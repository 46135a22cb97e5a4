"""Forms of rights, delegations and domains: shape only; the rules are the operations'."""

import re
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.habilitations.operations.lives import Kept
from guichet.habilitations.queries.delegations import Extent
from guichet.habilitations.queries.holdings import Holding
from guichet.web.forms import DayField, RefusalFormMixin

REASON_AT_MOST: Final = 500
SUBDOMAINS_AT_MOST: Final = 2000
SEPARATORS: Final = re.compile(r"[,;]")
REASON_REQUIRED: Final = _("Écrivez le motif : les personnes concernées le liront.")


class ReasonForm(RefusalFormMixin, forms.Form):
    """Why something is done to a right, a card, a structure or a delegation."""

    remarks = frozenset({"because"})

    because = forms.CharField(
        label=_("Motif"),
        max_length=REASON_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Le porteur de la carte et les représentants de la structure le recevront."),
        error_messages={"required": REASON_REQUIRED},
    )

    def __init__(self, *args: Any, needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"].required = needed


class NarrowForm(ReasonForm):
    """What a right keeps: everything is ticked, and one unticks what goes."""

    usages = forms.MultipleChoiceField(
        label=_("Usages conservés"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Gardez au moins un usage, ou terminez le droit."),
        },
        help_text=_("Décochez ce que cette carte ne doit plus pouvoir demander."),
    )
    domains = forms.MultipleChoiceField(
        label=_("Domaines conservés"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Décochez ceux pour lesquels elle ne doit plus demander de certificat."),
    )
    servers = forms.MultipleChoiceField(
        label=_("Serveurs conservés"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Décochez ceux pour lesquels elle ne doit plus demander de certificat."),
    )
    mail_domains = forms.MultipleChoiceField(
        label=_("Domaines de messagerie conservés"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Décochez ceux pour lesquels elle ne doit plus demander de certificat."),
    )
    field_order = ("usages", "domains", "servers", "mail_domains", "because")

    def __init__(self, data: QueryDict | None, *, holding: Holding) -> None:
        initial = {
            "usages": holding.usages,
            "domains": holding.domains,
            "servers": holding.servers,
            "mail_domains": holding.mail_domains,
        }
        super().__init__(data, initial=initial)
        for name, held in initial.items():
            _offer_choices(self, name, held)
            if not held:
                del self.fields[name]

    def kept(self) -> Kept:
        """What stays ticked."""
        typed = self.cleaned_data
        return Kept(
            usages=frozenset(map(Usage, typed["usages"])),
            domains=frozenset(typed.get("domains", ())),
            servers=frozenset(typed.get("servers", ())),
            mail_domains=frozenset(typed.get("mail_domains", ())),
        )


class SearchForm(forms.Form):
    """The search of a list."""

    q = forms.CharField(label=_("Rechercher"), required=False, max_length=100)

    @property
    def text(self) -> str:
        """What is looked for; empty when nothing is."""
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""

    @property
    def is_set(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.text)


class StructureSearchForm(SearchForm):
    """Structures by name, national identifier or SIRET."""

    q = forms.CharField(
        label=_("Nom, identifiant national ou SIRET"), required=False, max_length=100
    )


class CardSearchForm(SearchForm):
    """Cards by number."""

    q = forms.CharField(label=_("Numéro de carte"), required=False, max_length=20)


class DomainForm(RefusalFormMixin, forms.Form):
    """A domain to prove."""

    domain = forms.CharField(
        label=_("Autre domaine à prouver"),
        max_length=253,
        help_text=_("Exemple : hopital.fr"),
        error_messages={"required": _("Indiquez un nom de domaine.")},
    )


class EditorForm(RefusalFormMixin, forms.Form):
    """The editor, by its number."""

    answers = {"siret": "trouver-son-siret"}

    siret = forms.CharField(
        label=_("SIRET de l’éditeur"),
        max_length=20,
        help_text=_("14 chiffres, espaces acceptés. Exemple : 403 938 665 00037"),
        error_messages={"required": _("Indiquez le SIRET de l’éditeur.")},
    )


class DelegationForm(RefusalFormMixin, forms.Form):
    """What is delegated, within what the structure itself holds."""

    answers = {"offers": "deleguer-a-un-editeur"}

    offers = forms.MultipleChoiceField(
        label=_("Offres déléguées"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choisissez au moins une offre.")},
        help_text=_("Parmi ce que votre structure peut elle-même commander."),
    )
    domains = forms.MultipleChoiceField(
        label=_("Domaines et serveurs"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Pour l’offre SERV : les noms que l’éditeur peut faire certifier."),
    )
    subdomains = forms.CharField(
        label=_("Sous-domaines seulement"),
        required=False,
        max_length=SUBDOMAINS_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_(
            "Pour déléguer moins qu’un domaine entier, laissez-le décoché et écrivez ici, un par "
            "ligne, les noms qui en dépendent. Exemple : appli.hopital.fr"
        ),
    )
    mail_domains = forms.MultipleChoiceField(
        label=_("Domaines de messagerie"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Pour les offres SERV et PRO."),
    )
    starts_on = DayField(
        label=_("Premier jour"),
        help_text=_("L’éditeur ne peut rien demander avant, ni avant d’avoir accepté."),
    )
    ends_on = DayField(label=_("Dernier jour"), help_text=_("Trois ans au plus."))

    def __init__(self, data: QueryDict | None, *, extent: Extent, today: date) -> None:
        initial = {"starts_on": today, "ends_on": today + timedelta(days=364)}
        super().__init__(data, initial=initial)
        _offer_choices(self, "offers", extent.offers)
        for name, held in (("domains", extent.names), ("mail_domains", extent.mail_domains)):
            _offer_choices(self, name, held)
            if not held:
                del self.fields[name]
        if not extent.domains:
            del self.fields["subdomains"]

    def offers_chosen(self) -> frozenset[Offer]:
        """The offers ticked."""
        return frozenset(map(Offer, self.cleaned_data["offers"]))

    def subdomains_typed(self) -> tuple[str, ...]:
        """The names typed, as they were."""
        return tuple(SEPARATORS.sub(" ", self.cleaned_data.get("subdomains", "")).split())


class StaffForm(RefusalFormMixin, forms.Form):
    """A card that acts for an editor."""

    answers = {"card_number": "numero-de-carte"}

    card_number = forms.CharField(
        label=_("N° de carte"),
        max_length=20,
        help_text=_("Le numéro imprimé sur la carte CPx du collaborateur."),
        error_messages={"required": _("Indiquez le numéro de la carte.")},
    )
    name = forms.CharField(
        label=_("Nom et prénoms"),
        max_length=120,
        help_text=_("Comme sur la carte."),
        error_messages={"required": _("Indiquez le nom du porteur.")},
    )
    email = forms.CharField(
        label=_("Email professionnel"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Indiquez une adresse électronique.")},
        help_text=_("La personne y sera prévenue. Exemple : prenom.nom@editeur.fr"),
    )


def _offer_choices(form: forms.Form, name: str, values: tuple[str, ...]) -> None:
    shown = [(value, f"@{value}" if name == "mail_domains" else value) for value in values]
    form.fields[name].choices = shown  # type: ignore[attr-defined]
