"""Time-stamps of checkpoints (RFC 3161): an authority tells that the log was this long by then."""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509


class TimestampError(ValueError):
    """An answer is no time-stamp of this note under these roots; the message says why."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who is asked, at which address ("": nobody), and how many seconds the whole may take.

    `roots` is PEM: what the authority's certificate must lead to.
    """

    url: str = ""
    roots: bytes = b""
    seconds: float = 10

    def certificates(self) -> list[x509.Certificate]:
        """The roots. Raises ValueError where the text holds none."""
        return x509.load_pem_x509_certificates(self.roots) if self.roots else []


def verified(
    answer: bytes, note: bytes, roots: list[x509.Certificate], nonce: int | None = None
) -> datetime:
    """The instant that a time-stamp of this note tells, where everything about it holds.

    Its imprint, its signature, a certificate for time-stamping that was valid at that instant and
    leads to a root; and the nonce where one is given. Raises TimestampError.
    """
    # Every process reads the settings of the authority above; few read its answers.
    from rfc3161_client import (  # noqa: PLC0415
        PKIStatus,
        VerificationError,
        VerifierBuilder,
        decode_timestamp_response,
    )

    if not roots:
        raise TimestampError("no root is there to believe it")
    try:
        found = decode_timestamp_response(answer)
        status, words = found.status, " ".join(found.status_string)[:200]
    except ValueError as error:
        raise TimestampError(str(error)) from error
    if status != PKIStatus.GRANTED:
        raise TimestampError(f"the authority refuses (status {status}) {words}".strip())
    try:
        VerifierBuilder(roots=roots, nonce=nonce).build().verify_message(found, note)
        return found.tst_info.gen_time.astimezone(UTC)
    except (VerificationError, ValueError) as error:
        raise TimestampError(str(error)) from error


def question(note: bytes) -> tuple[bytes, int | None]:
    """A query for a time-stamp of this note, and the nonce that its answer must bear."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415 as above

    query = TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA256).build()
    return query.as_bytes(), query.nonce
