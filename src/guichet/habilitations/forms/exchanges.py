"""Forms of the exchanges: a message, a piece, a code to verify."""

from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from guichet.habilitations.contents import ENDINGS
from guichet.habilitations.models import Attachment
from guichet.habilitations.policy import policy
from guichet.web.forms import RefusalFormMixin

FILES_AT_MOST: Final = 10
ACCEPTED: Final = ",".join(ENDINGS)
TOO_LARGE: Final = _("Plus de 20 Mo en tout : choisissez des fichiers plus légers.")


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, or none; what they are is judged later, by their bytes."""

    widget = FilesInput

    def __init__(self, *args: Any, at_most: int | None = FILES_AT_MOST, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at_most = at_most

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The files, without the empty choice of a form that has none."""
        chosen = [found for found in data or [] if isinstance(found, UploadedFile)]
        if self.required and not chosen:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if self._at_most is not None and len(chosen) > self._at_most:
            raise forms.ValidationError(_("Joignez dix documents au plus par message."))
        return chosen


class MessageForm(RefusalFormMixin, forms.Form):
    """Words, files, or both; `token` makes of a form sent twice one message."""

    remarks = frozenset({"body"})

    body = forms.CharField(
        label=_("Votre message"),
        strip=False,
        error_messages={"required": _("Écrivez un message, ou joignez un document.")},
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("L’autre partie le reçoit par courriel et peut y répondre ici."),
    )
    uploads = FilesField(
        label=_("Joindre un document (taille max : 20 Mo)"),
        required=False,
        help_text=_(
            "PDF, image, document bureautique ou texte. Plusieurs documents possibles, "
            "20 Mo au plus en tout."
        ),
        widget=FilesInput(attrs={"accept": ACCEPTED, "data-too-large": TOO_LARGE}),
    )
    token = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].required = "uploads" not in self.files
        self.fields["uploads"].widget.attrs["data-max-bytes"] = policy().attachment_bytes

    def sent(self) -> tuple[str, list[Any], UUID | None]:
        """Words, files and token of a form that is valid."""
        found = self.cleaned_data
        return found["body"], found["uploads"], found["token"]


class PieceForm(RefusalFormMixin, forms.Form):
    """Mandates or supporting documents; a dossier's own limit says how many."""

    kind = forms.ChoiceField(
        choices=[(Attachment.MANDATE, _("Mandat")), (Attachment.SUPPORTING, _("Justificatif"))],
        help_text=_("Un mandat donne pouvoir d’agir ; un justificatif prouve ce qui est déclaré."),
    )
    upload = FilesField(
        at_most=None,
        help_text=_("PDF ou image, 20 Mo au plus chacun."),
    )


class CodeForm(RefusalFormMixin, forms.Form):
    """The code printed on a paper."""

    code = forms.CharField(
        label=_("Code de vérification"),
        max_length=40,
        help_text=_(
            "Douze lettres et chiffres, imprimés en bas du document. Espaces et tirets ne "
            "comptent pas."
        ),
        error_messages={"required": _("Saisissez le code imprimé sur le document.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
