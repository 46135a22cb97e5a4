"""The back office in the header, for those who work at the counter."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from guichet.domain.duties import Duty
from guichet.web.navigation import Entry


def backoffice_entry(request: HttpRequest) -> tuple[Entry, ...]:
    """One entry, for whoever may see the counter's state."""
    actor = getattr(request, "actor", None)
    if actor is None or not actor.may(Duty.SEE_STATE):
        return ()
    return (Entry(_("Gestion"), "/gestion/", "list", 55),)
