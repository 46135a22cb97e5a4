"""The one error of reading: bytes that are not what they were said to be."""

from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

# Everything the library raises on bytes it does not like; found by fuzzing, see test_hostile_bytes.
LIBRARY_REFUSALS: Final = (
    ValueError,
    TypeError,
    NotImplementedError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


class Unreadable(Exception):  # noqa: N818 an answer about bytes, not a fault of ours
    """Bytes cannot be read as the expected structure; `reason` is a stable word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
