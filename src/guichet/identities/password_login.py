"""Whether an address and a password open a local account; failures are counted and journalled."""

from datetime import datetime
from typing import Final

from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest

from guichet.domain.refusals import Code, Refusal
from guichet.identities import operations, queries
from guichet.identities.models import Account
from guichet.identities.peer import client_address

MINUTE_S: Final = 60


def check(request: HttpRequest, email: str, password: str, *, at: datetime) -> int:
    """Id of the account that a folded address and a password open.

    Raises Refusal LOGIN_FAILED (unknown address or wrong password: nothing tells them apart),
    LOGIN_LOCKED (too many failures from this place), EMAIL_NOT_VERIFIED (right password alone).
    """
    try:
        return _checked(request, email, password)
    except Refusal as refusal:
        operations.note_refused_login(
            by="account",
            why=refusal.code.value,
            at=at,
            account=queries.ref_of_login(email),
        )
        raise


def _checked(request: HttpRequest, email: str, password: str) -> int:
    account = authenticate(request, username=email, password=password)
    if isinstance(account, Account):
        forget_failures(ip=client_address(request), username=email)
        if account.email_verified_at is None:
            raise Refusal(Code.EMAIL_NOT_VERIFIED)
        return account.pk
    if getattr(request, "axes_locked_out", False):
        seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
        raise Refusal(Code.LOGIN_LOCKED, minutes=seconds // MINUTE_S, seconds=seconds)
    raise Refusal(Code.LOGIN_FAILED)
