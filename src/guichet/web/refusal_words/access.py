"""Words for the roles of the staff: asked, approved, reviewed, opened in an emergency."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.ROLE_NOT_STAFF: RefusalText(
        422,
        _("Rôle inconnu"),
        _("Ce rôle n’est pas de ceux du guichet."),
        _("Choisissez un rôle de la liste."),
    ),
    Code.ROLE_HELD_ALREADY: RefusalText(
        422,
        _("Rôle déjà tenu"),
        _("Cette personne tient déjà ce rôle."),
        _("Choisissez un autre rôle."),
    ),
    Code.ROLE_NOT_HELD: RefusalText(
        422,
        _("Rôle non tenu"),
        _("Cette personne ne tient pas ce rôle."),
        _("Choisissez un rôle qu’elle tient."),
    ),
    Code.ROLE_END: RefusalText(
        422,
        _("Date impossible"),
        _("Un rôle finit après maintenant, et dans dix ans au plus."),
        _("Choisissez une autre date, ou laissez-la vide."),
    ),
    Code.ROLES_AT_ODDS: RefusalText(
        422,
        _("Rôles incompatibles"),
        _("Une même personne ne tient pas les rôles %(role)s et %(other)s."),
        _("Faites d’abord retirer l’autre rôle, ou choisissez une autre personne."),
    ),
    Code.ROLE_LAST_HOLDERS: RefusalText(
        409,
        _("Trop peu de personnes"),
        _("Il resterait moins de %(count)s personnes pour donner les rôles."),
        _("Faites d’abord donner ce rôle à une autre personne."),
    ),
    Code.ROLE_ASKED_ALREADY: RefusalText(
        409,
        _("Demande en cours"),
        _("Une demande attend déjà pour cette personne et ce rôle."),
        _("Faites-la approuver ou refuser d’abord."),
    ),
    Code.ACCESS_SAME_PERSON: RefusalText(
        403,
        _("Deux personnes"),
        _("Nul ne décide de sa propre demande, ni de ses propres accès."),
        _("Adressez-vous à une autre personne habilitée."),
    ),
    Code.ACCESS_UNKNOWN: RefusalText(
        404,
        _("Page introuvable"),
        _("Rien ne porte ce numéro parmi les accès du personnel."),
        _("Repartez de la page des accès."),
    ),
    Code.REASON_TOO_SHORT: RefusalText(
        422,
        _("Raison trop courte"),
        _("Une autre personne devra juger de cette raison : %(count)s caractères au moins."),
        _("Dites ce qui se passe, et pourquoi cela n’attend pas."),
    ),
    Code.EMERGENCY_OPEN_ALREADY: RefusalText(
        409,
        _("Urgence déjà ouverte"),
        _("Vous avez déjà ouvert un rôle en urgence."),
        _("Mettez-y fin avant d’en ouvrir un autre."),
    ),
    Code.REVIEW_OPEN_ALREADY: RefusalText(
        409,
        _("Revue en cours"),
        _("Une revue des accès est déjà en cours."),
        _("Terminez-la d’abord."),
    ),
    Code.REVIEW_UNFINISHED: RefusalText(
        409,
        _("Revue inachevée"),
        _("Il reste des personnes à revoir : %(count)s."),
        _("Dites de chacune si ses rôles sont maintenus, puis terminez la revue."),
    ),
    Code.AUDITOR_READS_ONLY: RefusalText(
        403,
        _("Lecture seule"),
        _("Un auditeur lit tout et ne change rien."),
        _("Demandez cet acte à la personne dont c’est la fonction."),
    ),
    Code.BOOTSTRAP_OVER: RefusalText(
        409,
        _("Installation terminée"),
        _("Deux personnes au moins donnent déjà les rôles de ce guichet."),
        _("Demandez le rôle sur le portail : une personne le demande, une autre l’approuve."),
    ),
    Code.LOGIN_NOT_FRESH: RefusalText(
        401,
        _("Confirmez que c’est vous"),
        _("Cet acte demande une connexion de moins de dix minutes."),
        _("Connectez-vous de nouveau, puis recommencez."),
    ),
}
