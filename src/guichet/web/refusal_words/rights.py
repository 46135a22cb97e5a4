"""Words for what becomes of rights: renewals of cards, delegations, proofs of domains."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

CHECK_CARD: Final = _("Vérifiez le numéro et le nom imprimés sur la carte.")

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.RIGHT_UNCHANGED: RefusalText(
        422,
        _("Rien à restreindre"),
        _("Vous n’avez rien retiré à ce droit."),
        _("Décochez ce que la carte ne doit plus pouvoir commander."),
    ),
    Code.RIGHT_SUSPENDED_BY_STAFF: RefusalText(
        403,
        _("Suspendu par un instructeur"),
        _("Ce droit a été suspendu par le service instructeur, qui seul peut le rétablir."),
        _("Écrivez-lui par la messagerie du dossier."),
    ),
    Code.CARD_NOT_FOUND: RefusalText(
        422,
        _("Carte introuvable"),
        _("Le répertoire des cartes ne connaît pas ce numéro."),
        CHECK_CARD,
    ),
    Code.CARD_NOT_VALID: RefusalText(
        422,
        _("Carte non valable"),
        _("Le répertoire donne cette carte pour expirée ou mise en opposition."),
        _("Utilisez une carte en cours de validité."),
    ),
    Code.CARD_HOLDER_DIFFERS: RefusalText(
        422,
        _("Nom différent de celui de la carte"),
        _("Le nom indiqué n’est pas celui du porteur de cette carte."),
        CHECK_CARD,
    ),
    Code.RENEWAL_IMPOSSIBLE: RefusalText(
        409,
        _("Rien à reporter"),
        _("Aucun droit de vos anciennes cartes ne peut être reporté pour cette structure."),
        _("Demandez à son représentant de déposer un nouveau dossier F413."),
    ),
    Code.REPRESENTATIVE_MISSING: RefusalText(
        409,
        _("Aucun représentant joignable"),
        _("Aucun représentant de cette structure n’a d’adresse électronique connue."),
        _("Demandez à votre structure de déposer un nouveau dossier F413."),
    ),
    Code.DELEGATION_UNKNOWN: RefusalText(
        404,
        _("Délégation introuvable"),
        _("Cette délégation n’existe pas, ou elle ne vous est pas ouverte."),
        _("Revenez à la liste des délégations."),
    ),
    Code.DELEGATION_STATE: RefusalText(
        409,
        _("Délégation close"),
        _("Cette délégation a déjà reçu sa réponse, ou elle est terminée."),
        _("Relisez la page mise à jour ; au besoin, créez une nouvelle délégation."),
    ),
    Code.DELEGATION_BEYOND: RefusalText(
        422,
        _("Délégation trop large"),
        _("Une structure ne délègue que les offres et les domaines qui lui sont habilités."),
        _("Choisissez parmi les offres et les domaines proposés."),
    ),
    Code.DELEGATION_PERIOD: RefusalText(
        422,
        _("Dates incorrectes"),
        _("La fin suit le début, elle est à venir, et la délégation dure trois ans au plus."),
        _("Corrigez les dates."),
    ),
    Code.DELEGATION_SELF: RefusalText(
        422,
        _("Délégation à soi-même"),
        _("Ce SIRET est celui de la structure elle-même."),
        _("Indiquez le SIRET de l’éditeur."),
    ),
    Code.EDITOR_UNKNOWN: RefusalText(
        404,
        _("Éditeur introuvable"),
        _("Vous ne représentez aucun éditeur à ce SIRET."),
        _("Le représentant de l’éditeur se fait connaître en déposant un dossier F413."),
    ),
    Code.TRIAL_IN_PRODUCTION: RefusalText(
        404,
        _("Pas d’essai en production"),
        _("L’habilitation d’essai n’existe que sur le guichet de TEST."),
        _("Allez au guichet de TEST, ou déposez un dossier F413."),
    ),
    Code.TRIAL_UNKNOWN: RefusalText(
        404,
        _("Habilitation d’essai introuvable"),
        _("Elle n’existe pas, ou elle est celle d’une autre carte."),
        _("Revenez à la page de vos habilitations d’essai."),
    ),
    Code.TRIALS_TOO_MANY: RefusalText(
        422,
        _("Trop de structures de test"),
        _("Une carte en déclare %(limit)s au plus."),
        _("Rouvrez l’une des précédentes."),
    ),
    Code.TRIAL_LABEL_INVALID: RefusalText(
        422,
        _("Domaine réservé incorrect"),
        _("Ce mot ne peut pas commencer un domaine."),
        _("Écrivez de 3 à 30 lettres sans accent, chiffres ou tirets, une lettre en premier."),
    ),
    Code.TRIAL_LABEL_TAKEN: RefusalText(
        422,
        _("Domaine déjà réservé"),
        _("%(domain)s est déjà celui d’une structure de test."),
        _("Choisissez un autre mot."),
    ),
    Code.DOMAIN_UNKNOWN: RefusalText(
        404,
        _("Domaine introuvable"),
        _("Ce domaine ne fait pas partie de ceux de la structure."),
        _("Revenez à la liste des domaines."),
    ),
    Code.DNS_UNAVAILABLE: RefusalText(
        503,
        _("DNS indisponible"),
        _("Les serveurs DNS de %(domain)s n’ont pas répondu à temps."),
        _("Réessayez dans quelques minutes ; vérifiez au besoin votre zone DNS."),
    ),
}
