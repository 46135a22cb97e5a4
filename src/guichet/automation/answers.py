"""Idempotency-Key: what a repeated call is answered (draft-ietf-httpapi-idempotency-key-header).

The key, the work and the answer are one transaction: a call that breaks down leaves no trace, and
a repeat that comes meanwhile waits for the first, then is given its answer.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from guichet.automation.models import KeptAnswer
from guichet.automation.policy import policy
from guichet.domain.refusals import Code, Refusal

HEADER: Final = "Idempotency-Key"
KEY_PATTERN: Final = r"^[!-~]{1,200}$"
REPLAYED: Final = "Idempotency-Replayed"
SECRET: Final = "answer_is_secret"  # noqa: S105 the name of a mark


def key_of(request: HttpRequest) -> str | None:
    """The key that a POST carries. Raises Refusal(REQUEST_MALFORMED)."""
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        return None
    if not re.fullmatch(KEY_PATTERN, key):
        raise Refusal(Code.REQUEST_MALFORMED, field=HEADER)
    return key


def hold_back(request: HttpRequest) -> None:
    """Mark the answer of this call as one that is never kept: it holds a secret."""
    setattr(request, SECRET, True)


def given_once(
    request: HttpRequest, *, whose: str, key: str, call: Callable[[], HttpResponse], at: datetime
) -> HttpResponse:
    """The answer of `call`, or the one that this key of this actor was given before.

    A refusal changes nothing and is not kept: the same key may be tried again. Raises Refusal:
    IDEMPOTENCY_CONFLICT (the key came with something else), ANSWER_NOT_KEPT (it held a secret).
    """
    digest = _digest(request)
    KeptAnswer.objects.filter(at__lte=at - policy().answers_kept).delete()
    with transaction.atomic():
        row, is_new = KeptAnswer.objects.get_or_create(
            actor_ref=whose, key=key, defaults={"digest": digest, "at": at}
        )
        if not is_new:
            return _again(row, digest)
        response = call()
        if 200 <= response.status_code < 300:
            _keep(row, response, is_secret=getattr(request, SECRET, False))
        else:
            row.delete()
    return response


def _again(row: KeptAnswer, digest: str) -> HttpResponse:
    if row.digest != digest:
        raise Refusal(Code.IDEMPOTENCY_CONFLICT)
    if not row.is_kept:
        raise Refusal(Code.ANSWER_NOT_KEPT)
    response = HttpResponse(bytes(row.body), status=row.status, content_type=row.content_type)
    response[REPLAYED] = "true"
    return response


def _keep(row: KeptAnswer, response: HttpResponse, *, is_secret: bool) -> None:
    row.status, row.content_type = response.status_code, response["Content-Type"]
    row.is_kept, row.body = not is_secret, b"" if is_secret else response.content
    row.save(update_fields=["status", "content_type", "is_kept", "body"])


def _digest(request: HttpRequest) -> str:
    """SHA-256 of address and body: not the body, which may hold what nobody should keep."""
    asked = hashlib.sha256(request.get_full_path().encode())
    asked.update(b"\0" + request.body)
    return asked.hexdigest()
