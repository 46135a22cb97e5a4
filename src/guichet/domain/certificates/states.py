"""The lives of a certificate and of a signing request, as tables."""

from enum import StrEnum
from typing import Final

from guichet.domain.machine import Machine


class CertificateState(StrEnum):
    """Where a certificate stands; expiry follows from the clock and is not stored."""

    VALID = "valid"
    REVOKED = "revoked"


class CertificateAct(StrEnum):
    """What happens to a certificate."""

    REVOKE = "revoke"


CERTIFICATES: Final = Machine[CertificateState, CertificateAct](
    {(CertificateState.VALID, CertificateAct.REVOKE): CertificateState.REVOKED}
)


class SigningState(StrEnum):
    """Where a signing request stands."""

    REQUESTED = "requested"
    PLANNED = "planned"  # serial and plan are stored: the intent
    ISSUED = "issued"
    REFUSED = "refused"  # the signer does not admit it
    FAILED = "failed"
    SET_ASIDE = "set-aside"  # it could not be signed: an operator looks at it


class SigningAct(StrEnum):
    """What the signer does with a request."""

    PLAN = "plan"
    ISSUE = "issue"
    REFUSE = "refuse"
    FAIL = "fail"
    SET_ASIDE = "set-aside"
    ASK_AGAIN = "ask-again"  # an operator sends back what has no plan yet
    TAKE_UP = "take-up"  # and what has one, which it keeps


SIGNINGS: Final = Machine[SigningState, SigningAct](
    {
        (SigningState.REQUESTED, SigningAct.PLAN): SigningState.PLANNED,
        (SigningState.REQUESTED, SigningAct.REFUSE): SigningState.REFUSED,
        (SigningState.REQUESTED, SigningAct.FAIL): SigningState.FAILED,
        (SigningState.PLANNED, SigningAct.ISSUE): SigningState.ISSUED,
        (SigningState.PLANNED, SigningAct.REFUSE): SigningState.REFUSED,
        (SigningState.PLANNED, SigningAct.FAIL): SigningState.FAILED,
        (SigningState.REQUESTED, SigningAct.SET_ASIDE): SigningState.SET_ASIDE,
        (SigningState.PLANNED, SigningAct.SET_ASIDE): SigningState.SET_ASIDE,
        (SigningState.SET_ASIDE, SigningAct.ASK_AGAIN): SigningState.REQUESTED,
        (SigningState.SET_ASIDE, SigningAct.TAKE_UP): SigningState.PLANNED,
        (SigningState.SET_ASIDE, SigningAct.FAIL): SigningState.FAILED,
    }
)
