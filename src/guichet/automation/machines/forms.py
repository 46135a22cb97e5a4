"""Forms of machine accounts: shape only; the rules are the operations'."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guichet.automation.machines.hands import Side
from guichet.automation.machines.operations import AccountAsked
from guichet.automation.machines.texts import USUAL_VERBS, VERBS
from guichet.domain import machine_rights
from guichet.domain.habilitations import Right
from guichet.domain.machines import Verb
from guichet.identities.machines import MachineFacts
from guichet.identities.operations.machines import NAME_AT_MOST
from guichet.orders.texts import USAGES
from guichet.web.days import midnight
from guichet.web.forms import DayField, RefusalFormMixin

LISTED_AT_MOST: Final = 4000
SEPARATORS: Final = re.compile(r"[,;\s]+")


def verb_choices() -> list[tuple[str, str]]:
    """What an account may do, in the language of the page."""
    return [(verb.value, f"{words[0]} — {words[1]}") for verb, words in VERBS.items()]


class SideForm(forms.Form):
    """For whom a new account works, where a card may act for several."""

    pour = forms.ChoiceField(
        label=_("Pour quelle structure ?"),
        error_messages={
            "required": _("Choisissez une structure."),
            "invalid_choice": _("Choisissez une structure de la liste."),
        },
        help_text=_("L’automate n’agira que pour elle, dans les limites de vos droits."),
    )

    def __init__(self, data: QueryDict | None, *, sides: Sequence[tuple[Side, str]]) -> None:
        super().__init__(data)
        self.fields["pour"].choices = [(side.text, label) for side, label in sides]  # type: ignore[attr-defined]


class AccountForm(RefusalFormMixin, forms.Form):
    """A machine account: what it is called, whom it writes to, and its limits."""

    answers = {"verbs": "automatiser"}

    name = forms.CharField(
        label=_("Nom de l’automate"),
        max_length=NAME_AT_MOST,
        help_text=_("Ce que c’est, pour vos collègues. Exemple : serveurs web, certbot."),
        error_messages={"required": _("Donnez un nom à cet automate.")},
    )
    contact_email = forms.CharField(
        label=_("Email de l’équipe"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_(
            "Reçoit ce qui concerne ses certificats : préférez une liste de diffusion, elle "
            "survit aux départs."
        ),
        error_messages={"required": _("Donnez l’adresse à prévenir.")},
    )
    verbs = forms.MultipleChoiceField(
        label=_("Ce qu’il peut faire"),
        widget=forms.CheckboxSelectMultiple,
        choices=verb_choices,
        error_messages={"required": _("Cochez au moins une permission.")},
        help_text=_("N’accordez que ce dont il a besoin : cela se change à tout moment."),
    )
    profiles = forms.MultipleChoiceField(
        label=_("Types de certificats"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ceux que votre habilitation vous permet de commander."),
        error_messages={
            "required": _("Cochez au moins un type de certificat."),
            "invalid_choice": _("Choisissez parmi les types que votre carte peut commander."),
        },
    )
    names = forms.MultipleChoiceField(
        label=_("Domaines et serveurs"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Pour les certificats de serveur. Un domaine vaut pour tous les noms dessous."),
        error_messages={
            "invalid_choice": _("Choisissez parmi les noms de votre habilitation."),
        },
    )
    typed_names = forms.CharField(
        label=_("Noms plus précis"),
        required=False,
        max_length=LISTED_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_(
            "Pour confier moins qu’un domaine entier, laissez-le décoché et écrivez ici, un par "
            "ligne, les noms que l’automate gère. Exemple : www.hopital.fr"
        ),
    )
    services = forms.CharField(
        label=_("Services applicatifs"),
        required=False,
        max_length=LISTED_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_(
            "Pour les certificats de service (ORG) : un nom par ligne. Vide, tous les services."
        ),
    )
    ends_on = DayField(
        label=_("Dernier jour"),
        required=False,
        help_text=_("Vide, l’automate reste ouvert jusqu’à ce que quelqu’un le désactive."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: QueryDict | None, *, held: Sequence[Right], today: date, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.today = today
        codes = machine_rights.profiles_of(held)
        names = machine_rights.names_of(held)
        self.fields["profiles"].choices = [(code, _profile(code)) for code in codes]  # type: ignore[attr-defined]
        self.fields["names"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
        if not names:
            del self.fields["names"], self.fields["typed_names"]
        if not any(code.startswith("ORG/") for code in codes):
            del self.fields["services"]

    def clean_ends_on(self) -> date | None:
        """The last day, which is not over."""
        day: date | None = self.cleaned_data["ends_on"]
        if day is not None and day < self.today:
            raise forms.ValidationError(_("Ce jour est passé : choisissez-en un à venir."))
        return day

    def asked(self) -> AccountAsked:
        """What is asked, once the form is valid."""
        typed = self.cleaned_data
        return AccountAsked(
            name=typed["name"],
            contact_email=typed["contact_email"],
            verbs=frozenset(map(Verb, typed["verbs"])),
            profiles=frozenset(typed["profiles"]),
            names=tuple(typed.get("names", ())),
            typed_names=tuple(filter(None, SEPARATORS.split(typed.get("typed_names", "")))),
            services=tuple(filter(str.strip, typed.get("services", "").splitlines())),
            ends_at=_end_of(typed["ends_on"]),
            language=get_language() or "fr",
        )


class LabelForm(RefusalFormMixin, forms.Form):
    """Where a secret will be kept, so that it is known which one to revoke."""

    label = forms.CharField(
        label=_("Sur quelle machine servira-t-il ?"),
        required=False,
        max_length=120,
        help_text=_("Pour le retrouver le jour où il faut le révoquer. Exemple : web-01."),
    )
    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)


def initial_of(machine: MachineFacts | None, held: Sequence[Right]) -> dict[str, Any]:
    """What the form shows first: the account as it is, or what most accounts are given."""
    names = machine_rights.names_of(held)
    if machine is None:
        usual = [verb.value for verb in USUAL_VERBS]
        return {"verbs": usual, "names": list(names), "key": uuid4()}
    scope = machine.scope
    return {
        "name": machine.name,
        "contact_email": machine.contact_email,
        "verbs": sorted(scope.verbs),
        "profiles": sorted(scope.profiles),
        "names": [name for name in scope.names if name in names],
        "typed_names": "\n".join(name for name in scope.names if name not in names),
        "services": "\n".join(scope.services),
        "ends_on": last_day(machine.ends_at),
    }


def last_day(ends_at: datetime | None) -> date | None:
    """The last day of an account, here."""
    return timezone.localtime(ends_at - timedelta(seconds=1)).date() if ends_at else None


def _end_of(day: date | None) -> datetime | None:
    if day is None:
        return None
    return midnight(day + timedelta(days=1))


def _profile(code: str) -> str:
    usage = next(found for found in USAGES if found.value == code.partition("/")[2])
    return f"{code} — {USAGES[usage]}"
