"""Bodies of the bench's calls: JSON alone, which another site's page cannot send unasked."""

import json
from typing import Any, Final

from django.http import HttpRequest

from guichet.domain.refusals import Code, Refusal

JSON: Final = "application/json"


def require_json(request: HttpRequest) -> None:
    """Raises Refusal(REQUEST_MALFORMED) unless the body is said to be JSON.

    A browser sends that media type across sites only when allowed to (CORS).
    """
    if request.content_type != JSON:
        raise Refusal(Code.REQUEST_MALFORMED, field="Content-Type")


def json_body(request: HttpRequest) -> dict[str, Any]:
    """The object sent. Raises Refusal(REQUEST_MALFORMED)."""
    require_json(request)
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Refusal(Code.REQUEST_MALFORMED, field="body") from error
    if not isinstance(found, dict):
        raise Refusal(Code.REQUEST_MALFORMED, field="body")
    return found
