"""Test certificates, good and wrong, that somebody presents to a server of theirs."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from guichet.domain.machine import Machine

PER_DAY: Final = 30
LIFE: Final = timedelta(days=7)
"""How long the files of one are kept: its private key is made here, and is nobody's secret."""


class Kind(StrEnum):
    """What is right or wrong with one."""

    GOOD = "good"
    IN_PRODUCTION = "test-in-production"
    EXPIRED = "expired"
    REVOKED = "revoked"
    WRONG_USAGE = "wrong-usage"
    WRONG_AUTHORITY = "wrong-authority"
    WEAK_KEY = "weak-key"
    WEAK_SIGNATURE = "weak-signature"


PROFILES: Final = {
    Kind.GOOD: "ORG/AUTH_CLI",
    Kind.IN_PRODUCTION: "ORG/AUTH_CLI",
    Kind.EXPIRED: "SAMPLE/EXPIRED",
    Kind.REVOKED: "ORG/AUTH_CLI",
    Kind.WRONG_USAGE: "ORG/SIGN",
}
"""What the TEST hierarchy signs; the other kinds, which it never would, come of a laboratory."""


class SampleState(StrEnum):
    """Where one stands."""

    ASKED = "asked"
    MADE = "made"
    FAILED = "failed"


class SampleAct(StrEnum):
    """What happens to one."""

    MAKE = "make"
    FAIL = "fail"


SAMPLES: Final = Machine[SampleState, SampleAct](
    {
        (SampleState.ASKED, SampleAct.MAKE): SampleState.MADE,
        (SampleState.ASKED, SampleAct.FAIL): SampleState.FAILED,
    }
)
