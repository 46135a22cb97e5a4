"""Why a correction is asked, by the stored word."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CORRECTION_REASONS: Final[Mapping[str, "_StrPromise"]] = {
    "incorrect": _("Des informations sont incorrectes"),
    "incomplete": _("Le dossier est incomplet"),
    "outdated": _("Des informations ne sont plus à jour"),
}
