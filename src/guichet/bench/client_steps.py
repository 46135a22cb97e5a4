"""A client's connection, step by step: from what was seen to findings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from guichet.bench.commands import Commands
from guichet.bench.diagnosis import TLS_ENOUGH, Diagnosis
from guichet.bench.provider.associations import Service
from guichet.bench.steps import Step, Verdict
from guichet.domain.refusals import Code
from guichet.x509 import certificate
from guichet.x509.errors import Unreadable

SOON: Final = timedelta(days=30)
CLOCK_GOOD: Final = timedelta(seconds=30)
SHOWN_AT_MOST: Final = 8
WEAK_RSA_BITS: Final = 2048
MODERN: Final = "TLSv1.3"
UNTRUSTED: Final = (Code.BENCH_UNTRUSTED, Code.BENCH_OF_TWIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A diagnosis and what goes with it: the client's Date header, the registry, commands."""

    diagnosis: Diagnosis
    date: str
    services: tuple[Service, ...] | None
    commands: Commands

    def has(self, *codes: Code) -> bool:
        """Whether one of these objections was made."""
        return any(objection.code in codes for objection in self.diagnosis.objections)


def client_steps(seen: Seen) -> tuple[Step, ...]:
    """Every step, in the order of a connection."""
    steps = [_version(seen), *_offer(seen), _chain(seen)]
    if seen.diagnosis.presented:
        steps += [_trust(seen), _validity(seen), _revocation(seen), _usage(seen), _key(seen)]
        steps.append(_association(seen))
    return (*steps, _clock(seen))


def _version(seen: Seen) -> Step:
    version = seen.diagnosis.tls_version
    lines = tuple(filter(None, (version, seen.diagnosis.cipher, seen.diagnosis.peer.group)))
    command = seen.commands.tls
    if version not in TLS_ENOUGH:
        return Step(
            code="tls",
            finding="tls-too-old" if version else "tls-none",
            verdict=Verdict.FAILED,
            seen=lines,
            command=command,
        )
    finding = "tls-good" if version == MODERN else "tls-enough"
    return Step(code="tls", finding=finding, verdict=Verdict.GOOD, seen=lines, command=command)


def _offer(seen: Seen) -> Iterator[Step]:
    hello = seen.diagnosis.hello
    if hello is None:
        yield Step(code="offer", finding="offer-unseen", verdict=Verdict.UNKNOWN)
        return
    lines = (
        f"TLS: {_short(hello.versions)}",
        f"suites: {_short(hello.suites)}",
        f"groups: {_short(hello.groups)}",
        f"signatures: {_short(hello.schemes)}",
        f"ALPN: {_short(hello.protocols)}",
    )
    bad = (*hello.old_versions, *hello.weak_suites)
    yield Step(
        code="offer",
        finding="offer-weak" if bad else "offer-good",
        verdict=Verdict.WARNING if bad else Verdict.GOOD,
        seen=lines,
        facts={"weak": _short(bad)},
        command=seen.commands.tls,
    )
    name = hello.server_name
    yield Step(
        code="server-name",
        finding="server-name-sent" if name else "server-name-missing",
        verdict=Verdict.GOOD if name else Verdict.WARNING,
        seen=(name,) if name else (),
        command=seen.commands.server_name,
    )


def _short(names: Sequence[str]) -> str:
    shown = ", ".join(names[:SHOWN_AT_MOST]) or "—"
    return f"{shown} (+{len(names) - SHOWN_AT_MOST})" if len(names) > SHOWN_AT_MOST else shown


def _chain(seen: Seen) -> Step:
    sent = seen.diagnosis.peer.chain
    finding, verdict = _chain_finding(sent, is_seen_whole=bool(seen.diagnosis.peer.hello))
    return Step(
        code="chain",
        finding=finding,
        verdict=verdict,
        seen=tuple(said.subject_text for said in seen.diagnosis.presented),
        command=seen.commands.with_chain,
    )


def _chain_finding(sent: Sequence[bytes], *, is_seen_whole: bool) -> tuple[str, Verdict]:
    if not sent:
        return "chain-none", Verdict.FAILED
    if len(sent) == 1:
        if not is_seen_whole:
            return "chain-unseen", Verdict.UNKNOWN
        return "chain-leaf-alone", Verdict.WARNING
    if not all(map(_signed, sent, sent[1:])):
        return "chain-out-of-order", Verdict.WARNING
    is_rooted = _signed(sent[-1], sent[-1])
    return ("chain-with-root" if is_rooted else "chain-complete"), Verdict.GOOD


def _signed(lower: bytes, upper: bytes) -> bool:
    try:
        return certificate.is_signed_by(lower, upper)
    except Unreadable:
        return False


def _trust(seen: Seen) -> Step:
    if seen.has(Code.BENCH_OF_TWIN):
        finding = "trust-of-twin"
    else:
        finding = "trust-none" if seen.has(Code.BENCH_UNTRUSTED) else "trust-good"
    return Step(
        code="trust",
        finding=finding,
        verdict=Verdict.GOOD if finding == "trust-good" else Verdict.FAILED,
        seen=(seen.diagnosis.presented[0].issuer_text,),
        command=seen.commands.verify,
    )


def _validity(seen: Seen) -> Step:
    leaf, at = seen.diagnosis.presented[0], seen.diagnosis.at
    if at > leaf.not_after:
        finding, verdict = "validity-over", Verdict.FAILED
    elif at < leaf.not_before:
        finding, verdict = "validity-to-come", Verdict.FAILED
    elif leaf.not_after - at < SOON:
        finding, verdict = "validity-ends-soon", Verdict.WARNING
    else:
        finding, verdict = "validity-good", Verdict.GOOD
    return Step(
        code="validity",
        finding=finding,
        verdict=verdict,
        seen=(f"{leaf.not_before.isoformat()} → {leaf.not_after.isoformat()}",),
        facts={"days": str((leaf.not_after - at).days)},
        command=seen.commands.dates,
    )


def _revocation(seen: Seen) -> Step:
    if seen.has(Code.BENCH_REVOKED):
        finding, verdict = "revocation-revoked", Verdict.FAILED
    elif seen.has(Code.BENCH_STATUS_UNAVAILABLE):
        finding, verdict = "revocation-unavailable", Verdict.FAILED
    elif seen.has(*UNTRUSTED, Code.BENCH_EXPIRED, Code.BENCH_NOT_YET_VALID):
        finding, verdict = "revocation-not-asked", Verdict.UNKNOWN
    else:
        finding, verdict = "revocation-good", Verdict.GOOD
    return Step(code="revocation", finding=finding, verdict=verdict, command=seen.commands.ocsp)


def _usage(seen: Seen) -> Step:
    leaf, profile = seen.diagnosis.presented[0], seen.diagnosis.profile
    told = profile.code if profile else "?"
    if seen.has(Code.BENCH_WRONG_USAGE):
        finding, verdict = "usage-wrong", Verdict.FAILED
    elif seen.has(Code.BENCH_WRONG_OFFER):
        finding, verdict = "usage-wrong-offer", Verdict.FAILED
    elif profile is None:
        finding, verdict = "usage-unknown", Verdict.UNKNOWN
    else:
        finding, verdict = "usage-good", Verdict.GOOD
    return Step(
        code="usage",
        finding=finding,
        verdict=verdict,
        seen=(
            told,
            f"keyUsage: {', '.join(sorted(leaf.key_usage)) or '—'}",
            f"extendedKeyUsage: {', '.join(leaf.lines('extendedKeyUsage')) or '—'}",
        ),
        facts={"profile": told},
        command=seen.commands.usage,
    )


def _key(seen: Seen) -> Step:
    leaf = seen.diagnosis.presented[0]
    is_short = leaf.key.kind == "rsa" and leaf.key.bits < WEAK_RSA_BITS
    is_weak = is_short or "sha1" in leaf.signature_algorithm.lower().replace("-", "")
    return Step(
        code="key",
        finding="key-weak" if is_weak else "key-good",
        verdict=Verdict.FAILED if is_weak else Verdict.GOOD,
        seen=(leaf.key_text, leaf.signature_algorithm),
        command=seen.commands.text,
    )


def _association(seen: Seen) -> Step:
    found = seen.services
    if found is None:
        finding, verdict = "association-unseen", Verdict.UNKNOWN
    elif found:
        finding, verdict = "association-good", Verdict.GOOD
    else:
        finding, verdict = "association-none", Verdict.WARNING
    return Step(
        code="association",
        finding=finding,
        verdict=verdict,
        seen=tuple(f"{s.client_id} ({s.name}, {s.environment})" for s in found or ()),
        command=seen.commands.fingerprint,
    )


def _clock(seen: Seen) -> Step:
    told = _date(seen.date)
    if told is None:
        return Step(
            code="clock",
            finding="clock-unseen",
            verdict=Verdict.UNKNOWN,
            command=seen.commands.with_date,
        )
    skew = told - seen.diagnosis.at
    is_good = abs(skew) <= CLOCK_GOOD
    return Step(
        code="clock",
        finding="clock-good" if is_good else "clock-wrong",
        verdict=Verdict.GOOD if is_good else Verdict.WARNING,
        seen=(f"{skew.total_seconds():+.0f} s",),
        facts={"seconds": f"{abs(skew).total_seconds():.0f}"},
        command=seen.commands.with_date,
    )


def _date(header: str) -> datetime | None:
    """An HTTP date (RFC 9110 §5.6.7)."""
    try:
        found = parsedate_to_datetime(header)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
