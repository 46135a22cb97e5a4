"""Words for texts that staff write to people: e-mails, terms, announcements."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.TEXT_UNKNOWN: RefusalText(
        404,
        _("Texte introuvable"),
        _("Aucun texte, ou aucune version, ne porte ce nom."),
        _("Choisissez un texte dans la liste."),
    ),
    Code.TEXT_UNREADABLE: RefusalText(
        422,
        _("Texte illisible"),
        _("Une balise est mal formée ou n’est pas fermée (%(text)s)."),
        _("Vérifiez que chaque « if » a son « endif » et chaque « for » son « endfor »."),
    ),
    Code.TEXT_TAG_FORBIDDEN: RefusalText(
        422,
        _("Balise non permise"),
        _("« %(text)s » n’est pas une balise, un filtre ou un texte à inclure permis ici."),
        _("Gardez « if », « for », la signature et les filtres que la page énumère."),
    ),
    Code.TEXT_LOOP_FORBIDDEN: RefusalText(
        422,
        _("Boucle non permise"),
        _("La boucle sur « %(text)s » ne parcourt pas une liste, ou en croise une autre."),
        _("Parcourez une liste du courriel ; une boucle intérieure, une liste de l’autre boucle."),
    ),
    Code.TEXT_VARIABLE_UNKNOWN: RefusalText(
        422,
        _("Variable inconnue"),
        _("Ce courriel n’a pas de valeur « %(text)s » à écrire."),
        _("Choisissez une des variables que la page énumère."),
    ),
    Code.TEXT_VARIABLE_MISSING: RefusalText(
        422,
        _("Variable indispensable"),
        _("Sans « %(text)s », ce courriel ne servirait à rien."),
        _("Remettez cette variable dans le texte."),
    ),
    Code.TEXT_SUBJECT_MISSING: RefusalText(
        422,
        _("Objet manquant"),
        _("La première ligne d’un courriel en dit l’objet."),
        _("Commencez par « Objet : … » en français, « Subject: … » en anglais."),
    ),
    Code.TEXT_TOO_LONG: RefusalText(
        422,
        _("Texte trop long"),
        _("Le texte dépasse %(limit)s caractères."),
        _("Raccourcissez-le."),
    ),
    Code.TEXT_UNCHANGED: RefusalText(
        422,
        _("Texte inchangé"),
        _("Ce texte est celui qui est en vigueur."),
        _("Changez quelque chose, ou quittez la page : rien n’est à enregistrer."),
    ),
    Code.TEXT_SAME_PERSON: RefusalText(
        403,
        _("Une autre personne décide"),
        _("Qui a écrit une version ne la met pas en vigueur."),
        _("Demandez à une autre personne qui écrit les textes de la relire."),
    ),
    Code.ANNOUNCEMENT_CHANGED: RefusalText(
        409,
        _("Annonce modifiée entre-temps"),
        _("Une autre page a modifié cette annonce depuis que vous avez ouvert celle-ci."),
        _("Lisez ce qu’elle dit à présent, dans la liste ; affichez de nouveau pour le remplacer."),
    ),
    Code.TERMS_CHANGED: RefusalText(
        409,
        _("Nouvelles conditions"),
        _("La version %(version)s des conditions est en vigueur : vous ne l’avez pas acceptée."),
        _("Lisez cette version, puis cochez à nouveau la case."),
    ),
    Code.TERMS_NUMBER_TAKEN: RefusalText(
        409,
        _("Numéro déjà pris"),
        _("Une version de ce texte porte déjà le numéro %(version)s."),
        _("Donnez-lui un autre numéro."),
    ),
    Code.DATE_PAST: RefusalText(
        422,
        _("Date passée"),
        _("Cette date est passée."),
        _("Choisissez une date à venir, ou aujourd’hui."),
    ),
    Code.DATES_REVERSED: RefusalText(
        422,
        _("Dates inversées"),
        _("La fin précède le début."),
        _("Choisissez une fin après le début."),
    ),
}
