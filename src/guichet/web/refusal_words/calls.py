"""Words of what the REST API refuses: certificates of machines, access tokens, repeats, pace."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.TOO_MANY_CALLS: RefusalText(
        429,
        _("Trop d’appels"),
        _("Cet accès a fait tous les appels permis pendant %(seconds)s secondes."),
        _("Attendez le délai que l’en-tête Retry-After donne, puis recommencez."),
    ),
    Code.ANSWER_NOT_KEPT: RefusalText(
        409,
        _("Demande déjà faite, réponse non gardée"),
        _("Cette demande a déjà réussi ; sa réponse tenait un secret, montré une seule fois."),
        _("Si le secret est perdu, révoquez-le et demandez-en un autre avec une clé nouvelle."),
    ),
    Code.PRECONDITION_FAILED: RefusalText(
        412,
        _("Modifié entre-temps"),
        _("Ce que vous modifiez n’est plus tel que l’en-tête If-Match le dit."),
        _("Relisez-le, puis recommencez avec son nouvel ETag."),
    ),
    Code.ACCESS_TOKEN_WRONG: RefusalText(
        401,
        _("Jeton d’accès refusé"),
        _("Ce jeton est expiré ou illisible, ou le certificat présenté n’est pas le sien."),
        _("Demandez-en un autre à /api/v1/oauth/token, et présentez le même certificat."),
    ),
    Code.CARD_CALL_ONLY: RefusalText(
        403,
        _("Appel réservé aux cartes"),
        _("Seul le porteur d’une carte gère les automates et lit ses dossiers."),
        _("Recommencez en présentant le certificat d’une carte, ou passez par le portail."),
    ),
    Code.CALL_OF_ANOTHER_SITE: RefusalText(
        403,
        _("Appel venu d’un autre site"),
        _("Un navigateur fait cet appel pour la page d’un autre site, avec le certificat choisi."),
        _("Faites cet acte au portail, ou appelez l’API par un programme qui n’est pas une page."),
    ),
    Code.CLIENT_CERTIFICATE_UNBOUND: RefusalText(
        401,
        _("Certificat lié à aucun compte"),
        _("Ce certificat logiciel est à nous, mais aucun automate ne l’emploie."),
        _("Un administrateur de la structure peut le lier, sur la page de l’automate."),
    ),
    Code.CLIENT_CERTIFICATE_UNTRUSTED: RefusalText(
        401,
        _("Certificat client non reconnu"),
        _("La chaîne de ce certificat ne mène pas à une autorité qui vaut ici."),
        _("Présentez le certificat ORG/AUTH_CLI lié à l’automate."),
    ),
    Code.CLIENT_CERTIFICATE_EXPIRED: RefusalText(
        401,
        _("Certificat client hors de validité"),
        _("Ce certificat n’est pas encore valable, ou ne l’est plus."),
        _("Présentez celui qui le renouvelle, ou vérifiez l’heure de la machine."),
    ),
    Code.CLIENT_CERTIFICATE_REVOKED: RefusalText(
        401,
        _("Certificat client révoqué"),
        _("Ce certificat est révoqué : il n’ouvre plus rien."),
        _("Commandez-en un autre et liez-le à l’automate."),
    ),
    Code.CLIENT_CERTIFICATE_STATUS_UNAVAILABLE: RefusalText(
        503,
        _("Vérification impossible"),
        _("Le statut de ce certificat ne peut pas être vérifié pour le moment."),
        _("Réessayez dans quelques minutes."),
    ),
}
