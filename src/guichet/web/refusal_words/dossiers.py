"""Words for dossiers and the rights they open."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.RIGHT_OVERLAPS: RefusalText(
        409,
        _("Droits en double"),
        _("Cette carte détient déjà un droit pour cette offre et cette structure à ces dates."),
        _("Terminez le droit existant, ou modifiez-le."),
    ),
    Code.RIGHT_UNKNOWN: RefusalText(
        404,
        _("Droit introuvable"),
        _("Ce droit n’existe pas, ou il n’est pas de votre ressort."),
        _("Revenez à la liste des habilitations."),
    ),
    Code.RIGHT_STATE: RefusalText(
        409,
        _("Droit terminé"),
        _("Ce droit est terminé : il ne peut plus être modifié."),
        _("Déposez un nouveau dossier pour en ouvrir un autre."),
    ),
    Code.POSTCODE_INVALID: RefusalText(
        422,
        _("Code postal incorrect"),
        _("Un code postal français compte cinq chiffres."),
        _("Vérifiez les chiffres, par exemple 75015."),
    ),
    Code.PHONE_INVALID: RefusalText(
        422,
        _("Numéro de téléphone incorrect"),
        _("Ce numéro n’a pas la forme d’un numéro de téléphone français ou étranger."),
        _(
            "Exemple : 01 02 03 04 05. Pour l’étranger, commencez par + et "
            "l’indicatif du pays. Les numéros courts ne sont pas acceptés."
        ),
    ),
    Code.RPPS_RANK_INVALID: RefusalText(
        422,
        _("RPPS rang incorrect"),
        _(
            "Le RPPS rang compte 14 chiffres : les 11 du RPPS du professionnel, "
            "puis 3 chiffres de structure."
        ),
        _("Exemple : 10003879623 017. Les espaces sont acceptés."),
    ),
    Code.RPPS_RANK_MISSING: RefusalText(
        422,
        _("RPPS rang manquant"),
        _("Un cabinet de radiologie se désigne par au moins un RPPS rang."),
        _("Ajoutez un RPPS rang, ou répondez non à la question sur la radiologie."),
    ),
    Code.CHOICE_MISSING: RefusalText(
        422,
        _("Réponse manquante"),
        _("Cette question attend une réponse."),
        _("Choisissez une des réponses proposées."),
    ),
    Code.ADMINISTRATOR_MISSING: RefusalText(
        422,
        _("Aucun administrateur technique"),
        _("Le dossier ne déclare aucun administrateur technique."),
        _("Ajoutez au moins un administrateur ; vous pouvez vous désigner vous-même."),
    ),
    Code.CARD_TWICE: RefusalText(
        422,
        _("Carte déclarée deux fois"),
        _("La carte %(card)s figure déjà chez un autre administrateur de ce dossier."),
        _("Vérifiez les deux numéros, ou supprimez un des deux administrateurs."),
    ),
    Code.TYPE_MISSING: RefusalText(
        422,
        _("Aucun type de certificat"),
        _("Le dossier ne demande aucun type de certificat."),
        _("Cochez au moins un type de certificat."),
    ),
    Code.DOMAIN_OR_SERVER: RefusalText(
        422,
        _("Domaine ou serveur"),
        _(
            "Un certificat SSL_SERVEUR se rattache soit à un domaine, soit à un "
            "serveur, jamais aux deux."
        ),
        _("Remplissez un seul des deux champs."),
    ),
    Code.ACCURACY_NOT_CERTIFIED: RefusalText(
        422,
        _("Exactitude non certifiée"),
        _("Vous n’avez pas certifié l’exactitude des informations."),
        _("Relisez votre demande, puis cochez la case."),
    ),
    Code.MANDATE_MISSING: RefusalText(
        422,
        _("Mandat manquant"),
        _("Un mandataire joint le document qui lui donne pouvoir."),
        _("Joignez le mandat, en PDF ou en image."),
    ),
    Code.COMPANY_UNKNOWN: RefusalText(
        404,
        _("Établissement introuvable"),
        _("Le répertoire des entreprises ne connaît pas le SIRET %(siret)s."),
        _("Vérifiez le numéro sur annuaire-entreprises.data.gouv.fr."),
    ),
    Code.COMPANY_CLOSED: RefusalText(
        409,
        _("Établissement fermé"),
        _("Le répertoire des entreprises donne l’établissement %(siret)s pour fermé."),
        _("Utilisez le SIRET d’un établissement ouvert."),
    ),
    Code.COMPANY_NAME_MISSING: RefusalText(
        422,
        _("Raison sociale manquante"),
        _("Le répertoire ne dit pas le nom ou l’adresse de cet établissement."),
        _("Renseignez la raison sociale et le code postal."),
    ),
    Code.DOSSIER_UNKNOWN: RefusalText(
        404,
        _("Dossier introuvable"),
        _("Ce dossier n’existe pas, ou il ne vous est pas ouvert."),
        _("Vérifiez le numéro, ou demandez à son auteur de vous inviter."),
    ),
    Code.DOSSIER_PURGED: RefusalText(
        410,
        _("Dossier effacé"),
        _(
            "Le dossier n° %(number)s a été effacé le %(purged_on)s, à la fin de sa durée de "
            "conservation. Il avait été déposé le %(filed_on)s et décidé le %(decided_on)s."
        ),
        _(
            "Son contenu n’existe plus ; le journal garde la trace de ce qui a été fait. Pour une "
            "nouvelle demande, la structure dépose un autre dossier."
        ),
    ),
    Code.DOSSIER_FROZEN: RefusalText(
        409,
        _("Dossier non modifiable"),
        _("Le dossier n° %(number)s est en instruction ou terminé : il ne peut plus être modifié."),
        _("Écrivez à l’instructeur par la messagerie du dossier."),
    ),
    Code.DOSSIER_CHANGED: RefusalText(
        409,
        _("Dossier modifié entre-temps"),
        _("Quelqu’un d’autre a modifié le dossier n° %(number)s pendant que vous le lisiez."),
        _("Relisez la page mise à jour, puis recommencez."),
    ),
    Code.DOSSIER_ACT_FORBIDDEN: RefusalText(
        403,
        _("Action réservée"),
        _("Votre rôle dans ce dossier ne permet pas cette action."),
        _("Demandez-la au déposant du dossier, ou à un instructeur."),
    ),
    Code.NOTHING_CHANGED: RefusalText(
        409,
        _("Rien à déposer"),
        _("Rien n’a changé depuis le dernier dépôt du dossier n° %(number)s."),
        _("Modifiez le formulaire avant de déposer à nouveau."),
    ),
    Code.REASON_MISSING: RefusalText(
        422,
        _("Motif manquant"),
        _("Cette action demande un motif, que la personne concernée lira."),
        _("Écrivez un motif, ou choisissez-en un dans la liste."),
    ),
    Code.CORRECTION_PENDING: RefusalText(
        409,
        _("Correction en attente"),
        _("Une correction a déjà été demandée pour le dossier n° %(number)s."),
        _("Attendez la réponse du déposant, ou passez outre en le confirmant."),
    ),
    Code.EDITS_PENDING: RefusalText(
        409,
        _("Modifications non déposées"),
        _(
            "Le déposant du dossier n° %(number)s a des modifications qu’il n’a pas"
            " encore déposées."
        ),
        _(
            "Écrivez-lui, ou passez outre en le confirmant : l’instruction portera "
            "sur le dernier dépôt."
        ),
    ),
    Code.CHECKS_BLOCKING: RefusalText(
        409,
        _("Vérification bloquante"),
        _("Une vérification des répertoires interdit d’accepter cet élément."),
        _("Demandez une correction, ou laissez cet élément de côté avec un motif."),
    ),
    Code.NOTHING_ACCEPTED: RefusalText(
        422,
        _("Rien n’est accepté"),
        _("Une acceptation retient au moins un administrateur et un type de certificat."),
        _("Cochez ce que vous acceptez, ou refusez le dossier."),
    ),
    Code.DECISION_PENDING: RefusalText(
        409,
        _("Décision en attente"),
        _("Une décision attend déjà l’approbation d’un second instructeur."),
        _("Approuvez-la, ou retirez-la d’abord."),
    ),
    Code.DECISION_MISSING: RefusalText(
        409,
        _("Aucune décision en attente"),
        _("Le dossier n° %(number)s n’attend aucune approbation."),
        _("Relisez la page mise à jour."),
    ),
    Code.OWN_DOSSIER: RefusalText(
        403,
        _("Dossier qui vous concerne"),
        _("Ce dossier est le vôtre, ou cite votre carte : personne ne décide pour soi-même."),
        _("Confiez-le à un autre instructeur."),
    ),
    Code.SECOND_APPROVAL_SAME: RefusalText(
        403,
        _("Seconde approbation"),
        _("La décision et son approbation viennent de deux personnes différentes."),
        _("Demandez à un autre instructeur d’approuver."),
    ),
    Code.INVITATION_INVALID: RefusalText(
        410,
        _("Lien périmé"),
        _("Ce lien a déjà servi, a été annulé, ou n’est plus valable."),
        _("Demandez un nouveau lien à la personne qui vous l’a envoyé."),
    ),
    Code.ESTABLISHMENT_NOT_PROVED: RefusalText(
        403,
        _("Établissement à prouver"),
        _("Rien ne prouve, ou la preuve est trop ancienne, que vous travaillez à cet endroit."),
        _("Prouvez votre établissement avec ProConnect, puis recommencez."),
    ),
    Code.RECOVERY_IMPOSSIBLE: RefusalText(
        409,
        _("Reprise impossible"),
        _(
            "Le dossier n° %(number)s est en instruction ou terminé : il ne peut pas changer de"
            " titulaire."
        ),
        _("S’il repasse en construction, recommencez ; sinon, déposez un nouveau dossier."),
    ),
    Code.RECOVERY_WAITING: RefusalText(
        409,
        _("Reprise déjà demandée"),
        _("Un collègue a déjà demandé à reprendre le dossier n° %(number)s."),
        _("Attendez sa réponse, ou demandez-lui de vous inviter une fois le dossier repris."),
    ),
    Code.RECOVERY_REFUSED: RefusalText(
        409,
        _("Reprise refusée"),
        _("La reprise du dossier n° %(number)s vous a été refusée."),
        _("Voyez-en la raison avec le titulaire ou le représentant de votre établissement."),
    ),
    Code.MESSAGE_TOO_LONG: RefusalText(
        422,
        _("Message trop long"),
        _("Le message compte %(length)s caractères, pour %(most)s au plus."),
        _("Raccourcissez-le, ou joignez un document."),
    ),
}
