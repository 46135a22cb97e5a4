"""Words for what people do with their inventory, and for groups of orders."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.SELECTION_EMPTY: RefusalText(
        422,
        _("Aucun produit choisi"),
        _("L’action demandée porte sur des produits, et aucun n’est coché."),
        _("Cochez au moins un produit dans la liste."),
    ),
    Code.SELECTION_TOO_LARGE: RefusalText(
        422,
        _("Trop de produits choisis"),
        _("Une action porte sur %(limit)s produits au plus."),
        _("Recommencez avec moins de produits."),
    ),
    Code.TAGS_TOO_MANY: RefusalText(
        422,
        _("Trop d’étiquettes"),
        _("Le produit %(number)s porte déjà %(limit)s étiquettes."),
        _("Retirez-lui une étiquette, ou ne le choisissez pas."),
    ),
    Code.VIEW_UNKNOWN: RefusalText(
        404,
        _("Vue introuvable"),
        _("Cette vue n’existe plus, ou n’est pas à vous."),
        _("Choisissez une vue dans la liste de votre parc."),
    ),
    Code.VIEW_NAME_TAKEN: RefusalText(
        409,
        _("Nom déjà pris"),
        _("Une autre de vos vues s’appelle %(name)s."),
        _("Choisissez un autre nom, ou supprimez l’autre vue."),
    ),
    Code.VIEWS_TOO_MANY: RefusalText(
        422,
        _("Trop de vues"),
        _("Vous avez déjà %(limit)s vues."),
        _("Supprimez une vue qui ne sert plus."),
    ),
    Code.GROUP_UNKNOWN: RefusalText(
        404,
        _("Commande groupée introuvable"),
        _("Cette commande groupée n’existe plus, ou n’est pas à vous."),
        _("Retrouvez les vôtres à la rubrique DEMANDER, « Commande groupée »."),
    ),
    Code.GROUP_PLACED: RefusalText(
        409,
        _("Commande groupée déjà envoyée"),
        _("Les demandes de ce groupe ont été envoyées : leurs lignes ne changent plus."),
        _("Suivez-les sur la page du groupe, ou commencez une autre commande groupée."),
    ),
    Code.GROUP_EMPTY: RefusalText(
        422,
        _("Aucune ligne"),
        _("La commande groupée ne contient aucune ligne."),
        _("Déposez un fichier, ou remplissez au moins une ligne."),
    ),
    Code.GROUP_TOO_LONG: RefusalText(
        422,
        _("Trop de lignes"),
        _("Une commande groupée compte %(limit)s lignes au plus ; celle-ci en a %(lines)s."),
        _("Partagez le fichier en plusieurs commandes groupées."),
    ),
    Code.GROUP_LINE_TWICE: RefusalText(
        422,
        _("Ligne en double"),
        _("Cette ligne demande le même certificat que la ligne %(other)s."),
        _("Retirez l’une des deux, ou corrigez ce qui devait les distinguer."),
    ),
    Code.GROUP_LINE_WITHOUT_CSR: RefusalText(
        422,
        _("CSR manquante"),
        _("La ligne %(line)s n’a pas encore de CSR."),
        _("Créez sa clé dans ce navigateur, ou ajoutez sa CSR à une archive ZIP."),
    ),
    Code.GROUP_NOT_READY: RefusalText(
        409,
        _("Rien à retirer pour l’instant"),
        _("Aucun certificat du groupe n’attend d’être retiré par vous."),
        _("Attendez que les certificats soient créés, puis rechargez la page."),
    ),
    Code.LINES_UNREADABLE: RefusalText(
        422,
        _("Fichier illisible"),
        _("Ce fichier n’est pas un tableau CSV en UTF-8 ou Windows-1252."),
        _("Enregistrez la feuille au format CSV depuis votre tableur, et déposez-la de nouveau."),
    ),
    Code.LINES_COLUMN_UNKNOWN: RefusalText(
        422,
        _("Colonne inconnue"),
        _("La colonne « %(column)s » n’est pas une de celles de cette commande."),
        _("Reprenez les noms de colonnes du modèle."),
    ),
    Code.LINES_COLUMN_TWICE: RefusalText(
        422,
        _("Colonne en double"),
        _("La colonne « %(column)s » figure deux fois."),
        _("Gardez une seule des deux colonnes."),
    ),
    Code.LINES_CELLS_TOO_MANY: RefusalText(
        422,
        _("Trop de cellules"),
        _("La ligne %(line)s du fichier a plus de cellules que l’en-tête n’a de colonnes."),
        _("Mettez entre guillemets les textes qui contiennent le séparateur."),
    ),
    Code.ARCHIVE_UNREADABLE: RefusalText(
        422,
        _("Archive illisible"),
        _("Ce fichier n’est pas une archive ZIP que nous sachions ouvrir, ou elle est chiffrée."),
        _("Refaites une archive ZIP ordinaire, sans mot de passe, qui ne contient que des CSR."),
    ),
    Code.ARCHIVE_TOO_LARGE: RefusalText(
        413,
        _("Archive trop grande"),
        _("L’archive, une fois ouverte, dépasse ce qu’une commande groupée peut contenir."),
        _("N’y mettez que les CSR : 400 fichiers au plus, de 64 ko au plus chacun."),
    ),
    Code.ARCHIVE_NAME_UNSAFE: RefusalText(
        422,
        _("Nom de fichier refusé"),
        _("L’archive contient un nom ou un lien qui sort de son dossier : %(name)s."),
        _("Refaites l’archive à partir d’un dossier qui ne contient que les CSR."),
    ),
}
