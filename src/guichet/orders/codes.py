"""Revocation codes: hashed with Argon2id, tries counted before they are checked."""

from datetime import datetime
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from django.db import transaction

from guichet.domain.refusals import Code, Refusal
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders.models import Product
from guichet.orders.policy import policy

ANYBODY: Final = "anybody:revocation-code"


def hashed(code: str) -> str:
    """What is kept of a code (RFC 9106, the library's defaults)."""
    return _hasher().hash(code)


def check(*, product_number: int, code: str, by: str, at: datetime) -> None:
    """Return when the code is the product's. Raises Refusal(REVOCATION_CODE_WRONG) otherwise.

    An unknown number, a wrong code and a number locked by too many tries give one answer, in
    about the same time: nothing tells which numbers exist. Commits the count by itself, so it
    must not run inside the transaction of the act it protects.
    """
    code_hash = _count_try(product_number, by, at)
    if _verifies(code_hash or _nobody(), code) and code_hash is not None:
        Product.objects.filter(number=product_number).update(wrong_codes=0, locked_until=None)
        return
    if code_hash is not None:
        _tell(Event.REVOCATION_CODE_WRONG, product_number, by, at)
    raise Refusal(Code.REVOCATION_CODE_WRONG)


@transaction.atomic
def _count_try(product_number: int, by: str, at: datetime) -> str | None:
    """The hash to compare with, or None when the product is unknown or locked."""
    row = Product.objects.select_for_update().filter(number=product_number).first()
    if row is None or (row.locked_until is not None and at < row.locked_until):
        return None
    row.wrong_codes += 1
    if row.wrong_codes >= policy().code_tries:
        row.wrong_codes = 0
        row.locked_until = at + policy().code_pause
        _tell(Event.REVOCATION_CODE_LOCKED, product_number, by, at)
    row.save(update_fields=["wrong_codes", "locked_until"])
    return row.code_hash


@transaction.atomic
def _tell(event: Event, product_number: int, by: str, at: datetime) -> None:
    journal.record(event, subject=f"product:{product_number}", actor=by, at=at)


def _verifies(code_hash: str, code: str) -> bool:
    try:
        return _hasher().verify(code_hash, code)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash that is compared in vain, so that an unknown number takes as long."""
    return _hasher().hash("nobody")
