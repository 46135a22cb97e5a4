"""Habilitations in the header, for everybody."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext as _

from guichet.web.navigation import Entry


def habilitations_entries(_request: HttpRequest) -> Iterator[Entry]:
    """Where everybody may go."""
    yield Entry(_("Habilitations"), "/habilitations/", "shield", 50)
