"""Texts that people agree to, in words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from guichet.terms.documents import Kind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KINDS: Final[Mapping[Kind, "_StrPromise"]] = {
    Kind.TERMS: _("Conditions générales d’utilisation"),
    Kind.POLICY: _("Politique de certification"),
    Kind.PRACTICE: _("Déclaration des pratiques de certification"),
}
