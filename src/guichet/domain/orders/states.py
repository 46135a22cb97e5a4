"""The lives of an order and of a product, as tables (deck, "Focus sur la commande")."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from guichet.domain.machine import Machine
from guichet.domain.refusals import Code


class OrderState(StrEnum):
    """Where an order stands."""

    SUBMITTED = "submitted"
    ISSUING = "issuing"
    AVAILABLE = "available"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REVOKED = "revoked"


class OrderAct(StrEnum):
    """What happens to an order."""

    SEND = "send"
    COLLECT = "collect"
    FAIL = "fail"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    CANCEL = "cancel"
    REVOKE = "revoke"
    REKEY = "rekey"


ORDERS: Final = Machine[OrderState, OrderAct](
    {
        (OrderState.SUBMITTED, OrderAct.SEND): OrderState.ISSUING,
        (OrderState.SUBMITTED, OrderAct.CANCEL): OrderState.CANCELLED,
        (OrderState.ISSUING, OrderAct.COLLECT): OrderState.AVAILABLE,
        (OrderState.ISSUING, OrderAct.FAIL): OrderState.FAILED,
        (OrderState.AVAILABLE, OrderAct.WITHDRAW): OrderState.WITHDRAWN,
        (OrderState.AVAILABLE, OrderAct.EXPIRE): OrderState.EXPIRED,
        (OrderState.AVAILABLE, OrderAct.CANCEL): OrderState.CANCELLED,
        (OrderState.AVAILABLE, OrderAct.REVOKE): OrderState.REVOKED,
        (OrderState.AVAILABLE, OrderAct.REKEY): OrderState.ISSUING,
        (OrderState.FAILED, OrderAct.REKEY): OrderState.ISSUING,
    }
)

GIVES_NOTHING: Final = frozenset(
    {OrderState.FAILED, OrderState.EXPIRED, OrderState.CANCELLED, OrderState.REVOKED}
)
"""Orders that ended, or failed, without a product."""
OF_THE_KEY: Final = frozenset(
    {
        Code.CSR_SIGNATURE,
        Code.CSR_SIGNATURE_ALGORITHM,
        Code.KEY_TYPE,
        Code.KEY_TOO_SHORT,
        Code.KEY_TOO_LONG,
        Code.KEY_EXPONENT,
        Code.KEY_WEAK,
        Code.KEY_SEEN,
        Code.KEY_BURNT,
        Code.KEY_NOT_RENEWABLE,
    }
)


def may_rekey(state: OrderState, failure: str = "") -> bool:
    """Whether an order takes another key: it waits to be withdrawn, or its key alone failed.

    `failure` is what the signer said: codes with commas, or a sentence for what is no refusal.
    """
    if state is OrderState.FAILED and not set(failure.split(", ")) <= OF_THE_KEY:
        return False
    return ORDERS.allows(state, OrderAct.REKEY)


class ProductState(StrEnum):
    """Where a product stands; EXPIRING and EXPIRED follow from the clock and are not stored."""

    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    REVOKED = "revoked"


class ProductAct(StrEnum):
    """What people do to a product."""

    REVOKE = "revoke"


PRODUCTS: Final = Machine[ProductState, ProductAct](
    {
        (ProductState.ACTIVE, ProductAct.REVOKE): ProductState.REVOKED,
        (ProductState.EXPIRING, ProductAct.REVOKE): ProductState.REVOKED,
    }
)

EXPIRING_BEFORE: Final = timedelta(days=90)


def product_state(*, is_revoked: bool, not_after: datetime, at: datetime) -> ProductState:
    """The state shown: revoked for ever, else by the time left (first notice at 90 days)."""
    if is_revoked:
        return ProductState.REVOKED
    if at >= not_after:
        return ProductState.EXPIRED
    if at >= not_after - EXPIRING_BEFORE:
        return ProductState.EXPIRING
    return ProductState.ACTIVE
