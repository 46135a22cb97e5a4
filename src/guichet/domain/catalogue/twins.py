"""The TEST hierarchy and its production twin: one declaration, two sets of names and codes.

authorities.toml declares the TEST hierarchy. In production an authority loses what says TEST: the
prefix of its common name, the end of its code, and that of its organizational unit.
"""

import re
from enum import StrEnum
from typing import Final

from guichet.x509 import names

NAME_PREFIX: Final = "TEST "
UNIT_SUFFIX: Final = " TEST"
CODE_SUFFIX: Final = "-TEST"
# A later generation of an authority is named after the first: ACI-EL-ORG-TEST-G2.
TEST_CODE: Final = re.compile(r".*-TEST(-G\d+)?", re.ASCII)


class Environment(StrEnum):
    """Which of the two hierarchies serves. Each has its own state, database and keystore."""

    TEST = "test"
    PRODUCTION = "production"

    @classmethod
    def named(cls, text: str) -> "Environment":
        """Read GUICHET_ENVIRONMENT; empty is test. Raises ValueError."""
        try:
            return cls(text or cls.TEST)
        except ValueError as error:
            raise ValueError(f"GUICHET_ENVIRONMENT: test or production, not {text!r}") from error

    @property
    def twin(self) -> "Environment":
        """The other one."""
        is_test = self is Environment.TEST
        return Environment.PRODUCTION if is_test else Environment.TEST

    @property
    def word(self) -> str:
        """What people read, whatever their language: "TEST", "PRODUCTION"."""
        return self.value.upper()


def code_in(environment: Environment, declared: str) -> str:
    """The code of an authority declared for TEST: ACR-EL-TEST is ACR-EL in production."""
    return declared if environment is Environment.TEST else declared.removesuffix(CODE_SUFFIX)


def full_code(environment: Environment, short: str) -> str:
    """The code of an authority named without environment: ACR-EL is ACR-EL-TEST in test."""
    return f"{short}{CODE_SUFFIX}" if environment is Environment.TEST else short


def name_in(environment: Environment, declared: names.Name) -> names.Name:
    """The name of an authority declared for TEST, as it is in this environment."""
    if environment is Environment.TEST:
        return declared
    return tuple(tuple((oid, _value(oid, value)) for oid, value in rdn) for rdn in declared)


def environment_of(code: str) -> Environment:
    """Which hierarchy a code, or a key's label, belongs to."""
    return Environment.TEST if TEST_CODE.fullmatch(code) else Environment.PRODUCTION


def _value(oid: str, value: str) -> str:
    match oid:
        case names.COMMON_NAME:
            return value.removeprefix(NAME_PREFIX)
        case names.ORGANIZATIONAL_UNIT:
            return value.removesuffix(UNIT_SUFFIX)
        case _:
            return value
