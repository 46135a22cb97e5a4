"""Words for offers, usages, motives, channels and failures."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.orders.revocation import RevocationMotive
from guichet.web.refusal_texts import TEXTS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

OFFERS: Final[Mapping[Offer, "_StrPromise"]] = {
    Offer.ORG: _("ORG — une personne morale ou l’un de ses services"),
    Offer.SERV: _("SERV — un serveur, ou une boîte de messagerie de la structure"),
    Offer.PRO: _("PRO — une personne physique de la structure"),
    Offer.PS: _("PS — un professionnel de santé"),
}

KEY_ORIGINS: Final[Mapping[str, "_StrPromise"]] = {
    "browser": _("Vous n’avez pas de CSR à charger, vous allez la créer en ligne."),
    "csr": _("Vous avez déjà réalisé votre CSR, vous allez la charger sur la plateforme."),
}

# Told of what is no readable key, and is not kept because it could be a part of one.
LOOKS_LIKE_A_KEY: Final = _(
    "Un texte long et sans espaces ressemble à une clé privée : il n’a pas été gardé."
    " Écrivez-le plus court, ou séparez ses mots."
)

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
    "acme": _("ACME"),
    "est": _("EST"),
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
    "cardNumber": _("Numéro de carte (sectoriel)"),
    "cardKind": _("Type de carte (sectoriel)"),
    "professionCode": _("Code de profession (sectoriel)"),
    "id-pkix-ocsp-nocheck": _("Dispense de vérification par OCSP"),
}

# What extensions say, by the name of the extension and the line as x509.decode writes it.
EXTENSION_VALUES: Final[Mapping[str, Mapping[str, "_StrPromise"]]] = {
    "basicConstraints": {
        "CA:FALSE": _("N’est pas une autorité"),
        "CA:TRUE": _("Autorité de certification"),
    },
    "keyUsage": {
        "digitalSignature": _("Signature numérique (authentification)"),
        "nonRepudiation": _("Engagement du signataire (non-répudiation)"),
        "keyEncipherment": _("Chiffrement de clés"),
        "dataEncipherment": _("Chiffrement de données"),
        "keyAgreement": _("Accord de clés"),
        "keyCertSign": _("Signature de certificats"),
        "cRLSign": _("Signature de listes de révocation"),
    },
    "extendedKeyUsage": {
        "clientAuth": _("Authentification d’un client (TLS)"),
        "serverAuth": _("Authentification d’un serveur (TLS)"),
        "emailProtection": _("Protection de la messagerie (S/MIME)"),
        "OCSPSigning": _("Signature des réponses OCSP"),
        "documentSigning": _("Signature de documents"),
    },
    "certificatePolicies": {
        "1.2.250.1.213.1.7.2.1.1.1.1": _("Politique des certificats de test"),
        "1.2.250.1.213.1.7.1.1.2.3.1": _("Politique de signature des organisations"),
        "1.2.250.1.213.1.7.1.1.2.5.1": _("Politique des serveurs (SSL)"),
        "1.2.250.1.213.1.7.1.1.1.4.1": _("Politique de signature des personnes"),
        "1.2.250.1.213.1.7.1.1.1.5.1": _("Politique d’authentification des personnes"),
    },
    "certificateKind": {
        "03": _("Certificat logiciel"),
        "83": _("Certificat logiciel de test"),
        "80": _("Certificat de carte de test"),
    },
}

# Lines written "label: value".
EXTENSION_LABELS: Final[Mapping[str, "_StrPromise"]] = {
    "OCSP": _("OCSP"),
    "caIssuers": _("Certificat de l’autorité"),
    "DNS": _("Nom de domaine"),
    "e-mail": _("Adresse de messagerie"),
    "notBefore": _("À partir du"),
    "notAfter": _("Jusqu’au"),
}


def failure_words(failure: str) -> str:
    """Why an order failed, for people: refusals by their titles, the rest as the signer said it."""
    known = {code.value: text.title for code, text in TEXTS.items()}
    return ", ".join(str(known.get(part, part)) for part in failure.split(", "))
