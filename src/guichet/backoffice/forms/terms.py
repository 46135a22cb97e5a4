"""A version of the terms or of a policy as staff type it."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.terms.documents import NUMBER_AT_MOST, Document, Kind
from guichet.terms.operations import TEXT_AT_MOST, Written
from guichet.web.days import midnight
from guichet.web.forms import DayField, RefusalFormMixin

CHANGES_AT_MOST: Final = 500


class TermsForm(RefusalFormMixin, forms.Form):
    """Both languages at once: what people agree to is one text."""

    number = forms.CharField(
        label=_("Numéro de version"),
        max_length=NUMBER_AT_MOST,
        help_text=_("Lettres, chiffres, points et tirets ; par exemple 2027-01."),
        error_messages={"required": _("Donnez un numéro à cette version.")},
    )
    in_force_from = DayField(
        label=_("En vigueur à partir du"),
        help_text=_("Dès 0 h ce jour-là, à l’heure de Paris."),
        error_messages={"required": _("Dites quand elle entre en vigueur.")},
    )
    oid = forms.CharField(
        label=_("OID"),
        max_length=100,
        required=False,
        help_text=_("Pour une politique : l’identifiant que portent les certificats."),
    )
    text_fr = forms.CharField(
        label=_("Texte en français"),
        max_length=TEXT_AT_MOST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "class": "source", "lang": "fr"}),
        help_text=_("« # » commence un titre, « - » une ligne de liste ; une ligne vide sépare."),
        error_messages={"required": _("Écrivez le texte en français.")},
    )
    text_en = forms.CharField(
        label=_("Texte en anglais"),
        max_length=TEXT_AT_MOST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "class": "source", "lang": "en"}),
        help_text=_("Les mêmes engagements, mot pour mot."),
        error_messages={"required": _("Écrivez le texte en anglais.")},
    )
    changes_fr = forms.CharField(
        label=_("Ce qui change, en français"),
        max_length=CHANGES_AT_MOST,
        error_messages={"required": _("Dites ce qui change.")},
        help_text=_("Une phrase, montrée à qui doit accepter la nouvelle version."),
    )
    changes_en = forms.CharField(
        label=_("Ce qui change, en anglais"),
        max_length=CHANGES_AT_MOST,
        error_messages={"required": _("Dites ce qui change, en anglais aussi.")},
        help_text=_("La même chose, pour qui lit ces pages en anglais."),
    )

    def written(self, kind: Kind) -> Written:
        """The version, once the form is valid; a day begins at midnight in the site's time zone."""
        typed = dict(self.cleaned_data)
        day = typed.pop("in_force_from")
        begins = midnight(day)
        return Written(kind=kind, in_force_from=begins, **typed)

    @staticmethod
    def beginning(found: Document) -> dict[str, str]:
        """What a new version begins with: the one it will replace."""
        return {"text_fr": found.text_fr, "text_en": found.text_en, "oid": found.oid}
