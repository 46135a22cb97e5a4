"""What templates know of the person logged in."""

from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone

from guichet.identities import sessions
from guichet.identities.actors import Actor
from guichet.identities.words import ROLES

WARNED_S: Final = 120
"""How long before the end of a session its pages say so."""


def actor(request: HttpRequest) -> dict[str, Any]:
    """`actor`: the person logged in or None (also on an error raised before our middleware).

    `emergency` is the role that they opened by break-glass, and until when; `session_end` tells
    in how many seconds the session ends if nothing is asked for, and when its pages warn of it.
    """
    found: Actor | None = getattr(request, "actor", None)
    if found is None:
        return {"actor": None}
    opened = found.emergency
    return {
        "actor": found,
        "emergency": {"role": ROLES[opened.role], "ends_at": opened.ends_at} if opened else None,
        "session_end": _end(request, found),
    }


def _end(request: HttpRequest, found: Actor) -> dict[str, int] | None:
    if not hasattr(request, "session"):
        return None
    at = getattr(request, "received_at", None) or timezone.now()
    idle, _last = sessions.ends_at(request, found, at)
    return {"seconds": int((idle - at).total_seconds()), "warned": WARNED_S}
