"""Words of the findings of a server's diagnosis."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from guichet.bench.step_words import Words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

STEPS: Final[Mapping[str, "_StrPromise"]] = {
    "target": _("Adresse"),
    "versions": _("Versions de TLS acceptées"),
    "server-chain": _("Chaîne du serveur"),
    "server-certificate": _("Confiance et dates du serveur"),
    "name": _("Nom du certificat"),
    "asks": _("Demande d’un certificat client"),
    "issuers": _("Autorités nommées"),
    "without": _("Sans certificat"),
    "good": _("Bon certificat"),
    "expired": _("Certificat expiré"),
    "revoked": _("Certificat révoqué"),
    "wrong-usage": _("Certificat d’un autre usage"),
    "wrong-authority": _("Certificat d’une autre autorité"),
    "weak-key": _("Clé faible"),
    "weak-signature": _("Signature faible"),
}

FINDINGS: Final[Mapping[str, Words]] = {
    "target-reached": Words(_("Le serveur répond.")),
    "target-forbidden": Words(
        _("Ce serveur n’est pas sur la liste de ceux que le banc peut appeler."),
        _("Demandez à l’exploitant de l’ajouter (GUICHET_BENCH_TARGETS)."),
    ),
    "target-name": Words(
        _("Ce nom ne mène à aucune adresse."), _("Vérifiez le nom et sa zone DNS.")
    ),
    "target-address": Words(
        _("Ce nom mène à une adresse que le banc n’appelle pas."),
        _("Publiez une adresse joignable, ou faites inscrire l’adresse elle-même."),
    ),
    "target-connection": Words(
        _("Aucune connexion TCP : le port est fermé ou filtré."),
        _("Vérifiez que le serveur écoute, et ouvrez le pare-feu au banc."),
    ),
    "versions-good": Words(_("TLS 1.2 ou 1.3 sont acceptés, les versions d’avant refusées.")),
    "versions-old": Words(
        _("Des versions trop anciennes sont acceptées."),
        _("Refusez TLS 1.0 et 1.1 : pour nginx, ssl_protocols TLSv1.2 TLSv1.3."),
    ),
    "versions-none": Words(
        _("Aucune poignée de main ne réussit en TLS 1.2 ni 1.3."),
        _("Vérifiez que ce port sert du TLS, son certificat et ses suites."),
    ),
    "server-chain-complete": Words(_("Le serveur envoie son certificat et celui de l’autorité.")),
    "server-chain-alone": Words(
        _("Le serveur envoie son certificat seul."),
        _("Ajoutez l’autorité intermédiaire à la suite : des clients ne la connaissent pas."),
    ),
    "server-chain-out-of-order": Words(
        _("Les certificats envoyés ne se suivent pas."),
        _("Mettez celui du serveur en premier, puis celui qui l’a signé."),
    ),
    "server-certificate-good": Words(_("Le certificat est valable et de confiance.")),
    "server-certificate-unknown": Words(
        _("L’autorité du serveur n’est connue ni de ce guichet ni de cette machine."),
        _("Donnez sa racine à vos clients, ou prenez un certificat SERV, usage SSL_SERV."),
    ),
    "server-certificate-over": Words(
        _("Le certificat du serveur est expiré ou pas encore valable."),
        _("Renouvelez-le, et vérifiez l’horloge du serveur."),
    ),
    "name-good": Words(_("Le certificat porte le nom appelé.")),
    "name-other": Words(
        _("Le certificat ne porte pas le nom appelé."),
        _("Demandez-en un dont le subjectAltName contient ce nom."),
    ),
    "asks-good": Words(_("Le serveur demande un certificat client.")),
    "asks-not": Words(
        _("Le serveur ne demande pas de certificat client."),
        _("Activez la demande : pour nginx, ssl_verify_client on."),
    ),
    "issuers-good": Words(_("Nos autorités sont parmi celles que le serveur nomme.")),
    "issuers-none": Words(
        _("Le serveur ne nomme aucune autorité : le client choisit sans aide."),
        _("Pour nginx, nommez-les dans ssl_client_certificate."),
    ),
    "issuers-others": Words(
        _("Le serveur nomme des autorités, mais aucune des nôtres."),
        _("Ajoutez la racine et l’autorité intermédiaire à celles du serveur."),
    ),
    "accepted-rightly": Words(_("Accepté, comme il se doit.")),
    "refused-rightly": Words(_("Refusé, comme il se doit.")),
    "accepted-wrongly": Words(
        _("Accepté, alors qu’il faut le refuser."),
        _("Revoyez ce que le serveur vérifie : chaîne, dates, révocation, usage."),
    ),
    "refused-wrongly": Words(
        _("Refusé, alors qu’il est bon."),
        _("Donnez au serveur la racine et l’autorité intermédiaire de cet environnement."),
    ),
    "unclear": Words(_("Ni accepté ni refusé clairement : pas de réponse HTTP à temps.")),
    "not-prepared": Words(_("Ce certificat de test n’est pas préparé ici.")),
}
