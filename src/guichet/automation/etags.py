"""ETags (RFC 9110 §8.8.3): what was read already is not sent again, nor overwritten unseen."""

import hashlib
from collections.abc import Sequence
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from ninja import Schema

from guichet.domain.refusals import Code, Refusal

MARK: Final = "etag"


def of(items: Sequence[Schema]) -> str:
    """The strong ETag of a list, the same whether it is read or about to be replaced."""
    return _strong("\n".join(item.model_dump_json() for item in items).encode())


def note(request: HttpRequest, etag: str) -> None:
    """Let the answer of this call carry that ETag instead of one of its octets."""
    setattr(request, MARK, etag)


def require(if_match: str, etag: str) -> None:
    """Go on when If-Match names what there is. Raises Refusal(PRECONDITION_FAILED)."""
    wanted = parse_etags(if_match)
    if "*" not in wanted and etag not in wanted:
        raise Refusal(Code.PRECONDITION_FAILED)


def answer(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer to a GET with its ETag; 304 without a body when the caller has it already."""
    if response.status_code != 200:
        return response
    etag = getattr(request, MARK, None) or _strong(response.content)
    held = {found.removeprefix("W/") for found in _held(request)}
    if "*" in held or etag in held:
        response = HttpResponse(status=304)
        del response["Content-Type"]
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _held(request: HttpRequest) -> list[str]:
    return list(parse_etags(request.headers.get("If-None-Match", "")))


def _strong(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
