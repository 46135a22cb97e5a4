"""Narrowing a page to one structure, wherever somebody has several."""

from collections.abc import Iterable

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from guichet.habilitations.structures import StructureFacts


class StructureFilterForm(forms.Form):
    """Narrows a page to one structure; what is not understood narrows nothing."""

    structure = forms.ChoiceField(label=_("Structure"), required=False)

    def __init__(self, data: QueryDict | None, *, structures: Iterable[StructureFacts]) -> None:
        super().__init__(data)
        names = sorted((found.legal_name, found.national_id) for found in structures)
        choices = [("", _("Toutes")), *((national_id, name) for name, national_id in names)]
        self.fields["structure"].choices = choices  # type: ignore[attr-defined]
        self.is_useful = len(names) > 1

    @property
    def chosen(self) -> str:
        """The identifier of the structure, empty for all."""
        return str(self.cleaned_data.get("structure", "")) if self.is_valid() else ""
