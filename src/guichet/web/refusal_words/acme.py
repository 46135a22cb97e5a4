"""Words of what is refused to ACME clients alone."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.ACME_IDENTIFIER_UNSUPPORTED: RefusalText(
        400,
        _("Type d’identifiant inconnu"),
        _("Un identifiant de type « %(identifier_type)s » ne peut pas être certifié ici."),
        _("Demandez un nom de serveur (dns) ou un service de la structure (guichet-service)."),
    ),
    Code.ACME_IDENTIFIERS_SEVERAL: RefusalText(
        403,
        _("Un seul nom par certificat"),
        _("Un certificat désigne un seul nom ; « %(identifier)s » est de trop."),
        _("Passez une commande pour chaque nom."),
    ),
    Code.ACME_PROFILE_UNFIT: RefusalText(
        400,
        _("Profil d’un autre type d’identifiant"),
        _("Le profil %(profile)s n’est pas fait pour un identifiant de type « %(type)s »."),
        _("Choisissez-en un autre dans la liste de l’annuaire ACME, ou n’en indiquez aucun."),
    ),
    Code.ACME_CSR_NAMES: RefusalText(
        400,
        _("La demande ne porte pas le nom commandé"),
        _("La demande de certificat nomme « %(names)s », la commande « %(wanted)s »."),
        _("Faites une demande qui porte exactement ce nom, et envoyez-la de nouveau."),
    ),
}
