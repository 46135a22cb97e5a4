"""Why a product is revoked, and the code that lets anybody who holds it do so."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from guichet.domain.refusals import Code, Objection, Refusal
from guichet.x509.crl import Reason


class RevocationMotive(StrEnum):
    """Reasons as people say them."""

    THEFT = "theft"
    HOST_FAILURE = "host-failure"
    STAFF_LEFT = "staff-left"
    KEY_COMPROMISE = "key-compromise"
    SUPERSEDED = "superseded"
    CESSATION = "cessation"


REASONS: Final = {
    RevocationMotive.THEFT: Reason.KEY_COMPROMISE,
    RevocationMotive.HOST_FAILURE: Reason.CESSATION_OF_OPERATION,
    RevocationMotive.STAFF_LEFT: Reason.AFFILIATION_CHANGED,
    RevocationMotive.KEY_COMPROMISE: Reason.KEY_COMPROMISE,
    RevocationMotive.SUPERSEDED: Reason.SUPERSEDED,
    RevocationMotive.CESSATION: Reason.CESSATION_OF_OPERATION,
}
# What an operator's reason says in the words of people; the others say nothing of the product.
MOTIVES_OF: Final = {
    Reason.KEY_COMPROMISE: RevocationMotive.KEY_COMPROMISE,
    Reason.SUPERSEDED: RevocationMotive.SUPERSEDED,
    Reason.CESSATION_OF_OPERATION: RevocationMotive.CESSATION,
    Reason.AFFILIATION_CHANGED: RevocationMotive.STAFF_LEFT,
}

CODE_MIN: Final = 8
CODE_MAX: Final = 64


def parse_motive(text: str) -> RevocationMotive:
    """Read a motive. Raises Refusal(REVOCATION_REASON_INVALID)."""
    try:
        return RevocationMotive(text)
    except ValueError:
        raise Refusal(Code.REVOCATION_REASON_INVALID) from None


def code_objections(code: str) -> Iterator[Objection]:
    """What is wrong with a chosen revocation code: 8 to 64 printable characters, not all alike."""
    if not CODE_MIN <= len(code) <= CODE_MAX or not code.isprintable() or len(set(code)) == 1:
        yield Objection(Code.REVOCATION_CODE_WEAK, (("min", CODE_MIN), ("max", CODE_MAX)))


def admit_code(code: str) -> str:
    """The code itself. Raises Refusal(REVOCATION_CODE_WEAK)."""
    if found := tuple(code_objections(code)):
        raise Refusal(found[0].code, all=found)
    return code
