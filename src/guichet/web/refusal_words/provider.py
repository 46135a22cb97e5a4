"""Words for the provider in the shape of Pro Santé Connect (EXI_PSC_22, EXI_PSC_24)."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.PSC_CLIENT_UNKNOWN: RefusalText(
        401,
        _("Service inconnu du fournisseur"),
        _("Aucun service de cet environnement ne porte le client_id « %(client_id)s »."),
        _("Déclarez le service et son client_id au guichet, page « Associations »."),
    ),
    Code.PSC_NOT_ASSOCIATED: RefusalText(
        401,
        _("Certificat non associé au service"),
        _("Ce certificat est valable, mais il n’est pas associé au client_id « %(client_id)s »."),
        _("Associez-le à ce service au guichet, ou présentez le certificat qui l’est."),
    ),
    Code.PSC_SECRET_WRONG: RefusalText(
        401,
        _("Secret du client erroné"),
        _("Le client_secret présenté n’est pas celui de ce service."),
        _(
            "Vérifiez le secret que garde votre serveur, ou n’en envoyez pas : le certificat "
            "suffit."
        ),
    ),
    Code.PSC_SECRET_EXPOSED: RefusalText(
        401,
        _("Identifiants du client exposés"),
        _(
            "La demande vient d’un navigateur, ou son adresse porte le secret : l’exigence "
            "EXI_PSC_22 veut qu’un serveur les garde."
        ),
        _("Appelez le fournisseur depuis votre serveur, le secret dans l’en-tête ou le corps."),
    ),
    Code.PSC_TOKEN_BOUND: RefusalText(
        401,
        _("Jeton lié à un autre certificat"),
        _("Ce jeton a été remis à qui présentait un autre certificat."),
        _("Présentez le certificat du jeton, ou demandez un jeton avec celui-ci."),
    ),
}
