"""Words of what is refused to machine accounts, and to those who manage them."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.VERB_MISSING: RefusalText(
        403,
        _("Acte non permis à ce compte"),
        _("Cet automate n’a pas la permission « %(verb)s »."),
        _("Un administrateur de la structure peut l’ajouter, sur la page du compte."),
    ),
    Code.MACHINE_UNKNOWN: RefusalText(
        404,
        _("Automate inconnu"),
        _("Aucun automate visible ne porte cet identifiant."),
        _("Retrouvez-le dans la liste des automates de votre structure."),
    ),
    Code.MACHINE_DISABLED: RefusalText(
        403,
        _("Automate désactivé"),
        _("Cet automate est désactivé ou arrivé à sa fin."),
        _("Un administrateur de la structure peut le réactiver, ou en ouvrir un autre."),
    ),
    Code.MACHINE_NEEDS_A_SCOPE: RefusalText(
        422,
        _("Rien n’est permis à ce compte"),
        _("Un automate a au moins une permission et un type de certificat."),
        _("Cochez ce que la machine fera, parmi ce que votre habilitation permet."),
    ),
    Code.CREDENTIAL_WRONG: RefusalText(
        401,
        _("Secret refusé"),
        _("Ce jeton ou ce secret est inconnu, révoqué, déjà employé ou expiré."),
        _("Créez-en un autre sur la page de l’automate, et remplacez-le."),
    ),
    Code.CREDENTIAL_UNKNOWN: RefusalText(
        404,
        _("Secret inconnu"),
        _("Cet automate n’a pas de secret de cet identifiant."),
        _("Retrouvez-le sur la page du compte."),
    ),
}
