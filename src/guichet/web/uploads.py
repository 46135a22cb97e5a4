"""How large a request may be: judged by what it announces, before anything of it is read."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from guichet.domain.refusals import Code, Refusal
from guichet.web.middleware import answer
from guichet.web.middleware_types import GetResponse, Response

V = TypeVar("V", bound=Callable[..., HttpResponseBase])
USUAL: Final = 2_000_000
LIMIT: Final = "body_limit"
# What announces more is not worth reading for the sake of a page.
READ_TO_THE_END: Final = 64_000_000
CHUNK: Final = 64 * 1024


def takes_files(limit: Callable[[], int]) -> Callable[[V], V]:
    """Let a view receive requests of `limit()` bytes, outermost of its decorators."""

    def mark(view: V) -> V:
        setattr(view, LIMIT, limit)
        return view

    return mark


class BodyLimitMiddleware:
    """Answers 413 to a request that announces too much; stands before the CSRF check.

    A body without a length is read as empty by Django, so none goes by unmeasured.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Response:
        """Nothing to do on the way in or out."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """The refusal, or None when the request may go on to its view."""
        raised = getattr(view, LIMIT, None)
        limit = raised() if raised else USUAL
        size = int(request.META.get("CONTENT_LENGTH") or 0)
        if size <= limit:
            return None
        code = Code.ATTACHMENT_TOO_LARGE if raised else Code.REQUEST_TOO_LARGE
        _read_to_the_end(request, size)
        return answer(Refusal(code, size=size, limit=limit), request)


def _read_to_the_end(request: HttpRequest, size: int) -> None:
    """Throw away what is on its way, or the browser shows a broken connection, not our page."""
    while size <= READ_TO_THE_END and request.read(CHUNK):
        pass
