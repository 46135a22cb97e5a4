"""The challenges by which a name is proved, by their names in ACME."""

from collections.abc import Callable, Mapping
from typing import Final

from guichet.automation.acme.validation import http, tls, txt

CHECKS: Final[Mapping[str, Callable[[str, str, str], None]]] = {
    "http-01": http.check,
    "dns-01": txt.check,
    "tls-alpn-01": tls.check,
}


def check(kind: str, name: str, token: str, key_authorization: str) -> None:
    """Return when a challenge is answered as it must be. `name` is in A-labels.

    Bounded: connecting.WHOLE_WITHIN_S, and the DNS's own deadline for the name that was asked
    last. Raises validation.errors.Unproved, and ValueError for a challenge that is not of CHECKS.
    """
    if kind not in CHECKS:
        raise ValueError(f"no such challenge: {kind!r}")
    CHECKS[kind](name, token, key_authorization)
