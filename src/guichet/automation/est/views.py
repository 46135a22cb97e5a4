"""Views of /.well-known/est/, on the card port alone. A Refusal is told in plain words."""

from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from guichet.automation import rates
from guichet.automation.est import answers, authorities, fetching
from guichet.automation.est.clients import admit
from guichet.automation.est.enrolling import Asked, enrol
from guichet.automation.est.policy import policy
from guichet.domain.est import attributes, labels
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import visible

REQUEST_TYPES: Final = frozenset({"application/pkcs10", "application/x-pkcs10"})
LARGEST: Final = 100_000


@csrf_exempt
@require_safe
def ca_certificates(request: HttpRequest, label: str = "") -> HttpResponse:
    """The authorities to trust; nobody is asked who they are (RFC 7030 §4.1.2)."""
    asked = (labels.parse(label).profile,) if label else labels.enrollable()
    found = authorities.certificates_for(asked)
    return answers.certificates(found, content_type=answers.CERTIFICATES)


@csrf_exempt
@require_safe
def csr_attributes(request: HttpRequest, label: str = "") -> HttpResponse:
    """What a request should hold; without a label there is nothing to say (RFC 7030 §4.5.2)."""
    if not label:
        return HttpResponse(status=204)
    return answers.attributes(attributes.csr_attributes(labels.parse(label)))


@csrf_exempt
@require_POST
def simple(request: HttpRequest, function: str, label: str = "") -> HttpResponse:
    """A first certificate (simpleenroll), or the next one (simplereenroll)."""
    at: datetime = getattr(request, "received_at", None) or timezone.now()
    if label:
        labels.parse(label)
    client = admit(request, at)
    pace = rates.count(client.credential, at)
    if pace.is_exceeded:
        raise Refusal(Code.TOO_MANY_CALLS, seconds=pace.window)
    enrolled = enrol(asked=Asked(function, label, _sent(request)), client=client, at=at)
    found = fetching.certificate_of(enrolled, client.actor)
    if found is None:
        return answers.come_back(policy().retry_after, enrolled.number)
    return answers.certificates([found])


@csrf_exempt
def absent(request: HttpRequest, label: str = "") -> HttpResponse:
    """What RFC 7030 lets a server leave out: serverkeygen (§4.4) and fullcmc (§4.3)."""
    raise Refusal(Code.EST_FUNCTION_ABSENT)


@csrf_exempt
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address below /.well-known/est/."""
    raise Refusal(Code.EST_LABEL_UNKNOWN, label=visible(rest))


def _sent(request: HttpRequest) -> bytes:
    """The body. Raises Refusal: EST_CONTENT_TYPE, CSR_TOO_LARGE."""
    if request.content_type not in REQUEST_TYPES:
        raise Refusal(Code.EST_CONTENT_TYPE)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise Refusal(Code.CSR_TOO_LARGE)
    return request.body
