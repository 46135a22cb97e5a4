"""The certificate of an enrolment: waited for a little, withdrawn, and given again when asked."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from guichet.authority import queries as authority
from guichet.automation.est.enrolling import Enrolled
from guichet.automation.est.policy import policy
from guichet.domain.orders.states import OrderState
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.orders import operations, queries
from guichet.orders.operations import issuing
from guichet.orders.summaries import OrderSummary

STEP: Final = timedelta(milliseconds=200)
PENDING: Final = frozenset({OrderState.SUBMITTED, OrderState.ISSUING})
_LOCK: Final = threading.Lock()
_WAITING: Final[set[int]] = set()


def certificate_of(
    enrolled: Enrolled, actor: Actor, clock: Callable[[], datetime] = timezone.now
) -> bytes | None:
    """The certificate, DER; None while the signer has not made it, once some time was waited.

    Raises Refusal: EST_ORDER_ENDED (no certificate will come of it, or one of another key),
    ALREADY_REVOKED, ORDER_UNKNOWN, RIGHT_MISSING.
    """
    found = _if_ready(enrolled, actor, clock())
    if found is not None or not _may_wait():
        return found
    try:
        return _waited(enrolled, actor, clock)
    finally:
        with _LOCK:
            _WAITING.discard(threading.get_ident())


def _may_wait() -> bool:
    """Whether this thread may wait: the others must stay free for people who log in."""
    with _LOCK:
        if len(_WAITING) >= policy().waiters:
            return False
        _WAITING.add(threading.get_ident())
        return True


def _waited(enrolled: Enrolled, actor: Actor, clock: Callable[[], datetime]) -> bytes | None:
    until = clock() + policy().wait
    while clock() < until:
        time.sleep(STEP.total_seconds())
        found = _if_ready(enrolled, actor, clock())
        if found is not None:
            return found
    return None


def _if_ready(enrolled: Enrolled, actor: Actor, at: datetime) -> bytes | None:
    issuing.settle_if_signed(enrolled.number, at)
    order = queries.order(enrolled.number, actor, at)
    if order.spki_sha256 != enrolled.spki_sha256:
        raise Refusal(Code.EST_ORDER_ENDED, order=order.number)
    if order.state in PENDING:
        return None
    if order.state is OrderState.AVAILABLE:
        return _withdrawn(order, actor, at)
    if order.state is not OrderState.WITHDRAWN:
        raise Refusal(Code.EST_ORDER_ENDED, order=order.number)
    issued = authority.certificate(order.certificate_id or 0)
    if issued.revoked_at is not None:
        raise Refusal(Code.ALREADY_REVOKED, serial=issued.serial_hex)
    return issued.der


def _withdrawn(order: OrderSummary, actor: Actor, at: datetime) -> bytes | None:
    """Withdraw without a code: a machine revokes by right of ownership."""
    try:
        withdrawal = operations.withdraw(
            number=order.number,
            by=actor,
            code=None,
            terms_accepted=True,
            at=at,
        )
    except Refusal as refusal:
        if refusal.code is Code.MOVE_FORBIDDEN:  # somebody did at the same time
            return None
        raise
    return withdrawal.certificate_der
