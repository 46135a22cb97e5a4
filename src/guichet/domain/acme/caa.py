"""Whether a domain lets this counter issue: CAA records (RFC 8659), with RFC 8657's limits."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from guichet.domain.acme.flaws import Cause, Flaw, flaw
from guichet.domain.texts import visible

CRITICAL: Final = 0x80  # RFC 8659 §4.1
ISSUE: Final = "issue"
KNOWN: Final = frozenset({ISSUE, "issuewild", "iodef", "contactemail", "contactphone", "issuemail"})
DOMAIN: Final = re.compile(r"[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*(?:\.[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*)*")
TAG: Final = re.compile(r"[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*")
VALUE: Final = re.compile(r"[\x21-\x3a\x3c-\x7e]*")
ACCOUNT: Final = "accounturi"
METHODS: Final = "validationmethods"


@dataclass(frozen=True, slots=True)
class Record:
    """One CAA record; `value` as published."""

    flags: int
    tag: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuance:
    """Who would issue, for which account, proved how: "http-01", "ca-…" (RFC 8657 §3, §4)."""

    identities: frozenset[str]
    account_uri: str
    method: str


@dataclass(frozen=True, slots=True)
class _Authorised:
    """What one "issue" says (RFC 8659 §4.2)."""

    domain: str
    parameters: Sequence[tuple[str, str]]


def climb(name: str) -> Iterator[str]:
    """The names whose records are asked in turn, from the name up (RFC 8659 §3)."""
    labels = name.rstrip(".").split(".")
    for place in range(len(labels)):
        yield ".".join(labels[place:])


def objection(domain: str, records: Iterable[Record], issuance: Issuance) -> Flaw | None:
    """Why the records found at a domain keep us from issuing for a name at or below it.

    None when they do not: one "issue" names us without a limit in the way, or there is none.
    """
    found = tuple(records)
    for record in found:
        if record.flags & CRITICAL and record.tag.lower() not in KNOWN:
            return flaw(Cause.CAA_CRITICAL, domain=domain, tag=visible(record.tag))
    issues = [record for record in found if record.tag.lower() == ISSUE]
    if not issues:
        return None
    ours = [
        authorised
        for authorised in map(_authorised, issues)
        if authorised is not None and authorised.domain in issuance.identities
    ]
    if not ours:
        identity = min(issuance.identities, default="")
        return flaw(Cause.CAA_ISSUER, domain=domain, identity=identity)
    limits = [_limit(authorised, issuance) for authorised in ours]
    if None in limits:
        return None
    if Cause.CAA_METHOD in limits:
        return flaw(Cause.CAA_METHOD, domain=domain, method=issuance.method)
    return flaw(Cause.CAA_ACCOUNT, domain=domain)


def _limit(authorised: _Authorised, issuance: Issuance) -> Cause | None:
    """Which parameter of a record leaves this issuance out; given twice, it leaves out all."""
    given: dict[str, list[str]] = {}
    for name, value in authorised.parameters:
        given.setdefault(name, []).append(value)
    if not _admits(given, ACCOUNT, (issuance.account_uri,)):
        return Cause.CAA_ACCOUNT
    methods = given.get(METHODS)
    if methods is None:
        return None
    if len(methods) == 1 and issuance.method in methods[0].split(","):
        return None
    return Cause.CAA_METHOD


def _admits(given: Mapping[str, Sequence[str]], name: str, wanted: Sequence[str]) -> bool:
    return name not in given or list(given[name]) == list(wanted)


def _authorised(record: Record) -> _Authorised | None:
    """Read an "issue" value; None when it is malformed, which authorises nobody."""
    domain, *rest = (part.strip(" \t") for part in record.value.split(";"))
    if domain and not DOMAIN.fullmatch(domain):
        return None
    parameters = []
    for part in filter(None, rest):
        name, sign, value = (piece.strip(" \t") for piece in part.partition("="))
        if not sign or not TAG.fullmatch(name) or not VALUE.fullmatch(value):
            return None
        parameters.append((name.lower(), value))
    return _Authorised(domain.lower(), parameters)
