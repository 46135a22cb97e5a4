"""The lives of ACME's objects, as the tables of RFC 8555 §7.1.6."""

from enum import StrEnum
from typing import Final

from guichet.domain.machine import Machine


class AccountStatus(StrEnum):
    """Where an account stands; the server revokes none: its machine account is disabled."""

    VALID = "valid"
    DEACTIVATED = "deactivated"


class AccountAct(StrEnum):
    """What happens to an account."""

    DEACTIVATE = "deactivate"


ACCOUNTS: Final = Machine[AccountStatus, AccountAct](
    {(AccountStatus.VALID, AccountAct.DEACTIVATE): AccountStatus.DEACTIVATED}
)


class ChallengeStatus(StrEnum):
    """Where a challenge stands."""

    PENDING = "pending"
    PROCESSING = "processing"
    VALID = "valid"
    INVALID = "invalid"


class ChallengeAct(StrEnum):
    """What happens to a challenge."""

    ANSWER = "answer"
    PROVE = "prove"
    FAIL = "fail"


CHALLENGES: Final = Machine[ChallengeStatus, ChallengeAct](
    {
        (ChallengeStatus.PENDING, ChallengeAct.ANSWER): ChallengeStatus.PROCESSING,
        (ChallengeStatus.PROCESSING, ChallengeAct.PROVE): ChallengeStatus.VALID,
        (ChallengeStatus.PROCESSING, ChallengeAct.FAIL): ChallengeStatus.INVALID,
    }
)


class AuthorizationStatus(StrEnum):
    """Where an authorization stands; EXPIRED follows from the clock and is not stored."""

    PENDING = "pending"
    VALID = "valid"
    INVALID = "invalid"
    DEACTIVATED = "deactivated"
    EXPIRED = "expired"


class AuthorizationAct(StrEnum):
    """What happens to an authorization."""

    PROVE = "prove"
    FAIL = "fail"
    DEACTIVATE = "deactivate"


AUTHORIZATIONS: Final = Machine[AuthorizationStatus, AuthorizationAct](
    {
        (AuthorizationStatus.PENDING, AuthorizationAct.PROVE): AuthorizationStatus.VALID,
        (AuthorizationStatus.PENDING, AuthorizationAct.FAIL): AuthorizationStatus.INVALID,
        (
            AuthorizationStatus.PENDING,
            AuthorizationAct.DEACTIVATE,
        ): AuthorizationStatus.DEACTIVATED,
        (AuthorizationStatus.VALID, AuthorizationAct.DEACTIVATE): AuthorizationStatus.DEACTIVATED,
    }
)


class OrderStatus(StrEnum):
    """Where an ACME order stands."""

    PENDING = "pending"
    READY = "ready"
    PROCESSING = "processing"
    VALID = "valid"
    INVALID = "invalid"


class OrderAct(StrEnum):
    """What happens to an ACME order."""

    AUTHORIZE = "authorize"
    FINALIZE = "finalize"
    ISSUE = "issue"
    FAIL = "fail"


ORDERS: Final = Machine[OrderStatus, OrderAct](
    {
        (OrderStatus.PENDING, OrderAct.AUTHORIZE): OrderStatus.READY,
        (OrderStatus.PENDING, OrderAct.FAIL): OrderStatus.INVALID,
        (OrderStatus.READY, OrderAct.FINALIZE): OrderStatus.PROCESSING,
        (OrderStatus.READY, OrderAct.FAIL): OrderStatus.INVALID,
        (OrderStatus.PROCESSING, OrderAct.ISSUE): OrderStatus.VALID,
        (OrderStatus.PROCESSING, OrderAct.FAIL): OrderStatus.INVALID,
    }
)
