"""What the pages of one incident share."""

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.domain.orders.incidents import INCIDENTS, IncidentAct, IncidentState
from guichet.identities.access import ActorRequest
from guichet.orders import incidents
from guichet.orders.incident_words import REASONS, STATES
from guichet.orders.incidents import IncidentFacts

MOVING: Final = frozenset({IncidentState.SEARCHING, IncidentState.APPROVED, IncidentState.RUNNING})


def framed(request: ActorRequest, found: IncidentFacts, tab: str) -> dict[str, Any]:
    """The incident, its state in words, its tabs, and what this person may do."""
    acts = INCIDENTS.acts(found.state)
    return {
        "incident": found,
        "state": STATES[found.state],
        "reason": REASONS[found.reason] if found.reason else "",
        "tabs": list(_tabs(found)),
        "tab": tab,
        "mark": incidents.progress_mark(found) if found.state in MOVING else "",
        "may_decide": found.may_decide(request.actor),
        "may_propose": IncidentAct.PROPOSE in acts and found.found > 0,
        "may_take_back": IncidentAct.TAKE_BACK in acts,
        "may_cancel": IncidentAct.CANCEL in acts,
    }


def _tabs(found: IncidentFacts) -> list[tuple[str, str, str]]:
    names = [("incident", _("Incident")), ("report", _("Rayon d’impact"))]
    if found.has_campaign:
        names.append(("campaign", _("Renouvellement")))
    names.append(("certificates", _("Certificats")))
    return [(key, text, reverse(f"incidents:{key}", args=[found.number])) for key, text in names]
