"""The queue of the signer as operators see it on its machine: shown, sent back, given up."""

from collections.abc import Callable, Iterator
from typing import Final
from uuid import UUID

from django.utils import timezone

from guichet.authority import queue
from guichet.domain.refusals import Code, Refusal
from guichet.processes.told import ACTOR, Told
from guichet.processes.troubles import words

UNKNOWN: Final = "The signer has no request {}: guichet queue list tells those set aside."
NOTHING: Final = "Nothing waits, and nothing is set aside."


def describe() -> Iterator[str]:
    """A line for each priority that has something waiting, then for each request set aside."""
    waiting, aside = queue.waiting(), queue.all_set_aside()
    if not waiting and not aside:
        yield NOTHING
    for row in waiting:
        since = f"{row.oldest:%Y-%m-%d %H:%M} UTC"
        yield f"{row.priority.name.lower():12} {row.count:>7} waiting since {since}"
    for found in aside:
        serial = f", serial {found.serial_hex}" if found.serial_hex else ""
        yield f"set aside    {found.request_id} {found.reference} ({found.profile}{serial})"
        yield f"             {found.failure}"


def send_back(request: UUID) -> Told:
    """Have it signed after all."""
    return _moved(queue.send_back, request, "is sent back to the signer")


def give_up(request: UUID) -> Told:
    """Never have it signed."""
    return _moved(queue.give_up, request, "is given up; its requester will be told")


def _moved(move: Callable[..., None], request: UUID, done: str) -> Told:
    try:
        move(request, by=ACTOR, at=timezone.now())
    except Refusal as refusal:
        if refusal.code is Code.ORDER_UNKNOWN:
            return Told(False, UNKNOWN.format(request))
        return Told(False, words(refusal))
    return Told(True, f"{request} {done}.")
