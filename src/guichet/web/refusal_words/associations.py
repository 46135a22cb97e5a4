"""Words of the registry of services and of their certificates."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.SERVICE_UNKNOWN: RefusalText(
        404,
        _("Service inconnu"),
        _("Ce service n’existe pas, ou n’est pas d’une de vos structures."),
        _("Ouvrez la liste de vos services."),
    ),
    Code.SERVICES_TOO_MANY: RefusalText(
        409,
        _("Trop de services"),
        _("Cette structure a déjà %(limit)s services ouverts."),
        _("Fermez ceux qui ne servent plus, puis recommencez."),
    ),
    Code.CLIENT_ID_INVALID: RefusalText(
        422,
        _("Identifiant client illisible"),
        _("« %(text)s » n’est pas un identifiant client."),
        _("Recopiez le client_id que le fournisseur vous a donné : 3 à 100 signes, sans espace."),
    ),
    Code.CLIENT_ID_TAKEN: RefusalText(
        409,
        _("Identifiant client déjà déclaré"),
        _("Un service ouvert porte déjà l’identifiant %(client_id)s."),
        _(
            "Vérifiez le client_id. S’il est bien le vôtre et que vous ne voyez pas ce service, "
            "écrivez à l’assistance."
        ),
    ),
    Code.REDIRECT_URI_INVALID: RefusalText(
        422,
        _("Adresse de retour refusée"),
        _("« %(text)s » ne peut pas être une adresse de retour."),
        _(
            "Donnez une adresse https entière, sans # ni *. http convient en TEST seulement, vers "
            "localhost."
        ),
    ),
    Code.REDIRECT_URIS_TOO_MANY: RefusalText(
        422,
        _("Trop d’adresses de retour"),
        _("Un service a %(limit)s adresses de retour au plus."),
        _("Gardez celles qui servent, ou déclarez un second service."),
    ),
    Code.ASSOCIATION_KIND: RefusalText(
        422,
        _("Ce type de certificat ne convient pas"),
        _("Un service présente un certificat ORG/AUTH_CLI ; celui-ci est %(profile)s."),
        _("Choisissez, ou commandez, un certificat ORG d’authentification client."),
    ),
    Code.ASSOCIATION_NOT_LIVE: RefusalText(
        409,
        _("Certificat révoqué ou expiré"),
        _("Ce certificat n’est plus accepté nulle part."),
        _("Choisissez un certificat en cours de validité, ou commandez-en un autre."),
    ),
    Code.ASSOCIATION_ENVIRONMENT: RefusalText(
        422,
        _("Certificat de l’autre environnement"),
        _("Ce service et ce certificat ne sont pas du même environnement."),
        _("Un certificat de TEST va à un service de test, un certificat réel à la production."),
    ),
    Code.ASSOCIATION_PRESENT: RefusalText(
        409,
        _("Certificat déjà associé"),
        _("Ce service présente déjà ce certificat."),
        _("Il n’y a rien à faire : il est publié."),
    ),
    Code.ASSOCIATION_UNKNOWN: RefusalText(
        404,
        _("Association inconnue"),
        _("Ce certificat n’est pas, ou n’est plus, associé à ce service."),
        _("Ouvrez la page du service pour voir ses certificats."),
    ),
    Code.ASSOCIATIONS_TOO_MANY: RefusalText(
        409,
        _("Trop de certificats pour ce service"),
        _("Un service a %(limit)s certificats associés au plus."),
        _("Détachez ceux qui ne servent plus, puis recommencez."),
    ),
}
