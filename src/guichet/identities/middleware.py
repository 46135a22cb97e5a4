"""Puts the actor on the request; ends a session whose card no longer holds, or that is too old.

Auditors change nothing, whatever page they send a form to: it is refused here, once for all.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from guichet.domain.duties import reads_only
from guichet.domain.refusals import Code, Refusal
from guichet.identities import operations, sessions
from guichet.identities.access import PREFERENCE, SAFE_METHODS
from guichet.identities.actors import Actor
from guichet.identities.peer import listener_of
from guichet.web import resume
from guichet.web.middleware import RefusalMiddleware
from guichet.web.middleware_types import GetResponse, Response

OWN_NAMESPACE: Final = "identities"
PREFERENCES: Final = frozenset({"set_language", "set_theme"})


class ActorMiddleware:
    """`request.actor` is an Actor or None.

    On the card port and the bench no cookie says who somebody is: browsers send the portal's
    cookies there too (cookies know no ports), so the session is left alone.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.refused = RefusalMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> Response:
        """Recognise the session's actor before any view runs."""
        request.actor = None  # type: ignore[attr-defined]
        if listener_of(request) == "portal":
            at: datetime = getattr(request, "received_at", None) or timezone.now()
            try:
                request.actor = sessions.actor_of_session(request, at)  # type: ignore[attr-defined]
            except Refusal as refusal:
                operations.note_ended_session(request.user, refusal, at=at)
                sessions.close(request)
                if refusal.code is not Code.LOGIN_REQUIRED:  # an old login is asked for again
                    request.session_refusal = refusal  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Say once why the session ended, whatever page was asked; a form's fields are kept.

        An auditor is let change their own account and preferences alone.
        """
        refusal: Refusal | None = getattr(request, "session_refusal", None)
        if refusal is not None:
            resume.keep(request)
            return self.refused.process_exception(request, refusal)
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        if actor is None or request.method in SAFE_METHODS or not reads_only(actor.roles):
            return None
        if getattr(view, PREFERENCE, False) or _is_ones_own(request):
            return None
        return self.refused.process_exception(request, Refusal(Code.AUDITOR_READS_ONLY))


def _is_ones_own(request: HttpRequest) -> bool:
    """Login, log-out, one's own account, and the preferences that a browser keeps."""
    match = request.resolver_match
    return match is not None and (
        match.namespace == OWN_NAMESPACE or match.view_name in PREFERENCES
    )
