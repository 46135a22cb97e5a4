"""Words of the findings of a client's diagnosis: what it means, and how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Words:
    """What was found, and what to do (None: nothing); both may name facts: %(days)s."""

    title: "_StrPromise"
    fix: "_StrPromise | None" = None


ORDER_ANOTHER: Final = _("Demandez un nouveau produit et remplacez le certificat.")

STEPS: Final[Mapping[str, "_StrPromise"]] = {
    "tls": _("Version de TLS"),
    "offer": _("Ce que le client propose"),
    "server-name": _("Nom du serveur demandé (SNI)"),
    "chain": _("Chaîne envoyée"),
    "trust": _("Confiance"),
    "validity": _("Validité"),
    "revocation": _("Révocation"),
    "usage": _("Offre et usage"),
    "key": _("Clé et signature"),
    "association": _("Association à un service"),
    "clock": _("Horloge du client"),
}

FINDINGS: Final[Mapping[str, Words]] = {
    "tls-good": Words(_("La connexion se fait en TLS 1.3.")),
    "tls-enough": Words(_("La connexion se fait en TLS 1.2, le minimum de l’exigence EXI_PSC_24.")),
    "tls-too-old": Words(
        _("La version de TLS est trop ancienne pour l’exigence EXI_PSC_24."),
        _("Activez TLS 1.2 et TLS 1.3 dans votre client, et désactivez les versions d’avant."),
    ),
    "tls-none": Words(
        _("La connexion n’est pas en TLS."), _("Appelez l’adresse du banc en https.")
    ),
    "offer-good": Words(_("Rien de trop ancien n’est proposé.")),
    "offer-weak": Words(
        _("Le client propose encore ce qui ne devrait plus servir : %(weak)s."),
        _("Retirez-le de la configuration TLS du client."),
    ),
    "offer-unseen": Words(
        _("Ce que le client a proposé n’est pas visible d’ici : un mandataire fait le TLS.")
    ),
    "server-name-sent": Words(_("Le client dit quel serveur il appelle.")),
    "server-name-missing": Words(
        _("Le client ne dit pas quel serveur il appelle."),
        _("Un serveur qui porte plusieurs noms peut répondre par un autre : activez SNI."),
    ),
    "chain-none": Words(
        _("Aucun certificat n’est présenté."),
        _("Donnez à votre client le certificat et sa clé."),
    ),
    "chain-unseen": Words(
        _("Seul le certificat est visible d’ici : un mandataire fait le TLS et garde la chaîne.")
    ),
    "chain-leaf-alone": Words(
        _("Le certificat est envoyé seul, sans celui de son autorité."),
        _(
            "Le banc connaît l’autorité intermédiaire, d’autres serveurs non : joignez-la à la "
            "suite de votre certificat, dans le même fichier."
        ),
    ),
    "chain-out-of-order": Words(
        _("Les certificats envoyés ne se suivent pas."),
        _("Mettez le vôtre en premier, puis l’autorité qui l’a signé ; rien d’autre."),
    ),
    "chain-complete": Words(_("Le certificat est envoyé avec celui de son autorité.")),
    "chain-with-root": Words(
        _("La chaîne est envoyée jusqu’à la racine."),
        _("La racine est de trop : le serveur a la sienne. Vous pouvez l’enlever."),
    ),
    "trust-good": Words(_("La chaîne mène à une racine de confiance.")),
    "trust-none": Words(
        _("La chaîne ne mène à aucune racine de confiance."),
        _("Présentez un certificat délivré par ce guichet, pour cet environnement."),
    ),
    "trust-of-twin": Words(
        _("Ce certificat est celui de l’autre environnement, TEST ou PRODUCTION."),
        _("Présentez un certificat de l’environnement de ce banc, que dit son bandeau."),
    ),
    "validity-good": Words(_("Le certificat est valable, encore %(days)s jours.")),
    "validity-ends-soon": Words(
        _("Le certificat expire dans %(days)s jours."),
        _("Renouvelez-le dès maintenant : l’ancien sert jusqu’à son terme."),
    ),
    "validity-over": Words(_("Le certificat est expiré."), ORDER_ANOTHER),
    "validity-to-come": Words(
        _("Le certificat n’est pas encore valable."), _("Vérifiez l’horloge de votre système.")
    ),
    "revocation-good": Words(_("Ni le certificat ni son autorité ne sont révoqués.")),
    "revocation-revoked": Words(_("Le certificat est révoqué."), ORDER_ANOTHER),
    "revocation-unavailable": Words(
        _("La liste de révocation manque ou n’est plus à jour : la faute est de notre côté."),
        _("Réessayez dans quelques minutes."),
    ),
    "revocation-not-asked": Words(
        _("La révocation n’a pas été vérifiée : le certificat est refusé avant.")
    ),
    "usage-good": Words(_("C’est un certificat d’authentification cliente : %(profile)s.")),
    "usage-wrong": Words(
        _("Ce certificat est de l’offre ORG, mais son usage n’est pas AUTH_CLI."),
        _("Demandez un produit ORG, usage AUTH_CLI."),
    ),
    "usage-wrong-offer": Words(
        _("Ce certificat n’est pas de l’offre ORG."),
        _("Demandez un produit ORG, usage AUTH_CLI."),
    ),
    "usage-unknown": Words(
        _("L’offre et l’usage ne se lisent que sur un certificat de confiance.")
    ),
    "key-good": Words(_("La clé et la signature sont assez fortes.")),
    "key-weak": Words(
        _("La clé ou la signature est trop faible."),
        _("Faites une clé RSA de 2048 bits au moins, ou P-256, et demandez un nouveau produit."),
    ),
    "association-good": Words(_("Le certificat est associé à un service déclaré.")),
    "association-none": Words(
        _("Le certificat n’est associé à aucun service déclaré."),
        _("Déclarez votre service (client_id) et associez-lui ce produit, page « Associations »."),
    ),
    "association-unseen": Words(_("Le registre des associations n’est pas publié ici.")),
    "clock-good": Words(_("L’horloge du client est à l’heure.")),
    "clock-wrong": Words(
        _("L’horloge du client s’écarte de la nôtre de %(seconds)s secondes."),
        _("Mettez-la à l’heure par NTP : la validité et les jetons en dépendent."),
    ),
    "clock-unseen": Words(
        _("Le client n’a pas dit son heure."),
        _("Pour la comparer, envoyez un en-tête Date."),
    ),
}
