"""Private keys among what callers send: refused first, in whatever field, however malformed."""

import json
from contextlib import suppress
from typing import Any

from django.http import HttpRequest
from django.http.request import RawPostDataException
from django.utils import timezone

from guichet.domain.refusals import Objection
from guichet.identities.actors import Actor
from guichet.orders import operations


def texts(value: Any) -> bytes:
    """Every text of a JSON value, one a line."""
    found: list[str] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, dict):
            waiting += [*item.values(), *item]
        elif isinstance(item, list):
            waiting += item
    return "\n".join(found).encode("utf-8", "replace")


def objections(request: HttpRequest) -> tuple[Objection, ...]:
    """What to object when the body of a call that cannot be read holds a private key."""
    actor = getattr(request, "auth", None)
    if not isinstance(actor, Actor):
        return ()
    try:
        sent = request.body
    except RawPostDataException:
        return ()
    with suppress(ValueError, RecursionError):
        sent = b"\n".join((sent, texts(json.loads(sent))))
    return operations.burn(sent=sent, by=actor, at=timezone.now())
