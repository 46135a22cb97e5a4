"""Words for evidence files that cannot be made."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.EVIDENCE_NOT_READY: RefusalText(
        409,
        _("Dossier de preuve bientôt prêt"),
        _("Le journal publié ne contient pas encore toutes les étapes de ce certificat."),
        _("Revenez dans une minute."),
    ),
    Code.EVIDENCE_TOO_OLD: RefusalText(
        409,
        _("Pas de dossier de preuve"),
        _("Ce certificat a été demandé avant que le journal n’inscrive l’empreinte des pièces."),
        _("Téléchargez les entrées du journal ; son renouvellement aura un dossier de preuve."),
    ),
    Code.EVIDENCE_DAMAGED: RefusalText(
        503,
        _("Journal à examiner"),
        _("Le journal publié et celui du guichet ne s’accordent pas : aucune preuve n’est donnée."),
        _("Prévenez le support en lui disant à quelle heure : il fera examiner le journal."),
    ),
}
