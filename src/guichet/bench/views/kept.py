"""Keeping a diagnosis for a week, reading it by its link, deleting it by its owner's."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.bench import formats
from guichet.bench.bodies import require_json
from guichet.bench.kept import DAYS, Full, KeptFolder, Links
from guichet.bench.pace import KEEPS, LOOKS
from guichet.bench.tabs import tabs
from guichet.bench.views.handshake import context_of, examine
from guichet.domain.refusals import Code, Refusal
from guichet.identities.peer import client_address


def _folder() -> KeptFolder:
    return KeptFolder(settings.GUICHET.state / "bench" / "sessions")


def _keep(request: HttpRequest) -> Links:
    KEEPS.take(client_address(request))
    try:
        return _folder().keep(examine(request).told)
    except Full as error:
        raise Refusal(Code.TOO_MANY_CALLS, seconds=3600) from error


def _read(request: HttpRequest, reading: str) -> dict[str, Any]:
    LOOKS.take(client_address(request))
    told = _folder().read(reading)
    if told is None:
        raise Http404
    return told


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the diagnosis of this connection, then show it to its owner."""
    links = _keep(request)
    return HttpResponseRedirect(reverse("bench:own", args=(links.reading, links.deleting)))


@require_safe
def show(request: HttpRequest, reading: str) -> HttpResponse:
    """A diagnosis somebody kept."""
    return _page(request, reading, _read(request, reading))


@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, reading: str, deleting: str) -> HttpResponse:
    """The same, for its owner: the link to share, and a button that deletes it."""
    told = _read(request, reading)
    if not _folder().is_owner(reading, deleting):
        raise Http404
    if request.method == "POST":
        _folder().delete(reading, deleting)
        return render(request, "bench/deleted.html", {"tabs": tabs()})
    return _page(request, reading, told, is_owner=True)


def _page(
    request: HttpRequest, reading: str, told: dict[str, Any], *, is_owner: bool = False
) -> HttpResponse:
    if formats.asked_form(request) == "json":
        return formats.as_json(told)
    address = f"{settings.GUICHET.bench_url}{reverse('bench:kept', args=(reading,))}"
    extra = {"is_owner": is_owner, "address": address, "days": DAYS, "tabs": tabs()}
    response = render(request, "bench/kept.html", context_of(told) | extra)
    response["X-Robots-Tag"] = "noindex"
    return response


@csrf_exempt  # asks for a media type that a page of another site cannot send by itself
@require_POST
def call(request: HttpRequest) -> HttpResponse:
    """Keep the diagnosis of this connection: 201 and both links."""
    require_json(request)
    links = _keep(request)
    base = settings.GUICHET.bench_url
    told = {
        "read": f"{base}{reverse('bench:kept', args=(links.reading,))}",
        "own": f"{base}{reverse('bench:own', args=(links.reading, links.deleting))}",
        "api": f"{base}{reverse('bench:kept_api', args=(links.reading,))}",
        "delete": f"{base}{reverse('bench:own_api', args=(links.reading, links.deleting))}",
        "days": DAYS,
    }
    return formats.as_json(told, 201)


@require_safe
def read(request: HttpRequest, reading: str) -> HttpResponse:
    """A kept diagnosis, JSON."""
    return formats.as_json(_read(request, reading))


@csrf_exempt  # DELETE is no form's method, and the secret is in the address
@require_http_methods(["DELETE"])
def remove(request: HttpRequest, reading: str, deleting: str) -> HttpResponse:
    """Delete a kept diagnosis: 204."""
    LOOKS.take(client_address(request))
    if not _folder().delete(reading, deleting):
        raise Http404
    return HttpResponse(status=204)
