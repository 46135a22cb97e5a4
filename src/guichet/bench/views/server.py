"""Diagnosing a server of the allow-list: a form for people, a call for programs."""

import threading
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from guichet.bench import formats, telling
from guichet.bench.bodies import json_body
from guichet.bench.forms import ServerForm
from guichet.bench.pace import PROBES
from guichet.bench.server_steps import ServerDiagnosis
from guichet.bench.steps import Step, worst
from guichet.bench.tabs import tabs
from guichet.domain.refusals import Code, Refusal
from guichet.identities.peer import client_address
from guichet.web.forms import posted

AT_ONCE: Final = 4
BUSY_S: Final = 10
_room: Final = threading.BoundedSemaphore(AT_ONCE)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """The form, and below it what was found."""
    form = ServerForm(posted(request))
    told: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        told = _told(form, _examine(request, form))
    language = formats.language()
    steps = [step | {"words": step[language]} for step in told["steps"]] if told else []
    targets = [str(target) for target in settings.GUICHET.bench_targets]
    context = {"form": form, "told": told, "steps": steps, "tabs": tabs(), "targets": targets}
    return render(request, "bench/server.html", context)


@csrf_exempt  # asks for a media type that a page of another site cannot send by itself
@require_POST
@never_cache
def call(request: HttpRequest) -> HttpResponse:
    """{"host", "port", "certificate"} → the same steps, as JSON or text."""
    form = ServerForm({"certificate": "every", **json_body(request)})
    if not form.is_valid():
        field = next(iter(form.errors))
        raise Refusal(Code.REQUEST_MALFORMED, field=field)
    steps = _examine(request, form)
    told = _told(form, steps)
    status = 403 if steps[0].finding == "target-forbidden" else 200
    if formats.asked_form(request) == "text":
        return formats.as_text(telling.as_text(told["steps"], formats.language()), status)
    return formats.as_json(told, status)


def _told(form: ServerForm, steps: tuple[Step, ...]) -> dict[str, Any]:
    return {
        "host": form.cleaned_data["host"],
        "port": form.cleaned_data["port"],
        "verdict": worst(steps).value,
        "steps": telling.steps_as_json(steps),
    }


def _examine(request: HttpRequest, form: ServerForm) -> tuple[Step, ...]:
    """Few at once, and few a minute for one address. Raises TOO_MANY_CALLS."""
    PROBES.take(client_address(request))
    if not _room.acquire(blocking=False):
        raise Refusal(Code.TOO_MANY_CALLS, seconds=BUSY_S)
    try:
        examination = ServerDiagnosis(settings.GUICHET.state, settings.GUICHET.bench_targets)
        asked = form.cleaned_data
        return examination.run(asked["host"], asked["port"], form.samples())
    finally:
        _room.release()
