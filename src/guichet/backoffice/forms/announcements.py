"""An announcement as staff type it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guichet.backoffice.announcements import Wording
from guichet.domain.announcements import Announcement, Audience, Level, Scope
from guichet.web.forms import MomentField, RefusalFormMixin

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LEVELS: Final[Mapping[Level, "_StrPromise"]] = {
    Level.INFORMATION: _("Information"),
    Level.MAINTENANCE: _("Maintenance"),
    Level.INCIDENT: _("Incident"),
}
AUDIENCES: Final[Mapping[Audience, "_StrPromise"]] = {
    Audience.EVERYBODY: _("Tout le monde"),
    Audience.LOGGED_IN: _("Les personnes connectées"),
    Audience.ADMINISTRATORS: _("Les administrateurs techniques"),
    Audience.STAFF: _("Le personnel du guichet"),
}
SCOPES: Final[Mapping[Scope, "_StrPromise"]] = {
    Scope.ALL: _("Toutes les pages, et l’API"),
    Scope.HABILITATIONS: _("Les pages des habilitations"),
    Scope.PRODUCTS: _("Les pages des produits"),
    Scope.API: _("L’API seule, par un en-tête"),
}
MISSING: Final = {"required": _("Écrivez le titre dans les deux langues.")}


class AnnouncementForm(RefusalFormMixin, forms.Form):
    """Both languages, for whom, where, and from when to when."""

    level = forms.ChoiceField(
        label=_("Niveau"),
        choices=list(LEVELS.items()),
        help_text=_("Sa couleur, et son rang parmi les autres."),
    )
    audience = forms.ChoiceField(
        label=_("Pour qui"),
        choices=list(AUDIENCES.items()),
        help_text=_("Les autres ne la voient pas."),
    )
    scope = forms.ChoiceField(
        label=_("Où"),
        choices=list(SCOPES.items()),
        help_text=_("Sur quelles pages elle s’affiche."),
    )
    starts_at = MomentField(
        label=_("À partir de"),
        error_messages={"required": _("Dites quand elle commence.")},
        help_text=_("À l’heure de Paris. Un instant passé l’affiche aussitôt."),
    )
    ends_at = MomentField(
        label=_("Jusqu’à"), required=False, help_text=_("Vide : jusqu’à ce qu’elle soit retirée.")
    )
    title_fr = forms.CharField(
        label=_("Titre en français"),
        max_length=120,
        error_messages=MISSING,
        help_text=_(
            "Une phrase courte, lue en premier. Exemple : Interruption le 12 mars de 7 h à 8 h."
        ),
    )
    title_en = forms.CharField(
        label=_("Titre en anglais"),
        max_length=120,
        error_messages=MISSING,
        help_text=_("La même chose, pour qui lit ces pages en anglais."),
    )
    text_fr = forms.CharField(
        label=_("Texte en français"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "fr"}),
        help_text=_("Ce qui se passe, ce qui marche encore, que faire. Vide : le titre seul."),
    )
    text_en = forms.CharField(
        label=_("Texte en anglais"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "en"}),
        help_text=_("La même chose, pour qui lit ces pages en anglais."),
    )

    def wording(self) -> Wording:
        """The announcement, once the form is valid."""
        typed = dict(self.cleaned_data)
        return Wording(
            level=Level(typed.pop("level")),
            audience=Audience(typed.pop("audience")),
            scope=Scope(typed.pop("scope")),
            **typed,
        )

    @staticmethod
    def beginning(found: Announcement | None) -> dict[str, Any]:
        """What the form shows first: an announcement to change, or now."""
        if found is None:
            return {"starts_at": timezone.now()}
        return {name: getattr(found, name) for name in AnnouncementForm.base_fields}
