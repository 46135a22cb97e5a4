"""Words of test certificates."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.SAMPLE_UNKNOWN: RefusalText(
        404,
        _("Certificat d’essai inconnu"),
        _("Ce certificat d’essai n’existe pas, n’est plus gardé, ou n’est pas à vous."),
        _("Faites-en un autre."),
    ),
    Code.SAMPLE_IN_PRODUCTION: RefusalText(
        409,
        _("Pas de certificat d’essai en PRODUCTION"),
        _("Les certificats d’essai viennent de la hiérarchie de TEST."),
        _("Faites-le au guichet de TEST."),
    ),
    Code.SAMPLES_TOO_MANY: RefusalText(
        429,
        _("Trop de certificats d’essai"),
        _("Vous en avez fait %(limit)s en un jour."),
        _("Servez-vous de ceux que vous avez, ou revenez demain."),
    ),
}
