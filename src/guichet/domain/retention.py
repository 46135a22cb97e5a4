"""How long what is kept of people is kept, and why. Days are calendar days, years 365 of them."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

YEAR: Final = timedelta(days=365)


class Kind(StrEnum):
    """What is kept."""

    CERTIFICATE_RECORDS = "certificate-records"
    ORDERS_WITHOUT_CERTIFICATE = "orders-without-certificate"
    MAILS = "mails"
    ACCESS_ATTEMPTS = "access-attempts"
    LINKS = "links"
    SESSIONS = "sessions"
    DRAFTS = "drafts"
    DOSSIERS = "dossiers"
    IDLE_ACCOUNTS = "idle-accounts"
    JOURNAL = "journal"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept, how long from `since`, on what ground. `by_hand`: an operator erases it."""

    kind: Kind
    what: str
    life: timedelta | None
    since: str
    ground: str
    by_hand: bool = False


# ETSI EN 319 411-1 6.4.5: records of registration and of the life of certificates, seven years at
# least after the last certificate based on them has ended.
AFTER_CERTIFICATE: Final = 7 * YEAR
CERTIFICATE_AT_MOST: Final = 3 * YEAR
RULES: Final = (
    Rule(
        Kind.CERTIFICATE_RECORDS,
        "orders, products, rights: who asked for a certificate, and by what right",
        AFTER_CERTIFICATE,
        "the end of the certificate or right",
        "legal obligation (GDPR 6.1.c; ETSI EN 319 411-1 6.4.5)",
    ),
    Rule(
        Kind.DOSSIERS,
        "decided dossiers, with messages and attached files",
        5 * YEAR,
        "the last activity, and the end of the rights they gave",
        "public interest (GDPR 6.1.e), proof of the decision",
    ),
    Rule(Kind.DRAFTS, "drafts of dossiers", timedelta(days=90), "the last edit", "consent"),
    Rule(
        Kind.ORDERS_WITHOUT_CERTIFICATE,
        "orders that gave no certificate: who asked",
        YEAR,
        "their end",
        "public interest (GDPR 6.1.e)",
    ),
    Rule(
        Kind.MAILS,
        "e-mails sent or abandoned",
        YEAR,
        "the day they were written",
        "public interest (GDPR 6.1.e), proof of a notice",
    ),
    Rule(
        Kind.ACCESS_ATTEMPTS,
        "attempts to log in, with their addresses",
        timedelta(days=180),
        "the attempt",
        "security of the service (GDPR 6.1.f)",
    ),
    Rule(Kind.LINKS, "links and codes of login", timedelta(days=1), "their end", "security"),
    Rule(Kind.SESSIONS, "sessions", timedelta(0), "their end", "service asked for (GDPR 6.1.b)"),
    Rule(
        Kind.IDLE_ACCOUNTS,
        "accounts nobody logs in to",
        3 * YEAR,
        "the last login",
        "public interest (GDPR 6.1.e)",
        by_hand=True,
    ),
    Rule(
        Kind.JOURNAL,
        "entries of the journal",
        None,
        "never: parts about a person are erased on request, the chain stands",
        "legal obligation (ETSI EN 319 411-1 6.4.5)",
        by_hand=True,
    ),
)


def life_of(kind: Kind) -> timedelta:
    """How long this is kept. Raises LookupError where it is for ever."""
    for rule in RULES:
        if rule.kind is kind and rule.life is not None:
            return rule.life
    raise LookupError(kind)
