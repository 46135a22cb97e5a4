"""Words for what people type: numbers, names, addresses."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.SIREN_INVALID: RefusalText(
        422,
        _("Numéro SIREN incorrect"),
        _("Un SIREN compte 9 chiffres dont le dernier est une clé de contrôle."),
        _("Vérifiez les chiffres sur un document officiel de la structure."),
    ),
    Code.SIRET_INVALID: RefusalText(
        422,
        _("Numéro SIRET incorrect"),
        _("Un SIRET compte 14 chiffres dont le dernier est une clé de contrôle."),
        _("Vérifiez les chiffres ; les espaces sont acceptés."),
    ),
    Code.FINESS_INVALID: RefusalText(
        422,
        _("Numéro FINESS incorrect"),
        _("Un numéro FINESS compte 9 caractères, par exemple 750000001 ou 2A0000014."),
        _("Recopiez le numéro tel qu’il figure au répertoire FINESS."),
    ),
    Code.RPPS_INVALID: RefusalText(
        422,
        _("Numéro RPPS incorrect"),
        _("Un numéro RPPS compte 11 chiffres dont le dernier est une clé de contrôle."),
        _("Vérifiez les chiffres sur la carte ou dans l’Annuaire Santé."),
    ),
    Code.STRUCTURE_ID_INVALID: RefusalText(
        422,
        _("Identifiant national de structure incorrect"),
        _(
            "Il commence par un chiffre qui dit le répertoire (1 pour FINESS, 3 pour SIRET),"
            " suivi de l’identifiant : 10B0135356 par exemple."
        ),
        _("Choisissez la structure dans la liste proposée."),
    ),
    Code.PERSON_ID_INVALID: RefusalText(
        422,
        _("Identifiant national de personne incorrect"),
        _(
            "Il commence par un chiffre qui dit le répertoire (8 pour RPPS, 0 pour ADELI),"
            " suivi de l’identifiant."
        ),
        _("Recopiez l’identifiant tel qu’il figure sur la carte de la personne."),
    ),
    Code.CARD_NUMBER_INVALID: RefusalText(
        422,
        _("Numéro de carte incorrect"),
        _("Un numéro de carte ne contient que des chiffres, généralement 10."),
        _("Recopiez le numéro imprimé sur la carte."),
    ),
    Code.EMAIL_INVALID: RefusalText(
        422,
        _("Adresse électronique incorrecte"),
        _("L’adresse doit avoir la forme nom@domaine.fr."),
        _("Vérifiez l’adresse : c’est là que nous vous écrirons."),
    ),
    Code.DOMAIN_NAME_INVALID: RefusalText(
        422,
        _("Nom de domaine incorrect"),
        _(
            "Le nom doit être complet, comme serveur.domaine.fr, sans étoile, sans « https:// »"
            " et sans espace."
        ),
        _("Indiquez le nom exact sous lequel vos correspondants joignent le serveur."),
    ),
    Code.DOMAIN_NAME_PUBLIC_SUFFIX: RefusalText(
        422,
        _("Nom de domaine trop général"),
        _("Ce nom est un suffixe public : il n’appartient à aucune structure."),
        _("Ajoutez le nom de votre domaine, par exemple hopital.asso.fr et non asso.fr."),
    ),
    Code.NAME_INVALID: RefusalText(
        422,
        _("Nom incorrect"),
        _("Ce nom est vide, ou contient des caractères qu’un certificat ne peut pas porter."),
        _("Employez des lettres, des chiffres, des espaces et la ponctuation courante."),
    ),
    Code.NAME_TOO_LONG: RefusalText(
        422,
        _("Nom trop long"),
        _("Ce nom dépasse la longueur qu’un certificat peut porter (%(limit)s caractères)."),
        _("Abrégez-le."),
    ),
    Code.FIELD_MISSING: RefusalText(
        422,
        _("Champ à remplir"),
        _("Ce renseignement est nécessaire pour poursuivre."),
        _("Remplissez ce champ."),
    ),
    Code.FIELD_UNEXPECTED: RefusalText(
        422,
        _("Champ sans objet"),
        _("Ce renseignement ne s’applique pas à l’offre et à l’usage choisis."),
        _("Laissez ce champ vide, ou choisissez un autre usage."),
    ),
}
