"""What the form says of an objection: the portal's words, or its own where those are of orders."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code, Objection
from guichet.domain.texts import visible
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

# Where several files are sent at once, each message says which one it is about.
NAMED: Final[Mapping[Code, "_StrPromise"]] = {
    Code.ATTACHMENT_EMPTY: _("« %(name)s » est vide : vérifiez ce fichier, puis joignez-le."),
    Code.ATTACHMENT_TOO_LARGE: _(
        "« %(name)s » dépasse 20 Mo : compressez-le, ou envoyez-le en plusieurs parties."
    ),
    Code.ATTACHMENT_TYPE: _(
        "« %(name)s » n’est ni un PDF, ni une image, ni un document bureautique sans macros, ni "
        "un texte. Convertissez-le en PDF, puis joignez-le."
    ),
    Code.ATTACHMENTS_TOO_MANY: _(
        "« %(name)s » n’a pas été joint : le dossier a déjà %(most)s pièces, le plus qu’il peut "
        "garder. Réunissez plusieurs documents en un seul, ou retirez une pièce inutile."
    ),
}


def objection_words(objection: Objection) -> str:
    """One objection in the active language, what to do included."""
    facts = objection.mapping
    own = (NAMED if facts.get("name") else OWN).get(objection.code)
    if own is not None:
        return str(own) % {**facts, "name": visible(str(facts.get("name", "")))}
    words = explain(objection)
    return f"{words.detail} {words.remedy}"
