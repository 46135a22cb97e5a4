"""Attempts to log in, links and codes that are over; accounts nobody logs in to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db.models import Q, QuerySet

from guichet.domain.retention import Kind, life_of
from guichet.identities.models import Account, AccountLink, LoginTicket

ATTEMPTS: Final = (AccessAttempt, AccessFailureLog, AccessLog)
LINKS: Final = (AccountLink, LoginTicket)


def past(at: datetime) -> Mapping[Kind, int]:
    """How many are past their time; accounts among them are erased by hand."""
    return {
        Kind.ACCESS_ATTEMPTS: sum(rows.count() for rows in _attempts(at)),
        Kind.LINKS: sum(rows.count() for rows in _links(at)),
        Kind.IDLE_ACCOUNTS: _idle(at).count(),
    }


def let_go(at: datetime) -> Mapping[Kind, int]:
    """Delete attempts, links and codes; how many."""
    return {
        Kind.ACCESS_ATTEMPTS: sum(rows.delete()[0] for rows in _attempts(at)),
        Kind.LINKS: sum(rows.delete()[0] for rows in _links(at)),
    }


def _attempts(at: datetime) -> "list[QuerySet[Any]]":
    since = at - life_of(Kind.ACCESS_ATTEMPTS)
    return [model.objects.filter(attempt_time__lt=since) for model in ATTEMPTS]


def _links(at: datetime) -> "list[QuerySet[Any]]":
    since = at - life_of(Kind.LINKS)
    return [model.objects.filter(expires_at__lt=since) for model in LINKS]


def _idle(at: datetime) -> "QuerySet[Any]":
    since = at - life_of(Kind.IDLE_ACCOUNTS)
    never = Q(last_login=None, created_at__lt=since)
    return Account.objects.filter(Q(last_login__lt=since) | never, is_active=True)
