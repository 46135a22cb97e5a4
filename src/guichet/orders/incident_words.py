"""Words for incidents: their states, their reasons, their criteria."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.domain.certificates.key_lists import ListedReason
from guichet.domain.orders.criteria import ANY_WEAKNESS, Criteria
from guichet.domain.orders.incidents import IncidentState, TouchedState
from guichet.domain.refusals import Code, Objection
from guichet.orders.texts import CHANNELS
from guichet.web.refusal_texts import explain
from guichet.web.states import Shown
from guichet.x509.crl import Reason

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from guichet.orders.incident_report import Report

STATES: Final[Mapping[IncidentState, Shown]] = {
    IncidentState.SEARCHING: Shown(_("Recherche en cours"), "info"),
    IncidentState.PREPARED: Shown(_("À proposer"), "warning"),
    IncidentState.PROPOSED: Shown(_("À approuver"), "warning"),
    IncidentState.APPROVED: Shown(_("Approuvé"), "info"),
    IncidentState.RUNNING: Shown(_("Révocation en cours"), "danger"),
    IncidentState.DONE: Shown(_("Terminé"), "success"),
    IncidentState.CANCELLED: Shown(_("Annulé"), "neutral"),
    IncidentState.REFUSED: Shown(_("Refusé"), "neutral"),
}
TOUCHED_STATES: Final[Mapping[TouchedState, Shown]] = {
    TouchedState.WAITING: Shown(_("Valable"), "success"),
    TouchedState.REVOKED: Shown(_("Révoqué"), "danger"),
    TouchedState.ALREADY: Shown(_("Révoqué avant"), "neutral"),
    TouchedState.FAILED: Shown(_("En échec"), "warning"),
}
REASONS: Final[Mapping[Reason, "_StrPromise"]] = {
    Reason.KEY_COMPROMISE: _("Clé privée compromise (keyCompromise)"),
    Reason.CA_COMPROMISE: _("Autorité compromise (cACompromise)"),
    Reason.SUPERSEDED: _("Certificat remplacé, mal émis (superseded)"),
    Reason.CESSATION_OF_OPERATION: _("Activité arrêtée (cessationOfOperation)"),
    Reason.AFFILIATION_CHANGED: _("Rattachement changé (affiliationChanged)"),
    Reason.PRIVILEGE_WITHDRAWN: _("Droit retiré (privilegeWithdrawn)"),
    Reason.AA_COMPROMISE: _("Autorité d’attributs compromise (aACompromise)"),
    Reason.UNSPECIFIED: _("Non précisé (unspecified)"),
}
KEY_ORIGINS: Final[Mapping[str, "_StrPromise"]] = {
    "csr": _("CSR apportée"),
    "browser": _("clé faite par le navigateur"),
}
LISTED_REASONS: Final[Mapping[ListedReason, "_StrPromise"]] = {
    ListedReason.COMPROMISED: _("La clé privée est connue d’autres"),
    ListedReason.WEAK: _("Faite par un logiciel défaillant"),
    ListedReason.PUBLISHED: _("Clé d’essai ou d’usine, publiée"),
    ListedReason.OTHER: _("Autre raison"),
}
OCCASIONS: Final[Mapping[str, "_StrPromise"]] = {
    "first": _("Premier appel"),
    "called-off": _("Annonce de l’annulation"),
}


def criteria_words(criteria: Criteria) -> Iterator[tuple[str, str]]:
    """What a search asks for, criterion by criterion."""
    asked: tuple[tuple[Any, Any], ...] = (
        (_("Autorité"), criteria.authority),
        (_("Offre"), criteria.offer),
        (_("Usage"), criteria.usage),
        (_("Structure"), criteria.structure_id),
        (_("Type de clé"), criteria.key_kind.upper()),
        (_("Taille de clé"), criteria.key_bits),
        (_("Courbe"), criteria.key_curve),
        (_("Exposant RSA"), criteria.key_exponent),
        (_("Faiblesse connue"), _weakness(criteria.weakness)),
        (_("Canal"), CHANNELS.get(criteria.channel, criteria.channel)),
        (_("Origine de la clé"), KEY_ORIGINS.get(criteria.key_origin, criteria.key_origin)),
        (_("Commande groupée"), _("oui") if criteria.from_lot else ""),
        (_("Émis à partir du"), _day(criteria.issued_from)),
        (_("Émis jusqu’au"), _day(criteria.issued_to)),
        (_("Numéros de série"), _listed(len(criteria.serials))),
        (_("Empreintes de clés"), _listed(len(criteria.digests))),
        (_("Clé compromise"), _("sur la liste") if criteria.is_blocked else ""),
    )
    for name, value in asked:
        if value:
            yield str(name), str(value)


def failure_words(failure: str) -> str:
    """Why a certificate could not be revoked, said to people."""
    if failure == "unknown-certificate":
        return gettext("Ce certificat n’est plus dans la base.")
    try:
        return explain(Objection(Code(failure))).detail
    except (ValueError, KeyError):
        return failure


def occasion_words(occasion: str) -> str:
    """Which call it was."""
    if occasion in OCCASIONS:
        return str(OCCASIONS[occasion])
    if occasion.startswith("again:"):
        return gettext("Relance par un opérateur")
    return gettext("Rappel, %(days)s jours avant") % {"days": occasion}


def report_figures(report: "Report") -> Iterator[tuple[str, int]]:
    """The figures of a blast radius, each with its name."""
    yield gettext("Certificats"), report.certificates
    yield gettext("Structures"), report.structures
    yield gettext("Contacts joignables"), report.people
    yield gettext("Sans contact joignable"), report.unreachable
    yield gettext("Service laissé sans certificat"), report.bare
    yield gettext("Renouvelés ou en cours"), report.renewing
    yield gettext("Expirent sous 90 jours"), report.expiring
    yield gettext("Pas encore retirés"), report.unwithdrawn
    yield gettext("Demandés par API"), report.by_program
    yield gettext("Sans demande"), report.unordered


def _weakness(check: str) -> Any:
    return _("n’importe laquelle") if check == ANY_WEAKNESS else check


def _day(day: Any) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT") if day else ""


def _listed(count: int) -> str:
    return gettext("liste de %(count)s") % {"count": count} if count else ""
