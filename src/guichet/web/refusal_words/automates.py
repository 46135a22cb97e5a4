"""Words of what is refused on the pages of machine accounts."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.MACHINE_BEYOND_RIGHTS: RefusalText(
        422,
        _("Plus que vos propres droits"),
        _("Votre carte ne vous permet pas de confier ceci à un automate : %(what)s."),
        _("Restez dans vos droits, ou demandez à un administrateur qui les a de créer le compte."),
    ),
    Code.MACHINE_NEEDS_NAMES: RefusalText(
        422,
        _("Aucun nom de serveur"),
        _("Un automate qui obtient des certificats de serveur est limité à des noms."),
        _("Cochez au moins un domaine, ou écrivez les noms de serveurs qu’il gère."),
    ),
    Code.MACHINE_OUT_OF_HAND: RefusalText(
        403,
        _("Automate hors de vos droits"),
        _("Cet automate peut plus que votre carte, ou agit pour un autre que vous."),
        _(
            "Vous pouvez le désactiver et révoquer ses accès ; pour le reste, demandez à un "
            "administrateur qui a ces droits."
        ),
    ),
    Code.CREDENTIAL_BOUND: RefusalText(
        409,
        _("Certificat déjà lié"),
        _("Ce certificat est lié à un automate, ou l’a été."),
        _("Choisissez-en un autre, ou demandez un nouveau certificat pour cet automate."),
    ),
}
