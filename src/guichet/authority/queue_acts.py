"""What operators ask of the signer from their pages: it alone touches requests, in its next round.

The front adds what is asked and no more (docs/how-to/isoler-les-processus.md): a front that is
taken over can have requests tried again or given up, and sign nothing.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from guichet.authority import queue
from guichet.authority.models import SigningRequest
from guichet.authority.queue_models import QueueAct
from guichet.domain.certificates.states import SigningState
from guichet.domain.refusals import Refusal
from guichet.journal import operations as journal
from guichet.journal.events import Event

A_ROUND: Final = 50
SUBJECT: Final = "signing-queue"


class Asked(StrEnum):
    """What may be asked about a request set aside."""

    SEND_BACK = "send-back"
    GIVE_UP = "give-up"


DOES: Final = {Asked.SEND_BACK: queue.send_back, Asked.GIVE_UP: queue.give_up}


def possible(ids: Collection[UUID]) -> tuple[UUID, ...]:
    """Those of these requests that are set aside, and of which nothing is asked yet."""
    aside = SigningRequest.objects.filter(pk__in=ids, state=SigningState.SET_ASIDE.value)
    return tuple(aside.exclude(acts__in=_open()).order_by("pk").values_list("pk", flat=True))


def waiting() -> Mapping[UUID, Asked]:
    """What is asked and was not done yet, by request."""
    return {row.request_id: Asked(row.act) for row in _open()[: queue.SHOWN]}


@transaction.atomic
def ask(ids: Collection[UUID], what: Asked, *, by: str, at: datetime) -> int:
    """Ask it of those of these requests that it is possible for; how many. One journal entry."""
    wanted = possible(ids)
    if not wanted:
        return 0
    QueueAct.objects.bulk_create(
        [QueueAct(request_id=pk, act=what.value, asked_by=by, asked_at=at) for pk in wanted],
        ignore_conflicts=True,
    )
    facts = {"act": what.value, "count": len(wanted)}
    journal.record(Event.SIGNING_ACTS_ASKED, subject=SUBJECT, actor=by, at=at, facts=facts)
    return len(wanted)


def carry_out(at: datetime) -> int:
    """Do what is asked, A_ROUND at most, each in its own transaction; how many were done."""
    keys = tuple(_open().order_by("pk").values_list("pk", flat=True)[:A_ROUND])
    return sum(_carried_out(pk, at) for pk in keys)


@transaction.atomic
def _carried_out(pk: int, at: datetime) -> bool:
    """Whether it was done; another signer may have been quicker, or the command line."""
    row = QueueAct.objects.select_for_update().filter(pk=pk, done_at=None).first()
    if row is None:
        return False
    try:
        with transaction.atomic():
            DOES[Asked(row.act)](row.request_id, by=row.asked_by, at=at)
    except Refusal as refusal:
        row.refused = refusal.code.value
    row.done_at = at
    row.save(update_fields=["done_at", "refused"])
    return not row.refused


def _open() -> QuerySet[QueueAct]:
    return QueueAct.objects.filter(done_at=None)
