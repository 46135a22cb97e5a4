"""The words of the page that verifies evidence files; guichet-verify says the same in French."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FINDINGS: Final[Mapping[str, "_StrPromise"]] = {
    "format-good": _("Le fichier est bien un dossier de preuve."),
    "format-bad": _(
        "Ce n’est pas un dossier de preuve lisible (à l’endroit : {place}). Téléchargez-le "
        "de nouveau."
    ),
    "format-later": _(
        "Ce dossier de preuve est d’un format plus récent ({format}) que ce qui se lit ici. "
        "Vérifiez-le à la page du guichet qui l’a produit, ou par un guichet-verify plus récent."
    ),
    "key-given": _("Le journal est vérifié par la clé que vous donnez, {name}."),
    "key-contained": _(
        "La clé du journal, {name}, vient du fichier lui-même : elle ne prouve pas qui tient "
        "ce journal. Donnez la clé publiée par le guichet."
    ),
    "key-bad": _(
        "La clé du journal que porte le fichier, {name}, n’est pas celle qui est attendue."
    ),
    "signature-good": _("Le point de contrôle ({size} entrées) est signé par {name}."),
    "signature-bad": _(
        "Le point de contrôle n’est pas signé par {name} : il a été changé, ou vient d’ailleurs."
    ),
    "entry-good": _("Entrée {index} : {event}, inscrite le {at}."),
    "entry-sealed": _(
        "Entrée {index} : {event}, inscrite le {at} ; son contenu reste scellé pour vous."
    ),
    "entry-leaf": _("L’entrée {index} n’est pas écrite comme le journal les écrit."),
    "entry-place": _("L’entrée {index} n’est pas à la place qu’elle dit."),
    "entry-path": _(
        "L’entrée {index} n’est pas dans le journal signé : elle a été changée, ou son chemin."
    ),
    "entry-opened": _("Entrée {index} : ce qui est montré ({part}) n’est pas ce qui a été scellé."),
    "entry-order": _("Les entrées ne sont pas rangées dans l’ordre du journal."),
    "entry-missing": _("Il manque l’entrée « {event} »."),
    "document-good": _("{document} : son empreinte est inscrite à l’entrée {index}."),
    "document-altered": _("{document} : aucune entrée n’en porte l’empreinte, il a été changé."),
    "document-missing": _("{document} : il manque au dossier de preuve."),
    "document-absent": _("{document} : il n’y en a pas dans ce dossier de preuve."),
    "certificate-good": _("Certificat {serial}, empreinte SHA-256 {sha256}."),
    "certificate-bad": _("Le certificat ne correspond pas à ce qui a été inscrit ({what})."),
    "chain-good": _("Les signatures remontent jusqu’à {subject}."),
    "chain-bad": _("La chaîne de signatures se rompt à « {subject} »."),
    "chain-unread": _("La signature de « {subject} » est d’une sorte qui ne se vérifie pas ici."),
    "root-given": _("La racine {subject} est de celles que vous donnez."),
    "root-contained": _(
        "La racine {subject} vient du fichier lui-même. Donnez la racine que vous connaissez."
    ),
    "root-other": _("La racine {subject} n’est pas de celles que vous donnez."),
    "story-good": _("Les étapes se suivent et parlent du même certificat."),
    "story-order": _("{before} a été inscrit après ceci, qui devait le suivre : {after}."),
    "story-link": _("Deux pièces ne se correspondent pas : {link}."),
    "revoked": _("Une révocation est inscrite à l’entrée {index}, le {at}."),
    "consistent": _(
        "Le journal de {size} entrées et celui de {other} entrées sont le même : l’un "
        "prolonge l’autre."
    ),
    "inconsistent": _(
        "Le journal de {size} entrées et celui de {other} entrées se contredisent : l’un des "
        "deux est faux."
    ),
    "consistency-unread": _(
        "L’autre point de contrôle, ou ses tuiles, ne se lisent pas : {place}."
    ),
}
"""A sentence a finding, by its code; facts stand in braces."""

STEPS: Final[Mapping[str, "_StrPromise"]] = {
    "format": _("Fichier"),
    "log": _("Journal"),
    "entries": _("Entrées"),
    "documents": _("Pièces"),
    "certificate": _("Certificat"),
    "story": _("Enchaînement"),
    "consistency": _("Autre point de contrôle"),
}
"""The parts of the verification."""

NAMES: Final[Mapping[str, "_StrPromise"]] = {
    "dossier": _("Dossier d’habilitation"),
    "decision": _("Décision"),
    "delegation": _("Délégation"),
    "habilitation": _("Habilitation"),
    "carrying": _("Report sur une nouvelle carte"),
    "order": pgettext_lazy("of a certificate", "Demande"),
    "intent": _("Contenu à signer"),
    "certificate": _("Certificat"),
    "withdrawal": _("Retrait"),
    "serial": _("numéro de série"),
    "actor": _("auteur"),
    "content": _("contenu"),
    "dossier-decision": _("le dossier et la décision"),
    "decision-habilitation": _("la décision et l’habilitation"),
    "habilitation-order": _("l’habilitation et la demande"),
    "delegation-habilitation": _("la délégation et l’habilitation"),
    "habilitation-carrying": _("l’habilitation et son report"),
    "order-intent": _("la demande et le contenu à signer"),
    "intent-certificate": _("le contenu à signer et le certificat"),
    "key-certificate": _("la clé demandée et le certificat"),
    "certificate-withdrawal": _("le certificat et le retrait"),
    "order-withdrawal": _("la demande et le retrait"),
    "dossier-deposited": _("dossier déposé"),
    "dossier-changed": _("dossier modifié"),
    "dossier-accepted": _("dossier accepté"),
    "delegation-accepted": _("délégation acceptée"),
    "right-granted": _("habilitation ouverte"),
    "right-carried-over": _("habilitation reportée"),
    "order-placed": _("demande envoyée"),
    "order-rekeyed": _("clé de la demande remplacée"),
    "order-available": _("certificat disponible au retrait"),
    "order-withdrawn": _("certificat retiré"),
    "signing-requested": _("signature demandée"),
    "signing-planned": _("contenu à signer arrêté"),
    "certificate-issued": _("certificat signé"),
    "certificate-revoked": _("certificat révoqué"),
    "product-revoked": _("produit révoqué"),
}
"""What facts are called."""
