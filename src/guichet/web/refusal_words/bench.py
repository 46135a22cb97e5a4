"""Words for the mutual-TLS bench (EXI_PSC_24)."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

USE_ORG_AUTH_CLI: Final = _("Présentez un certificat de l’offre ORG, usage AUTH_CLI.")

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.BENCH_NO_CERTIFICATE: RefusalText(
        403,
        _("Aucun certificat présenté"),
        _("La connexion TLS s’est faite sans certificat client."),
        _("Donnez à votre client le certificat et sa clé : curl --cert … --key …"),
    ),
    Code.BENCH_UNTRUSTED: RefusalText(
        403,
        _("Certificat d’une autorité étrangère"),
        _("La chaîne présentée ne mène à aucune racine de confiance."),
        USE_ORG_AUTH_CLI,
    ),
    Code.BENCH_OF_TWIN: RefusalText(
        403,
        _("Certificat d’un autre environnement"),
        _("Certificat de %(presented)s présenté à un service de %(here)s."),
        USE_ORG_AUTH_CLI,
    ),
    Code.BENCH_EXPIRED: RefusalText(
        403,
        _("Certificat expiré"),
        _("La date de fin de validité du certificat est passée."),
        _("Demandez un nouveau produit et remplacez le certificat."),
    ),
    Code.BENCH_NOT_YET_VALID: RefusalText(
        403,
        _("Certificat pas encore valable"),
        _("La date de début de validité du certificat n’est pas atteinte."),
        _("Vérifiez l’horloge de votre système."),
    ),
    Code.BENCH_REVOKED: RefusalText(
        403,
        _("Certificat révoqué"),
        _("Ce certificat figure sur la liste de révocation de son autorité."),
        _("Demandez un nouveau produit et remplacez le certificat."),
    ),
    Code.BENCH_STATUS_UNAVAILABLE: RefusalText(
        503,
        _("État du certificat indisponible"),
        _("La liste de révocation de l’autorité manque ou n’est plus à jour."),
        _("Réessayez dans quelques minutes."),
    ),
    Code.BENCH_WRONG_OFFER: RefusalText(
        403,
        _("Offre non admise"),
        _("Ce certificat relève d’une autre offre que ORG."),
        USE_ORG_AUTH_CLI,
    ),
    Code.BENCH_WRONG_USAGE: RefusalText(
        403,
        _("Usage non admis"),
        _("Ce certificat est de l’offre ORG, mais son usage n’est pas AUTH_CLI."),
        USE_ORG_AUTH_CLI,
    ),
    Code.BENCH_TLS_VERSION: RefusalText(
        403,
        _("Version de TLS trop ancienne"),
        _("L’exigence EXI_PSC_24 demande TLS 1.2 au minimum."),
        _("Mettez à jour votre client, ou sa configuration TLS."),
    ),
}
