"""Fingerprints of certificates as people paste them: from a browser, OpenSSL or Windows."""

import re
from dataclasses import dataclass
from typing import Final

SHA256_DIGITS: Final = 64
SHA1_DIGITS: Final = 40
# `openssl x509 -fingerprint` writes "sha256 Fingerprint=…", browsers "SHA-256:" or nothing.
NAME: Final = re.compile(r"(?:sha-?(?:1|256)\s*(?:fingerprint\s*)?[=:]|0x)", re.IGNORECASE)
BETWEEN: Final = re.compile(r"[\s:\-]+")
DIGITS: Final = re.compile(r"[0-9a-f]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """SHA-256 or SHA-1, in 64 or 40 hexadecimal digits of lower case."""

    digits: str

    @property
    def is_sha256(self) -> bool:
        """Whether it is a SHA-256; a SHA-1 otherwise."""
        return len(self.digits) == SHA256_DIGITS


def read(text: str) -> Fingerprint | None:
    """The fingerprint that a text is, whatever its case and separators; None when it is none.

    Windows puts an invisible mark before what is copied from its window: marks are passed over.
    """
    seen = "".join(mark for mark in text if mark.isprintable() or mark.isspace()).strip()
    named = NAME.match(seen)
    digits = BETWEEN.sub("", seen[named.end() :] if named else seen).lower()
    if len(digits) not in (SHA256_DIGITS, SHA1_DIGITS) or not DIGITS.fullmatch(digits):
        return None
    return Fingerprint(digits)
