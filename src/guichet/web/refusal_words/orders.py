"""Words for rights, orders and products."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

ASK_RIGHT: Final = _(
    "Demandez au représentant de la structure de vous désigner par le formulaire F413."
)
LOOK_AT_LIST: Final = _("Cherchez ce numéro dans vos listes, à la rubrique SUIVRE.")

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.RIGHT_MISSING: RefusalText(
        403,
        _("Habilitation manquante"),
        _("Votre carte n’est pas habilitée pour cette offre, cet usage ou cette structure."),
        ASK_RIGHT,
    ),
    Code.RIGHT_DOMAIN: RefusalText(
        403,
        _("Domaine hors de votre habilitation"),
        _("Votre habilitation ne couvre pas le nom de domaine %(fqdn)s."),
        _("Vérifiez le nom, ou demandez une habilitation qui couvre ce domaine (F413)."),
    ),
    Code.RIGHT_SERVICE: RefusalText(
        403,
        _("Service hors de ce qui est permis à ce compte"),
        _("Cet automate ne peut pas commander pour le service %(service)s."),
        _("Vérifiez le nom du service, ou élargissez le compte dans le portail."),
    ),
    Code.RIGHT_MAIL_DOMAIN: RefusalText(
        403,
        _("Domaine de messagerie hors de votre habilitation"),
        _("Votre habilitation ne couvre pas l’adresse %(mail)s."),
        _("Vérifiez l’adresse, ou demandez une habilitation qui couvre ce domaine (F413)."),
    ),
    Code.ROLE_MISSING: RefusalText(
        403,
        _("Accès réservé"),
        _("Cette page est réservée à d’autres fonctions que la vôtre."),
        _("Si vous devriez y accéder, adressez-vous à l’opérateur du guichet."),
    ),
    Code.ORDER_UNKNOWN: RefusalText(
        404,
        _("Demande introuvable"),
        _("Aucune demande de ce numéro n’est visible avec vos habilitations."),
        LOOK_AT_LIST,
    ),
    Code.DRAFT_CHANGED: RefusalText(
        409,
        _("Demande modifiée entre-temps"),
        _("Une autre page a modifié cette demande depuis que vous avez ouvert celle-ci."),
        _("Relisez le récapitulatif, corrigé depuis ; s’il convient, finalisez de nouveau."),
    ),
    Code.PRODUCT_UNKNOWN: RefusalText(
        404,
        _("Produit introuvable"),
        _("Aucun produit de ce numéro n’est visible avec vos habilitations."),
        LOOK_AT_LIST,
    ),
    Code.STRUCTURE_UNKNOWN: RefusalText(
        404,
        _("Structure introuvable"),
        _("Cette structure n’existe pas ou n’est pas de celles qui vous ont habilité."),
        _("Choisissez une structure dans la liste proposée."),
    ),
    Code.PROFILE_UNKNOWN: RefusalText(
        422,
        _("Offre ou usage inconnu"),
        _("Cette combinaison d’offre et d’usage n’existe pas au catalogue."),
        _("Choisissez une offre, puis un des usages qu’elle propose."),
    ),
    Code.AUTHORITY_NOT_ISSUING: RefusalText(
        409,
        _("Autorité qui ne délivre plus"),
        _("L’autorité %(authority)s ne délivre plus de certificat."),
        _("Recommencez plus tard ; si cela dure, adressez-vous à l’opérateur du guichet."),
    ),
    Code.SIGNING_BUSY: RefusalText(
        503,
        _("File de signature pleine"),
        _("Trop de certificats demandés par programme ou par lot attendent leur signature."),
        _("Rien n’est perdu : recommencez dans une minute."),
    ),
    Code.MOVE_FORBIDDEN: RefusalText(
        409,
        _("Action impossible dans cet état"),
        _("L’état actuel ne permet pas cette action ; elle a peut-être déjà été faite."),
        _("Rechargez la page pour voir l’état actuel."),
    ),
    Code.TERMS_NOT_ACCEPTED: RefusalText(
        422,
        _("Conditions à accepter"),
        _("Le retrait suppose d’accepter les conditions d’utilisation et la politique."),
        _("Lisez-les, puis cochez les deux cases."),
    ),
    Code.REVOCATION_CODE_WEAK: RefusalText(
        422,
        _("Code de révocation trop simple"),
        _("Le code compte de 8 à 64 caractères, qui ne sont pas tous les mêmes."),
        _("Choisissez un code que vous saurez retrouver le jour où il faudra révoquer."),
    ),
    Code.REVOCATION_CODE_MISMATCH: RefusalText(
        422,
        _("Les deux codes diffèrent"),
        _("Le code de révocation et sa confirmation ne sont pas identiques."),
        _("Saisissez-les de nouveau."),
    ),
    Code.REVOCATION_CODE_WRONG: RefusalText(
        403,
        _("Code de révocation refusé"),
        _("Le code est faux, ou trop d’essais ont été faits en peu de temps."),
        _("Vérifiez le code, ou attendez quinze minutes avant de recommencer."),
    ),
    Code.REVOCATION_REASON_INVALID: RefusalText(
        422,
        _("Motif de révocation à choisir"),
        _("Le motif donné n’est pas un de ceux que le guichet connaît."),
        _("Choisissez un motif dans la liste."),
    ),
    Code.ALREADY_REVOKED: RefusalText(
        409,
        _("Certificat déjà révoqué"),
        _("Ce certificat a déjà été révoqué ; une révocation est définitive."),
        _("Rien n’est à faire. Demandez un nouveau produit si vous en avez besoin."),
    ),
    Code.KEY_CHALLENGE_STALE: RefusalText(
        409,
        _("Défi périmé"),
        _("Ce défi n’est pas celui de ce produit, ou il a plus de dix minutes."),
        _("Rechargez la page du produit, puis recommencez."),
    ),
    Code.KEY_PROOF_WRONG: RefusalText(
        422,
        _("Clé non reconnue"),
        _("Cette signature n’a pas été faite par la clé privée du certificat."),
        _("Prenez la clé qui a servi à la demande : celle de ce navigateur, ou son fichier."),
    ),
    Code.SIGNING_FAILED: RefusalText(
        409,
        _("Le certificat n’a pas pu être signé"),
        _("L’autorité de certification a écarté cette demande."),
        _("Faites une nouvelle demande ; si cela se répète, écrivez à l’opérateur."),
    ),
}
