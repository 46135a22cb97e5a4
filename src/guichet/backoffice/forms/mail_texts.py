"""The editor of an e-mail's text."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.notifications.lengths import NOTE_AT_MOST
from guichet.notifications.wording.grammar import SOURCE_AT_MOST
from guichet.web.forms import RefusalFormMixin


class MailTextForm(RefusalFormMixin, forms.Form):
    """A text, and why it changes."""

    text = forms.CharField(
        label=_("Texte du courriel"),
        max_length=SOURCE_AT_MOST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true", "class": "source"}),
        help_text=_("La première ligne en dit l’objet. Ce qui est entre accolades est remplacé."),
        error_messages={"required": _("Écrivez le texte du courriel.")},
    )
    note = forms.CharField(
        label=_("Ce qui change, et pourquoi"),
        max_length=NOTE_AT_MOST,
        help_text=_("Pour la personne qui relira ce texte avant de le mettre en vigueur."),
        error_messages={"required": _("Dites ce qui change, et pourquoi.")},
    )


class MailTrialForm(MailTextForm):
    """The same, to look at it or to try it: nothing needs saying yet."""

    note = forms.CharField(
        label=_("Ce qui change, et pourquoi"),
        max_length=NOTE_AT_MOST,
        required=False,
        help_text=_("Qui approuve le lira, à côté des différences."),
    )
