"""Habilitations in the header, for everybody; instruction, for those who instruct."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext as _

from guichet.habilitations.standing import staff_standing
from guichet.identities.actors import Actor
from guichet.web.navigation import Entry


def habilitations_entries(request: HttpRequest) -> Iterator[Entry]:
    """What this person may go to."""
    yield Entry(_("Habilitations"), "/habilitations/", "shield", 50)
    actor: Actor | None = getattr(request, "actor", None)
    if actor is not None and staff_standing(actor) is not None:
        yield Entry(_("Instruction"), "/gestion/dossiers/", "inbox", 60)
