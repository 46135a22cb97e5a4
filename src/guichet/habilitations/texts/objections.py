"""What the form says of an objection: the portal's words, or its own where those are of orders."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code, Objection
from guichet.web.refusal_texts import explain

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

OWN: Final[Mapping[Code, "_StrPromise"]] = {
    Code.FIELD_MISSING: _("Ce champ est nécessaire : remplissez-le."),
    Code.CHOICE_MISSING: _("Choisissez une des réponses proposées."),
    Code.NAME_INVALID: _("Ce texte contient des caractères invisibles : tapez-le de nouveau."),
    Code.NAME_TOO_LONG: _("Ce texte dépasse %(limit)s caractères : abrégez-le."),
    Code.TERMS_NOT_ACCEPTED: _(
        "Lisez les conditions générales d’utilisation, puis cochez la case."
    ),
}


def objection_words(objection: Objection) -> str:
    """One objection in the active language, what to do included."""
    own = OWN.get(objection.code)
    if own is not None:
        return str(own) % objection.mapping
    words = explain(objection)
    return f"{words.detail} {words.remedy}"
