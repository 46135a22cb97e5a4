"""Refused accesses: to what is somebody else's, and to what no right or role opens."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from guichet.domain.refusals import Code, Refusal
from guichet.journal.events import Event
from guichet.journal.models import Entry, Head
from guichet.journal.operations import HEAD, record

# One entry a person, a kind of thing and an hour: whoever tries a thousand numbers fills nothing.
QUIET: Final = timedelta(hours=1)
RIGHTS: Final = frozenset(
    {Code.RIGHT_MISSING, Code.RIGHT_DOMAIN, Code.RIGHT_MAIL_DOMAIN, Code.ROLE_MISSING}
)
TOLD: Final = ("structure", "offer", "usage")


def watch(request: HttpRequest, refusal: Refusal) -> None:
    """Journal a refusal that hides something, or that a right or a role would have opened."""
    actor = getattr(request, "actor", None) or getattr(request, "auth", None)
    ref = getattr(actor, "ref", "")
    kind = refusal.hides.partition(":")[0] or ("right" if refusal.code in RIGHTS else "")
    if ref and kind:
        at: datetime = getattr(request, "received_at", None) or timezone.now()
        note_refused_access(ref, kind, refusal, at=at)


def note_refused_access(actor: str, kind: str, refusal: Refusal, *, at: datetime) -> None:
    """Write one entry about the actor, unless the last hour has one of this kind."""
    if _is_known(actor, kind, at):
        return
    told = {name: refusal.facts[name] for name in TOLD if name in refusal.facts}
    facts = {**told, "kind": kind, "why": refusal.code.value, "hidden": refusal.hides}
    with transaction.atomic():
        Head.objects.select_for_update().filter(pk=HEAD).first()
        if not _is_known(actor, kind, at):
            record(Event.ACCESS_REFUSED, subject=actor, actor=actor, at=at, facts=facts)


def _is_known(actor: str, kind: str, at: datetime) -> bool:
    known = Entry.objects.filter(subject=actor, event=Event.ACCESS_REFUSED.value)
    return known.filter(at__gt=at - QUIET, facts__kind=kind).exists()
