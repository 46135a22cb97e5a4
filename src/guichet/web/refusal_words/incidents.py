"""Words for incidents, and for the lists they read."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.KEY_LISTED: RefusalText(
        422,
        _("Clé compromise"),
        _(
            "Cette clé est sur une liste de clés que d’autres que vous connaissent (%(source)s,"
            " depuis le %(since)s)."
        ),
        _("Détruisez-la, et faites-en une autre sur votre machine."),
    ),
    Code.INCIDENT_UNKNOWN: RefusalText(
        404,
        _("Incident introuvable"),
        _("Aucun incident ne porte ce numéro."),
        _("Choisissez un incident dans la liste."),
    ),
    Code.INCIDENT_WITHOUT_CRITERIA: RefusalText(
        422,
        _("Aucun critère"),
        _("Sans critère, tous les certificats seraient visés."),
        _("Donnez au moins un critère."),
    ),
    Code.INCIDENT_PERIOD: RefusalText(
        422,
        _("Période impossible"),
        _("La fin de la période précède son début."),
        _("Corrigez l’une des deux dates."),
    ),
    Code.INCIDENT_EMPTY: RefusalText(
        409,
        _("Rien à révoquer"),
        _("Aucun certificat valable ne répond à ces critères."),
        _("Annulez cet incident, ou ouvrez-en un autre avec d’autres critères."),
    ),
    Code.INCIDENT_DATE: RefusalText(
        422,
        _("Date impossible"),
        _("La révocation a lieu à partir de maintenant, dans %(days)s jours au plus."),
        _("Choisissez une autre date, ou laissez-la vide pour révoquer dès l’approbation."),
    ),
    Code.INCIDENT_COUNT_WRONG: RefusalText(
        422,
        _("Nombre différent"),
        _("Ce n’est pas le nombre de certificats de cet incident : %(count)s."),
        _("Relisez la liste, puis écrivez ce nombre pour confirmer."),
    ),
    Code.INCIDENT_SAME_PERSON: RefusalText(
        403,
        _("Deux personnes"),
        _("Qui propose une révocation ne l’approuve pas et ne la refuse pas."),
        _("Demandez à un autre opérateur de décider."),
    ),
    Code.LIST_LINE_UNREADABLE: RefusalText(
        422,
        _("Ligne illisible"),
        _("La ligne %(line)s n’est pas de la forme attendue : %(text)s"),
        _("Corrigez le fichier, puis envoyez-le de nouveau."),
    ),
    Code.LIST_TOO_LONG: RefusalText(
        422,
        _("Liste trop longue"),
        _("Une liste a %(limit)s lignes au plus."),
        _("Coupez-la en plusieurs incidents."),
    ),
}
