"""Words of what is refused to machines that enrol by EST (RFC 7030)."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.EST_AUTHENTICATION_MISSING: RefusalText(
        401,
        _("Qui demande ?"),
        _("Ni certificat client ni secret à usage unique n’accompagnent cette demande."),
        _(
            "Présentez un certificat en TLS, ou bien, par HTTP Basic, l’identifiant de "
            "l’automate et un secret EST."
        ),
    ),
    Code.EST_LABEL_UNKNOWN: RefusalText(
        404,
        _("Adresse EST inconnue"),
        _("Aucun type de certificat, aucune fonction EST ne porte ce nom : « %(label)s »."),
        _("Une adresse EST finit par une étiquette, comme org-auth-cli, puis par une fonction."),
    ),
    Code.EST_LABEL_MISSING: RefusalText(
        400,
        _("Type de certificat à préciser"),
        _("L’adresse ne dit pas lequel de ces types est demandé : %(known)s."),
        _("Ajoutez-le à l’adresse, comme dans /.well-known/est/org-auth-cli/simpleenroll."),
    ),
    Code.EST_CONTENT_TYPE: RefusalText(
        415,
        _("Type de contenu refusé"),
        _("Une demande EST est une CSR PKCS#10 en base64, de type application/pkcs10."),
        _("Envoyez l’en-tête « Content-Type : application/pkcs10 »."),
    ),
    Code.EST_NAME_MISSING: RefusalText(
        400,
        _("Nom à certifier absent"),
        _("La CSR ne dit pas le nom du service, du serveur ou de la boîte aux lettres."),
        _(
            "Mettez-le dans le CN ou le subjectAltName de la CSR, ou après un tilde dans "
            "l’étiquette de l’adresse."
        ),
    ),
    Code.EST_NAMES_SEVERAL: RefusalText(
        400,
        _("Plusieurs noms dans la CSR"),
        _("Un certificat désigne un seul nom ; la CSR en porte plusieurs : %(names)s."),
        _("Faites une CSR par nom."),
    ),
    Code.EST_CHALLENGE_PASSWORD: RefusalText(
        400,
        _("Attribut challengePassword refusé"),
        _("Cet attribut lierait la CSR à la connexion TLS, ce qui ne peut pas être vérifié ici."),
        _("Refaites la CSR sans cet attribut ; la réponse csrattrs ne le demande pas."),
    ),
    Code.EST_SUBJECT_DIFFERS: RefusalText(
        400,
        _("La CSR ne désigne pas le certificat à renouveler"),
        _(
            "Un renouvellement garde le sujet et le subjectAltName du certificat ; or ici, "
            "%(field)s diffère."
        ),
        _("Recopiez-les du certificat, ou demandez un nouveau certificat par simpleenroll."),
    ),
    Code.EST_NOTHING_TO_RENEW: RefusalText(
        403,
        _("Aucun certificat à renouveler"),
        _("Aucun certificat en cours de validité, à la portée de ce compte, ne porte ce sujet."),
        _(
            "Présentez en TLS le certificat à renouveler, recopiez son sujet dans la CSR, et "
            "vérifiez les limites de l’automate."
        ),
    ),
    Code.EST_ORDER_ENDED: RefusalText(
        403,
        _("Cette demande est close"),
        _("La demande %(order)s a déjà reçu cette CSR, et ne donnera plus de certificat."),
        _("Faites une nouvelle clé et une nouvelle CSR ; le suivi de la demande dit pourquoi."),
    ),
    Code.EST_FUNCTION_ABSENT: RefusalText(
        501,
        _("Fonction EST absente"),
        _("Ce serveur ne fait ni serverkeygen (les clés privées restent chez vous) ni fullcmc."),
        _("Créez la clé sur la machine, puis appelez simpleenroll ou simplereenroll."),
    ),
}
