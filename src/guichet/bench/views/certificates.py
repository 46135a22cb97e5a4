"""The catalogue of test certificates: what there is, and the files."""

from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guichet.bench import catalogue, formats
from guichet.bench.pace import LOOKS
from guichet.bench.tabs import tabs
from guichet.identities.peer import client_address

PEM: Final = "application/x-pem-file"
FORMS: Final = {"pem": PEM, "p12": "application/x-pkcs12"}


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The catalogue, as a page or JSON."""
    LOOKS.take(client_address(request))
    samples = catalogue.prepared(settings.GUICHET.state)
    if formats.asked_form(request) != "html":
        return formats.as_json(
            {"password": catalogue.PASSWORD, "certificates": [_told(s) for s in samples]}
        )
    context = {"samples": samples, "password": catalogue.PASSWORD, "tabs": tabs()}
    return render(request, "bench/certificates.html", context)


def _told(sample: catalogue.Sample) -> dict[str, Any]:
    return {
        "slug": sample.slug,
        "expected": "accepted" if sample.is_good else "refused",
        "name": str(sample.name),
        "says": str(sample.says),
        "pem": f"/certificats/{sample.slug}.pem",
        "p12": f"/certificats/{sample.slug}.p12",
    }


@require_safe
def download(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """A test certificate with its chain and key: PEM in one file, or PKCS#12."""
    LOOKS.take(client_address(request))
    folder = catalogue.folder_of(settings.GUICHET.state) / slug
    if slug not in catalogue.SAMPLES or form not in FORMS:
        raise Http404
    names = (catalogue.CHAIN, catalogue.KEY) if form == "pem" else (catalogue.PACKAGE,)
    try:
        data = b"".join((folder / name).read_bytes() for name in names)
    except FileNotFoundError as error:
        raise Http404 from error
    return _file(data, f"{slug}.{form}", FORMS[form])


@require_safe
def laboratory(request: HttpRequest) -> HttpResponse:
    """The root of what is weak: to be trusted for the time of a test alone."""
    path = catalogue.folder_of(settings.GUICHET.state) / catalogue.LABORATORY
    if not path.is_file():
        raise Http404
    return _file(path.read_bytes(), "laboratoire.pem", PEM)


def _file(data: bytes, name: str, content_type: str) -> HttpResponse:
    return HttpResponse(
        data,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="test-{name}"'},
    )
