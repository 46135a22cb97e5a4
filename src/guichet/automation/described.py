"""What surrounds every call, added to the OpenAPI description of each operation."""

from typing import Any, Final

from guichet.automation import codes, deprecations
from guichet.automation.answers import HEADER, KEY_PATTERN
from guichet.web.problem import CONTENT_TYPE

CODES: Final = "x-codes"
REPEAT_KEY: Final = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": KEY_PATTERN},
    "description": "Repeat a call whose answer was lost with the same key: it is done once.",
}
HELD: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "ETag of what the caller has already: 304 when nothing changed.",
}
RATE: Final = {
    "RateLimit": {"schema": {"type": "string"}, "description": "Calls left, and for how long"},
    "RateLimit-Policy": {"schema": {"type": "string"}, "description": "Calls allowed in a window"},
}
ETAG: Final = {"ETag": {"schema": {"type": "string"}, "description": "Names what was read"}}
RETRY: Final = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait"}}


def complete(paths: dict[str, Any]) -> None:
    """Add to every operation what its view does not say by itself, in place."""
    for operations in paths.values():
        for method, operation in operations.items():
            _parameters(method, operation)
            _responses(method, operation["responses"])
            _codes(method, operation)
            if operation["operationId"] in deprecations.DEPRECATED:
                operation["deprecated"] = True


def _parameters(method: str, operation: dict[str, Any]) -> None:
    added = {"post": REPEAT_KEY, "get": HELD}.get(method)
    if added is not None:
        operation.setdefault("parameters", []).append(added)


def _responses(method: str, responses: dict[Any, Any]) -> None:
    for status, response in responses.items():
        if int(status) < 400:
            response["headers"] = RATE | (ETAG if method == "get" else {})
            continue
        content = response["content"]
        content[CONTENT_TYPE] = content.pop("application/json")
        if int(status) in {429, 503}:
            response["headers"] = RETRY
    if method == "get":
        responses[304] = {"description": "Not Modified", "headers": RATE | ETAG}


def _codes(method: str, operation: dict[str, Any]) -> None:
    """What each error may be, under an extension: clients branch on these."""
    told = codes.of(operation["operationId"], method)
    for status, response in operation["responses"].items():
        if found := told.get(str(status)):
            response[CODES] = found
