"""Certificates in PEM (RFC 7468)."""

import re
from typing import Final

from guichet_verify.notes import decoded

BLOCK: Final = r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*"
PEM: Final = re.compile(BLOCK)
WHOLE: Final = re.compile(f"(?:{BLOCK})+")
AT_MOST: Final = 8


def certificates(text: str) -> str:
    """The certificates alone of a file that may explain them between (RFC 7468 2)."""
    return "".join(match.group() for match in PEM.finditer(text))


def ders(text: str) -> tuple[bytes, ...]:
    """The certificates of a PEM text and nothing else. Raises ValueError, also for too many."""
    if not WHOLE.fullmatch(text):
        raise ValueError("not PEM")
    found = tuple(decoded("".join(body.split())) for body in PEM.findall(text))
    if len(found) > AT_MOST:
        raise ValueError("not a chain of certificates")
    return found
