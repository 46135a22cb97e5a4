"""The blast radius of an incident as a PDF: what is handed to those who decide."""

from datetime import datetime
from typing import Final

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from guichet.notifications.operator import operator
from guichet.orders import incident_report, incidents
from guichet.orders.incident_report import Report
from guichet.orders.incident_words import REASONS, STATES, criteria_words, report_figures
from guichet.orders.incidents import Breakdown, IncidentFacts
from guichet.web.drawn import moment_words
from guichet.web.papers import Facts, Listed, Notice, Paper, Part, Prose, pdf

DASH: Final = "—"


def report_pdf(found: IncidentFacts, at: datetime) -> bytes:
    """The report at this instant, in the active language."""
    report = incident_report.report(found.number, at)
    return pdf(
        Paper(
            title=_("Rayon d’impact"),
            subtitle=found.title,
            reference=_("Incident n° %(number)s") % {"number": found.number},
            parts=_parts(found, report, incidents.breakdown(found.number), at),
            issuer=operator().name,
            footer=operator().name,
            language=(get_language() or "fr")[:2],
            at=at,
        )
    )


def _parts(
    found: IncidentFacts, report: Report, shares: Breakdown, at: datetime
) -> tuple[Part, ...]:
    figures = tuple((name, str(value)) for name, value in report_figures(report))
    columns = (_("Structure"), _("Certificats"))
    structures = tuple((name or code or DASH, str(n)) for code, name, n in shares.structures)
    return (
        _standing(found, at),
        Facts(_("Ce qui est cherché"), tuple(criteria_words(found.criteria))),
        Facts(_("Ce qui est touché"), figures),
        *_warning(report),
        Listed(_("Par structure"), columns, structures),
        _services(report),
        Prose(_("Message aux demandeurs"), (found.text,) if found.text else (DASH,)),
    )


def _standing(found: IncidentFacts, at: datetime) -> Facts:
    rows = (
        (_("État"), str(STATES[found.state].label)),
        (_("Calculé le"), _moment(at)),
        (
            pgettext("of an incident", "Ouvert"),
            f"{found.created_label}, {_moment(found.created_at)}",
        ),
        (_("Proposé"), _by(found.proposed_label, found.proposed_at)),
        (_("Décidé"), _by(found.decided_label, found.decided_at)),
        (_("Motif"), str(REASONS[found.reason]) if found.reason else ""),
        (_("Date de la révocation"), _moment(found.due_at) if found.due_at else ""),
    )
    return Facts(_("Incident"), tuple((term, value) for term, value in rows if value))


def _warning(report: Report) -> tuple[Notice, ...]:
    if not report.bare:
        return ()
    text = _(
        "Aucun autre certificat valable ne sert le même usage pour le même bénéficiaire : le"
        " service s’arrêtera s’il n’est pas renouvelé avant."
    )
    title = _("Certificats dont le service n’en aurait plus aucun : %(n)s") % {"n": report.bare}
    return (Notice(title, text, "warning"),)


def _services(report: Report) -> Listed:
    columns = (_("Bénéficiaire"), _("Offre et usage"), _("Certificats"), _("Structure"))
    return Listed(
        _("Services touchés, ceux qui n’ont pas d’autre certificat d’abord"),
        columns,
        tuple(
            (one.beneficiary, one.profile, str(one.count), one.structure_name)
            for one in report.services
        ),
    )


def _by(label: str, at: datetime | None) -> str:
    return f"{label}, {_moment(at)}" if at else ""


def _moment(at: datetime) -> str:
    return moment_words(at)
