"""Words for offers, usages, motives and channels."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.orders.revocation import RevocationMotive

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

OFFERS: Final[Mapping[Offer, "_StrPromise"]] = {
    Offer.ORG: _("ORG — une personne morale ou l’un de ses services"),
    Offer.SERV: _("SERV — un serveur, ou une boîte de messagerie de la structure"),
    Offer.PRO: _("PRO — une personne physique de la structure"),
    Offer.PS: _("PS — un professionnel de santé"),
}

OFFER_HINTS: Final[Mapping[Offer, "_StrPromise"]] = {
    Offer.ORG: _("Pro Santé Connect, DMP, ROR, Annuaire Santé, INSi…"),
    Offer.SERV: _("MSSanté, Diapason, PSIG, HPRIM Net…"),
    Offer.PRO: _("Dossier pharmaceutique…"),
    Offer.PS: _("Usages d’un professionnel de santé"),
}

USAGES: Final[Mapping[Usage, "_StrPromise"]] = {
    Usage.AUTH_CLI: _("Authentification Client"),
    Usage.SIGN: _("Signature"),
    Usage.CONF: _("Chiffrement"),
    Usage.SSL_SERV: _("Authentification Serveur (TLS)"),
    Usage.SMIME: _("Messagerie sécurisée (S/MIME)"),
    Usage.AUTH: _("Authentification d’une personne"),
}

MOTIVES: Final[Mapping[RevocationMotive, "_StrPromise"]] = {
    RevocationMotive.THEFT: _("Vol du matériel hébergeant le produit"),
    RevocationMotive.HOST_FAILURE: _("Dysfonctionnement du matériel hébergeant le produit"),
    RevocationMotive.STAFF_LEFT: _("Départ d’un collaborateur"),
    RevocationMotive.KEY_COMPROMISE: _("Clé privée perdue, copiée ou connue d’un tiers"),
    RevocationMotive.SUPERSEDED: _("Produit remplacé par un autre"),
    RevocationMotive.CESSATION: _("Service arrêté"),
}

CHANNELS: Final[Mapping[str, "_StrPromise"]] = {
    "portal": _("Portail"),
    "api": _("API"),
}

EXTENSIONS: Final[Mapping[str, "_StrPromise"]] = {
    "basicConstraints": _("Contraintes de base"),
    "keyUsage": _("Usages de la clé"),
    "extendedKeyUsage": _("Usages étendus de la clé"),
    "subjectKeyIdentifier": _("Identifiant de la clé du sujet"),
    "authorityKeyIdentifier": _("Identifiant de la clé de l’autorité"),
    "subjectAltName": _("Autres noms du sujet"),
    "certificatePolicies": _("Politiques de certification"),
    "cRLDistributionPoints": _("Listes de révocation (LCR)"),
    "freshestCRL": _("Listes de révocation différentielles"),
    "authorityInfoAccess": _("Accès à l’autorité (OCSP, certificat)"),
    "privateKeyUsagePeriod": _("Période d’usage de la clé privée"),
    "certificateKind": _("Nature du certificat (sectoriel)"),
}
