"""Revocation codes: hashed with Argon2id, tries counted before they are checked."""

import hmac
import secrets
from datetime import datetime
from functools import cache
from typing import Final

from argon2 import (
    DEFAULT_MEMORY_COST,
    DEFAULT_PARALLELISM,
    DEFAULT_TIME_COST,
    PasswordHasher,
)
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw
from django.db import transaction

from guichet.domain.refusals import Code, Refusal
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders.models import Product
from guichet.orders.policy import policy

ALIKE: Final = "$alike$"
PARAMETERS: Final = (DEFAULT_TIME_COST, DEFAULT_MEMORY_COST, DEFAULT_PARALLELISM)
SALT, KEY = 16, 32
ANYBODY: Final = "anybody:revocation-code"
NO_CODE: Final = ""
"""What is kept where nobody chose a code: no code is the product's."""


def hashed(code: str) -> str:
    """What is kept of a code (RFC 9106, the library's defaults)."""
    return _hasher().hash(code)


def hashed_alike(code: str, count: int) -> tuple[str, ...]:
    """What is kept of one code chosen for several products: as many texts, each with its own salt.

    Argon2 runs once, under a salt of the group; each product keeps an HMAC-SHA256 (RFC 2104) of
    its own salt under that result. Guessing costs one Argon2 a guess, as for any code.
    """
    salt = secrets.token_bytes(SALT)
    key = _derived(code, salt, PARAMETERS)
    owns = (secrets.token_bytes(SALT) for _product in range(count))
    return tuple(_sealed(key, salt, own, PARAMETERS) for own in owns)


def check(*, product_number: int, code: str, by: str, at: datetime) -> None:
    """Return when the code is the product's. Raises Refusal(REVOCATION_CODE_WRONG) otherwise.

    An unknown number, a wrong code and a number locked by too many tries give one answer, in
    about the same time: nothing tells which numbers exist. Commits the count by itself, so it
    must not run inside the transaction of the act it protects.
    """
    code_hash = _count_try(product_number, by, at)
    is_same = _verifies(code_hash or _nobody(), code)
    if code_hash and is_same:
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
    if code_hash.startswith(ALIKE):
        _kind, costs, salt, own, _seal = code_hash.removeprefix("$").split("$")
        parameters = tuple(int(cost) for cost in costs.split(","))
        group_salt, own_salt = bytes.fromhex(salt), bytes.fromhex(own)
        key = _derived(code, group_salt, parameters)
        return hmac.compare_digest(_sealed(key, group_salt, own_salt, parameters), code_hash)
    try:
        return _hasher().verify(code_hash, code)
    except (VerificationError, InvalidHashError):
        return False


def _derived(code: str, salt: bytes, parameters: tuple[int, ...]) -> bytes:
    """Argon2id of a code (RFC 9106): passes, memory in KiB, lanes."""
    passes, memory, lanes = parameters
    return hash_secret_raw(code.encode(), salt, passes, memory, lanes, KEY, Type.ID)


def _sealed(key: bytes, salt: bytes, own: bytes, parameters: tuple[int, ...]) -> str:
    seal = hmac.digest(key, own, "sha256").hex()
    costs = ",".join(map(str, parameters))
    return f"{ALIKE}{costs}${salt.hex()}${own.hex()}${seal}"


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash that is compared in vain, so that an unknown number takes as long."""
    return _hasher().hash("nobody")
