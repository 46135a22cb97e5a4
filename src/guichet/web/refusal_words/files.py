"""The words of refusals about files that people send."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.ATTACHMENT_TOO_LARGE: RefusalText(
        413,
        _("Fichier trop lourd"),
        _("Le fichier dépasse la taille permise, 20 Mo."),
        _("Compressez-le, ou envoyez-le en plusieurs parties."),
    ),
    Code.ATTACHMENT_EMPTY: RefusalText(
        422,
        _("Fichier vide"),
        _("Le fichier ne contient rien."),
        _("Vérifiez le fichier, puis joignez-le à nouveau."),
    ),
    Code.ATTACHMENT_TYPE: RefusalText(
        422,
        _("Type de fichier refusé"),
        _(
            "Le contenu du fichier n’est ni un PDF, ni une image, ni un document "
            "bureautique, ni un texte."
        ),
        _("Convertissez-le en PDF, par exemple."),
    ),
    Code.ATTACHMENT_INFECTED: RefusalText(
        422,
        _("Fichier infecté"),
        _("L’antivirus a reconnu un logiciel malveillant dans ce fichier ; il n’a pas été gardé."),
        _("Analysez votre poste, puis envoyez un fichier sain."),
    ),
    Code.ATTACHMENT_UNSCANNED: RefusalText(
        409,
        _("Vérification en cours"),
        _("L’antivirus n’a pas encore vérifié ce fichier."),
        _("Revenez dans quelques minutes."),
    ),
    Code.ATTACHMENT_UNKNOWN: RefusalText(
        404,
        _("Pièce introuvable"),
        _("Cette pièce n’existe pas, ou elle ne vous est pas ouverte."),
        _("Revenez au dossier."),
    ),
    Code.ATTACHMENTS_TOO_MANY: RefusalText(
        422,
        _("Trop de pièces"),
        _("Le dossier a déjà %(most)s pièces, ce qui est le plus qu’il peut en garder."),
        _("Réunissez plusieurs documents en un seul, ou retirez une pièce inutile."),
    ),
}
