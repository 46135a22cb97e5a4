"""E-mails whose time is over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from guichet.domain.retention import Kind, life_of
from guichet.notifications.models import MailState, OutboxMail


def past(at: datetime) -> Mapping[Kind, int]:
    """How many are past their time."""
    return {Kind.MAILS: _old(at).count()}


def let_go(at: datetime) -> Mapping[Kind, int]:
    """Delete them; how many. One that waits to be sent is not old, however long it waits."""
    return {Kind.MAILS: _old(at).delete()[0]}


def _old(at: datetime) -> "QuerySet[Any]":
    written = OutboxMail.objects.filter(created_at__lt=at - life_of(Kind.MAILS))
    return written.exclude(state=MailState.PENDING)
