"""Announcements above every page, and in a header of what programs get."""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from guichet.backoffice.announcements import BOARD
from guichet.domain.announcements import PROGRAMS, Announcement, Audience, Level
from guichet.domain.duties import STAFF
from guichet.identities.actors import Actor, Role

CLOSED: Final = "announcements_closed"
HEADER: Final = "Guichet-Announcement"
KINDS: Final = {Level.INFORMATION: "info", Level.MAINTENANCE: "warning", Level.INCIDENT: "danger"}


def shown(request: HttpRequest) -> dict[str, Any]:
    """Context processor: those that concern this reader on this page, not closed yet."""
    at = timezone.now()
    current = BOARD.current(at)
    if not current:
        return {"announcements": ()}
    audiences, closed = audiences_of(getattr(request, "actor", None)), closed_by(request)
    found = [
        drawn(one)
        for one in current
        if one.concerns(audiences, request.path) and one.key not in closed
    ]
    return {"announcements": found}


def drawn(one: Announcement) -> dict[str, Any]:
    """An announcement in the active language, as pages draw it."""
    language = get_language() or "fr"
    return {
        "number": one.number,
        "key": one.key,
        "kind": KINDS[one.level],
        "level": one.level,
        "title": one.title(language),
        "text": one.text(language),
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "withdrawn_at": one.withdrawn_at,
    }


def audiences_of(actor: Actor | None) -> frozenset[Audience]:
    """Whom this reader is among."""
    found = {Audience.EVERYBODY}
    if actor is not None:
        found.add(Audience.LOGGED_IN)
        if actor.is_a(Role.ADMINISTRATOR):
            found.add(Audience.ADMINISTRATORS)
        if actor.is_a(*STAFF):
            found.add(Audience.STAFF)
    return frozenset(found)


def closed_by(request: HttpRequest) -> frozenset[str]:
    """The announcements that this session closed."""
    session = getattr(request, "session", None)
    return frozenset(session.get(CLOSED, ()) if session is not None else ())


class AnnouncementHeaderMiddleware:
    """Says in `Guichet-Announcement` what concerns programs: level, end, where to read it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with one header for all the announcements of its time."""
        answer = self._get_response(request)
        if request.path.startswith(PROGRAMS):
            current = BOARD.current(timezone.now())
            told = [_told(one) for one in current if one.concerns({Audience.EVERYBODY}, "/api/")]
            if told:
                answer[HEADER] = ", ".join(told)
        return answer


def _told(one: Announcement) -> str:
    until = f"; until={one.ends_at:%Y-%m-%dT%H:%M:%SZ}" if one.ends_at else ""
    return f'{one.level.value}; see="/annonces/#annonce-{one.number}"{until}'
