"""How long to wait before one tries again: Retry-After (RFC 9110 §10.2.3), in seconds."""

from typing import Final

from django.http import HttpRequest

from guichet.domain.refusals import Refusal
from guichet.web.middleware_types import Response

# Where the refusal says nothing of its own window, or the page comes of no refusal.
RETRY_AFTER_S: Final = {429: 600, 503: 120}
FACT: Final = "seconds"
_NOTED: Final = "_retry_after"


def note(request: HttpRequest, refusal: Refusal) -> None:
    """Keep what the limiter says of its window, for the answer, be it a page or a form."""
    if FACT in refusal.facts:
        setattr(request, _NOTED, refusal.facts[FACT])


def tell(request: HttpRequest, response: Response) -> None:
    """Write Retry-After on a 429 and a 503 that have none."""
    status = response.status_code
    if status in RETRY_AFTER_S and not response.has_header("Retry-After"):
        response["Retry-After"] = str(getattr(request, _NOTED, RETRY_AFTER_S[status]))
