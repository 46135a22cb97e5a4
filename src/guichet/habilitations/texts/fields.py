"""Labels and hints of the form, in the words and order of the deck.

A repeated field is named by its pattern, the path without the row: "administrators.phone".
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guichet.domain.dossier.declaration import CertificateType, Quality
from guichet.domain.dossier.typed import ADMINISTRATORS, BOXES, CHECKED, REPEATED, RPPS_RANKS, Typed

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Fields that hold files: no text is typed at these paths.
MANDATE: Final = "representative.mandate"
SUPPORTING: Final = "supporting"
FILES: Final = (MANDATE, SUPPORTING)
QUALITIES: Final[Mapping[Quality, "_StrPromise"]] = {
    Quality.LEGAL_REPRESENTATIVE: _("Responsable légal"),
    Quality.MANDATARY: _("Mandataire"),
    Quality.PRACTICE_HOLDER: _("Titulaire du cabinet"),
}
TYPES: Final[Mapping[CertificateType, "_StrPromise"]] = {
    CertificateType.ORG: _("Certificat ORG"),
    CertificateType.SERV_SSL: _("Certificat logiciel SERVEUR, usage SSL_SERVEUR"),
    CertificateType.SERV_MAIL: _("Certificat logiciel SERVEUR, usages SMIME, SIGN, CONF"),
    CertificateType.PRO: _("Certificat logiciel PRO (personne physique)"),
}
BLOCKS: Final[Mapping[str, "_StrPromise"]] = {
    RPPS_RANKS: _("RPPS rang"),
    ADMINISTRATORS: _("Administrateur"),
}
LABELS: Final[Mapping[str, "_StrPromise"]] = {
    "siret": _("SIRET"),
    "structure.legal_name": _("Raison sociale"),
    "structure.postcode": _("Code postal"),
    "structure.cares_for_patients": _(
        "Votre structure prend-elle en charge des patients ou des usagers ?"
    ),
    "structure.finess": _("FINESS géographique"),
    "structure.is_radiology": _(
        "Votre structure est-elle un cabinet de radiologie, hors société d’exercice ?"
    ),
    "rpps_ranks": _("RPPS rang"),
    "rpps_ranks.number": _("RPPS rang"),
    "representative.quality": _("Êtes-vous le :"),
    "representative.surname": pgettext_lazy("of a person", "Nom"),
    "representative.given_names": _("Prénom(s)"),
    "representative.phone": _("N° de téléphone"),
    "representative.email": _("Email professionnel"),
    "representative.card_number": _("N° de carte"),
    MANDATE: _("Mandat"),
    "administrators": _("Déclarer un administrateur technique"),
    "administrators.card_number": _("N° de carte"),
    "administrators.name": _("Nom et prénom(s) figurant sur la carte"),
    "administrators.phone": _("N° de téléphone"),
    "administrators.email": _("Email professionnel"),
    "use.description": _("Précisions sur l’usage des certificats et sur votre projet"),
    "use.editor": _("Éditeur de la solution"),
    "use.solution": _("Solution utilisée"),
    "types.org": _("Certificat ORG"),
    "types.serv_ssl": _("Certificat logiciel SSL_SERVEUR"),
    "types.ssl_domain": _("Certificat SSL pour le nom de domaine suivant"),
    "types.ssl_server": _("OU certificat SSL restreint au serveur suivant"),
    "types.serv_mail": _("Certificat logiciel SERVEUR"),
    "types.serv_mail_domain": _("Certificat pour le nom de domaine de messagerie suivant"),
    "types.pro": _("Certificat logiciel PRO"),
    "types.pro_mail_domain": _("Certificat PRO pour le nom de domaine de messagerie suivant"),
    SUPPORTING: _("Pièces justificatives"),
    "terms": _(
        "Je certifie avoir lu et accepté les conditions générales d’utilisation relatives aux "
        "moyens d’identification électronique."
    ),
    "accuracy": _(
        "Je certifie exactes les informations mentionnées ci-dessus. Il est rappelé que les "
        "fraudes et tentatives de fraude sont passibles de sanctions pénales et peuvent conduire "
        "à la suspension de l’instruction de votre demande ou au retrait des droits dont le "
        "bénéfice est demandé."
    ),
}
# Names for lists, where the whole question would be too long.
SHORT: Final[Mapping[str, "_StrPromise"]] = {
    "representative.quality": _("Qualité"),
    "structure.cares_for_patients": _("Prise en charge de patients ou d’usagers"),
    "structure.is_radiology": _("Cabinet de radiologie"),
    "terms": _("Conditions générales d’utilisation"),
    "accuracy": _("Exactitude des informations"),
}
_PHONE: Final = _("Exemple : 01 02 03 04 05. Pour l’étranger : +32 2 123 45 67.")
_EMAIL: Final = _(
    "Exemple : contact@structure.fr. Une boîte partagée de la structure survit aux départs."
)
_MAIL_DOMAIN: Final = _("Indiquez uniquement le nom de domaine souhaité, exemple : @domaine.fr")
# Answers of the help, beside what newcomers ask about most.
ANSWERS: Final[Mapping[str, str]] = {
    "structure.finess": "finess-ou-pas",
    "rpps_ranks.number": "rpps-rang",
    "representative.quality": "representant-ou-administrateur",
    "representative.card_number": "numero-de-carte",
    "use.description": "quel-usage-choisir",
    "types.org": "quelle-offre-choisir",
}
HINTS: Final[Mapping[str, "_StrPromise"]] = {
    "structure.cares_for_patients": _(
        "Si oui, le FINESS géographique est demandé : il désignera la structure."
    ),
    "structure.legal_name": _("Le répertoire des entreprises ne la donne pas : écrivez-la ici."),
    "structure.postcode": _("Exemple : 75015."),
    "structure.finess": _(
        "Champ obligatoire pour les structures prenant en charge des patients ou des usagers. "
        "Neuf caractères, exemple : 750000010."
    ),
    "structure.is_radiology": _("Le RPPS rang n’est nécessaire que dans ce cas."),
    "rpps_ranks.number": _(
        "Le numéro RPPS du professionnel de santé, suivi des 3 chiffres de structure. "
        "Exemple : 10003879623 017."
    ),
    "representative.quality": _("Cette qualité dit à quel titre vous engagez la structure."),
    "representative.surname": _("Comme sur votre pièce d’identité."),
    "representative.given_names": _("Comme sur votre pièce d’identité, dans le même ordre."),
    "representative.phone": _PHONE,
    "representative.email": _EMAIL,
    "representative.card_number": _(
        "Celui de votre propre carte CPx, de 7 à 10 chiffres. Exemple : 0102030405."
    ),
    MANDATE: _(
        "Le document qui vous donne pouvoir d’agir pour la structure, en PDF ou en image, "
        "20 Mo au plus."
    ),
    "administrators.card_number": _(
        "Celui de la carte de l’administrateur, de 7 à 10 chiffres. Exemple : 0203040506."
    ),
    "administrators.name": _("Comme ils sont écrits sur la carte. Exemple : Jeanne CHARLES."),
    "administrators.phone": _PHONE,
    "administrators.email": _(
        "Cette personne y recevra un lien pour confirmer sa carte et son adresse."
    ),
    "use.description": _("Exemple : connexion au DMP depuis le dossier patient informatisé."),
    "use.editor": _("Exemple : ANS."),
    "use.solution": _("Exemple : Esante WebModule."),
    "types.org": _(
        "À destination des personnes morales, pour un usage AUTH_CLI, SIGN, CONF. Des cas "
        "d’utilisation peuvent être : DMP, ROR, Annuaire santé, etc."
    ),
    "types.serv_ssl": _(
        "Vous devez indiquer pour ce type de certificat soit un nom de domaine soit un nom de "
        "serveur. Des cas d’utilisation peuvent être : MSSanté, Diapason, PSIG, etc."
    ),
    "types.ssl_domain": _(
        "Indiquez le nom de domaine souhaité, l’adresse Web. Exemple : domaine.fr"
    ),
    "types.ssl_server": _(
        "Indiquez le nom de serveur spécifique. Exemple : nomdeserveur.domaine.fr"
    ),
    "types.serv_mail": _(
        "Pour un usage SMIME, SIGN, CONF. Des cas d’utilisation peuvent être : Messagerie "
        "HPRIM NET, etc."
    ),
    "types.serv_mail_domain": _MAIL_DOMAIN,
    "types.pro": _(
        "Pour un usage AUTH, SIGN, CONF. Des cas d’utilisation peuvent être : dossier "
        "pharmaceutique, etc."
    ),
    "types.pro_mail_domain": _MAIL_DOMAIN,
    SUPPORTING: _(
        "PDF, image, document bureautique ou texte. Plusieurs fichiers à la fois, 20 Mo au plus "
        "par envoi."
    ),
}


def pattern_of(path: str) -> str:
    """The path without its row: "administrators.ab12cd34.phone" -> "administrators.phone"."""
    block, _dot, rest = path.partition(".")
    if block not in REPEATED or not rest:
        return path
    return f"{block}.{rest.partition('.')[2]}"


def label_of(path: str, typed: Typed) -> str:
    """What a path is called, out of its section: "Administrateur n° 2 — N° de carte".

    Pledges have a short name; an unknown path names itself.
    """
    label = SHORT.get(path) or LABELS.get(pattern_of(path))
    block, _dot, rest = path.partition(".")
    if label is None or not rest:
        return str(label or path)
    if block == "representative":
        return gettext("Représentant — %(label)s") % {"label": label}
    if block not in REPEATED:
        return str(label)
    ids = typed.ids(block)
    row = rest.partition(".")[0]
    place = ids.index(row) + 1 if row in ids else "?"
    words = {"block": BLOCKS[block], "place": place, "label": label}
    return gettext("%(block)s n° %(place)s — %(label)s") % words


def shown(path: str, text: str) -> str:
    """A typed text as people read it: boxes and questions by yes or no, the quality by its name."""
    if path in BOXES:
        return gettext("Oui") if text == CHECKED else gettext("Non")
    if path in {"structure.cares_for_patients", "structure.is_radiology"}:
        return {"yes": gettext("Oui"), "no": gettext("Non")}.get(text, text)
    if path == "representative.quality":
        return next((str(words) for known, words in QUALITIES.items() if known == text), text)
    return text
