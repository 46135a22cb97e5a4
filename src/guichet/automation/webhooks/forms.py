"""Forms of webhooks: shape only; the rules are the operations'."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guichet.automation.webhooks.facts import HookFacts
from guichet.automation.webhooks.operations import LABEL_AT_MOST, HookAsked
from guichet.automation.webhooks.texts import TOPICS, USUAL
from guichet.domain.webhooks import CHOSEN, URL_AT_MOST, Topic
from guichet.web.forms import RefusalFormMixin

Owner = tuple[str, UUID | None]
SEPARATOR: Final = "|"


class HookForm(RefusalFormMixin, forms.Form):
    """What a hook is to be; `pour` only where it is being made."""

    answers = {"url": "webhooks"}

    pour = forms.ChoiceField(
        label=_("Ce qu’il raconte"),
        help_text=_("Tout ce qui arrive à une structure, ou ce qu’un de ses automates peut voir."),
        error_messages={
            "required": _("Choisissez une structure ou un automate."),
            "invalid_choice": _("Choisissez une structure ou un automate de la liste."),
        },
    )
    url = forms.CharField(
        label=_("Adresse de votre programme"),
        max_length=URL_AT_MOST,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "En https, jointe depuis l’Internet. Exemple : https://automate.hopital.fr/guichet"
        ),
        error_messages={"required": _("Donnez l’adresse où envoyer les événements.")},
    )
    label = forms.CharField(
        label=_("Nom du webhook"),
        required=False,
        max_length=LABEL_AT_MOST,
        help_text=_("Pour vos collègues. Exemple : supervision."),
    )
    topics = forms.MultipleChoiceField(
        label=_("Événements"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(topic.value, TOPICS[topic]) for topic in CHOSEN],
        error_messages={"required": _("Cochez au moins un événement.")},
        help_text=_("Votre programme ne reçoit que ceux que vous cochez."),
    )
    contact_email = forms.CharField(
        label=_("Email de l’équipe"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Prévenue si votre programme ne répond plus pendant trois jours."),
        error_messages={"required": _("Donnez l’adresse à prévenir.")},
    )
    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(
        self, data: QueryDict | None, *, owners: Sequence[tuple[Owner, str]] | None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        if owners is None:
            del self.fields["pour"], self.fields["once"]
        else:
            choices = [(_written(owner), label) for owner, label in owners]
            self.fields["pour"].choices = choices  # type: ignore[attr-defined]
            self._owners = {_written(owner): owner for owner, _label in owners}

    def asked(self, hook: HookFacts | None = None) -> HookAsked:
        """What is asked, once the form is valid; of a hook that there is, or of a new one."""
        typed = self.cleaned_data
        structure, machine = (
            (hook.structure_id, hook.machine) if hook else self._owners[typed["pour"]]
        )
        return HookAsked(
            structure_id=structure,
            machine=machine,
            url=typed["url"],
            label=typed["label"],
            topics=frozenset(map(Topic, typed["topics"])),
            contact_email=typed["contact_email"],
            language=(get_language() or "fr")[:2],
        )


def initial_of(hook: HookFacts | None, email: str) -> dict[str, Any]:
    """What the form holds at first: the hook as it is, or what most people want."""
    if hook is None:
        return {"topics": [topic.value for topic in USUAL], "contact_email": email}
    return {
        "url": hook.url,
        "label": hook.label,
        "topics": [topic.value for topic in hook.topics],
        "contact_email": hook.contact_email,
    }


def _written(owner: Owner) -> str:
    structure, machine = owner
    return f"{structure}{SEPARATOR}{machine or ''}"
