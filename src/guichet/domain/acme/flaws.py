"""What keeps a name from being validated, and the ACME error type of each (RFC 8555 §6.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

Kind = Literal["dns", "connection", "unauthorized", "incorrectResponse", "tls", "caa"]


class Cause(StrEnum):
    """Why a proof was not found, or does not count."""

    DNS_UNAVAILABLE = "dns-unavailable"
    NO_ADDRESS = "no-address"
    ADDRESS_FORBIDDEN = "address-forbidden"
    UNREACHABLE = "unreachable"
    ANSWER_UNREADABLE = "answer-unreadable"
    STATUS = "status"
    REDIRECTION = "redirection"
    TOO_MANY_REDIRECTIONS = "too-many-redirections"
    BODY = "body"
    RECORD_MISSING = "record-missing"
    RECORD_DIFFERENT = "record-different"
    HANDSHAKE = "handshake"
    PROTOCOL = "protocol"
    CERTIFICATE_UNREADABLE = "certificate-unreadable"
    CERTIFICATE_NAMES = "certificate-names"
    CERTIFICATE_SIGNED_BY_ANOTHER = "certificate-signed-by-another"
    CERTIFICATE_IDENTIFIER = "certificate-identifier"
    CAA_UNAVAILABLE = "caa-unavailable"
    CAA_CRITICAL = "caa-critical"
    CAA_ISSUER = "caa-issuer"
    CAA_ACCOUNT = "caa-account"
    CAA_METHOD = "caa-method"


KINDS: Final[Mapping[Cause, Kind]] = {
    Cause.DNS_UNAVAILABLE: "dns",
    Cause.NO_ADDRESS: "dns",
    Cause.ADDRESS_FORBIDDEN: "connection",
    Cause.UNREACHABLE: "connection",
    Cause.ANSWER_UNREADABLE: "connection",
    Cause.STATUS: "unauthorized",
    Cause.REDIRECTION: "connection",
    Cause.TOO_MANY_REDIRECTIONS: "connection",
    Cause.BODY: "incorrectResponse",
    Cause.RECORD_MISSING: "unauthorized",
    Cause.RECORD_DIFFERENT: "incorrectResponse",
    Cause.HANDSHAKE: "tls",
    Cause.PROTOCOL: "tls",
    Cause.CERTIFICATE_UNREADABLE: "tls",
    Cause.CERTIFICATE_NAMES: "incorrectResponse",
    Cause.CERTIFICATE_SIGNED_BY_ANOTHER: "incorrectResponse",
    Cause.CERTIFICATE_IDENTIFIER: "incorrectResponse",
    Cause.CAA_UNAVAILABLE: "dns",
    Cause.CAA_CRITICAL: "caa",
    Cause.CAA_ISSUER: "caa",
    Cause.CAA_ACCOUNT: "caa",
    Cause.CAA_METHOD: "caa",
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """One cause, with the facts that its words need: what was found is cleaned and cut."""

    cause: Cause
    facts: tuple[tuple[str, str | int], ...] = ()


def flaw(cause: Cause, **facts: str | int) -> Flaw:
    """A flaw with facts by name."""
    return Flaw(cause, tuple(facts.items()))
