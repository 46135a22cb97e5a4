"""Around every call of the API: who calls, at what pace, once or again, changed or not."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from guichet.automation import answers, authentication, deprecations, etags, rates

Run = Callable[..., HttpResponse]
PACE: Final = "pace"


def around(run: Run) -> Run:
    """Wrap the run of one operation of django-ninja; whatever is raised becomes its problem."""
    operation: Any = run.__self__  # type: ignore[attr-defined]

    @wraps(run)
    def call(request: HttpRequest, **values: Any) -> HttpResponse:
        try:
            response = _answered(request, lambda: run(request, **values))
        except Exception as fault:
            response = operation.api.on_exception(request, fault)
        pace: rates.Pace | None = getattr(request, PACE, None)
        if pace is not None:
            pace.tell(response)
        leaving = deprecations.DEPRECATED.get(operation.view_func.__name__)
        if leaving is not None:
            leaving.tell(response)
        return response

    return call


def _answered(request: HttpRequest, run: Callable[[], HttpResponse]) -> HttpResponse:
    who = authentication.recognised(request)
    at: datetime = getattr(request, "received_at", None) or timezone.now()
    pace = rates.count(who.credential, at)
    setattr(request, PACE, pace)
    rates.require(pace)
    if request.method == "GET":
        return etags.answer(request, run())
    key = answers.key_of(request)
    if key is None:
        return run()
    return answers.given_once(request, whose=who.actor.ref, key=key, call=run, at=at)
