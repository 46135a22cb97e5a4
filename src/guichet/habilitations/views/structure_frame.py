"""What the pages of one structure share: who is looking, and the tabs."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.habilitations import stewardship, structure_tabs
from guichet.habilitations.queries.rights import facts_of
from guichet.identities.access import ActorRequest


def frame(request: ActorRequest, national_id: str, tab: str) -> dict[str, Any]:
    """The context of a page of the structure. Raises Refusal(STRUCTURE_UNKNOWN)."""
    found = stewardship.see(national_id, request.actor)
    return {
        "structure": facts_of(found.structure),
        "represents": found.represents,
        "is_staff": found.is_staff,
        "acts": found.acts,
        "tab": tab,
        "tabs": [
            ("rights", _("Habilitations"), reverse("habilitations:structure", args=[national_id])),
            ("domains", _("Domaines"), reverse("habilitations:domains", args=[national_id])),
            (
                "delegations",
                _("Délégations"),
                reverse("habilitations:delegations", args=[national_id]),
            ),
            *(structure_tabs.tabs(national_id) if found.represents else ()),
        ],
    }
