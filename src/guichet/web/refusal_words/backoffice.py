"""Words for what those who run the counter look for."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.SHEET_UNKNOWN: RefusalText(
        404,
        _("Rien ne porte ce nom"),
        _("Le guichet ne connaît rien sous ce nom ou ce numéro."),
        _("Cherchez-le par la page de recherche."),
    ),
}
