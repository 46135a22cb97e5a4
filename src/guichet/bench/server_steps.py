"""A server, step by step: what it accepts, what it refuses, and whether it ought to."""

import ipaddress
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from guichet.bench import server_probe
from guichet.bench.catalogue import CHAIN, SAMPLES, folder_of
from guichet.bench.commands import probing
from guichet.bench.server_probe import Attempt, Place, Unreachable
from guichet.bench.steps import Step, Verdict
from guichet.domain.targets import Target, is_allowed
from guichet.x509 import certificate
from guichet.x509.decode import Description, describe
from guichet.x509.errors import Unreadable

WITHOUT: Final = "without"
EVERY: Final = "every"
OLD: Final = frozenset({"TLSv1", "TLSv1.1"})
DATES: Final = frozenset({9, 10})  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
REFUSED: Final = frozenset({400, 401, 403, 495, 496})  # 49x: nginx's own
OPTIONS: Final = {
    "TLSv1": "-tls1 -cipher ALL:@SECLEVEL=0",
    "TLSv1.1": "-tls1_1 -cipher ALL:@SECLEVEL=0",
    "TLSv1.2": "-tls1_2",
    "TLSv1.3": "-tls1_3",
}


class ServerDiagnosis:
    """One server under examination: nothing is connected to that the list does not hold."""

    def __init__(self, state: Path, targets: Sequence[Target]) -> None:
        self._state = state
        self._targets = targets
        published = sorted((state / "published" / "ac").glob("[!.]*.cer"))
        self._authorities = tuple(path.read_bytes() for path in published)

    def run(self, host: str, port: int, samples: Sequence[str]) -> tuple[Step, ...]:
        """Every step; `samples` are slugs of the catalogue, or WITHOUT."""
        if not is_allowed(self._targets, host, port):
            return (_target("forbidden", host, port),)
        try:
            place = server_probe.find(host, port)
        except Unreachable as error:
            return (_target(error.reason, host, port),)
        by_version = {v: server_probe.attempt(place, version=v) for v in server_probe.VERSIONS}
        steps = [_target("reached", host, port), _versions(place, by_version)]
        bare = server_probe.attempt(place, anchors=self._authorities)
        if bare.chain:
            steps += [*_certificate(place, bare)]
            steps.append(_asks(place, bare))
        if bare.was_asked:
            steps += [self._issuers(place, bare)]
            steps += [self._sample(place, slug, bare) for slug in samples]
        return tuple(steps)

    def _issuers(self, place: Place, bare: Attempt) -> Step:
        own = {_plain(describe(der).subject_text) for der in self._authorities}
        if not bare.issuers:
            finding, verdict = "issuers-none", Verdict.WARNING
        elif own & set(map(_plain, bare.issuers)):
            finding, verdict = "issuers-good", Verdict.GOOD
        else:
            finding, verdict = "issuers-others", Verdict.FAILED
        return _step("issuers", finding, verdict, place, seen=bare.issuers[:10])

    def _sample(self, place: Place, slug: str, bare: Attempt) -> Step:
        """One test certificate presented, or none."""
        folder = folder_of(self._state) / slug
        if slug == WITHOUT:
            found, is_good = bare, False
        elif (folder / CHAIN).is_file():
            found = server_probe.attempt(place, identity=folder)
            is_good = SAMPLES[slug].is_good
        else:
            return _step(slug, "not-prepared", Verdict.UNKNOWN, place)
        finding, verdict = _judged(found, is_good=is_good)
        lines = tuple(filter(None, (f"HTTP {found.status}" if found.status else "", found.alert)))
        files = f"-cert {slug}.pem -key {slug}.pem -cert_chain {slug}.pem"
        option = "" if slug == WITHOUT else files
        return _step(slug, finding, verdict, place, seen=lines, option=option)


def _step(
    code: str,
    finding: str,
    verdict: Verdict,
    place: Place,
    *,
    seen: tuple[str, ...] = (),
    option: str = "",
) -> Step:
    command = probing(place.host, place.port, option)
    return Step(code=code, finding=finding, verdict=verdict, seen=seen, command=command)


def _target(reason: str, host: str, port: int) -> Step:
    verdict = Verdict.GOOD if reason == "reached" else Verdict.FAILED
    return _step("target", f"target-{reason}", verdict, Place(host, port, ""))


def _versions(place: Place, by_version: dict[str, Attempt]) -> Step:
    # A server that wants a certificate may end TLS 1.2's handshake over it: it spoke the version.
    spoken = [v for v, found in by_version.items() if found.is_connected or found.was_asked]
    if OLD & set(spoken):
        finding, verdict = "versions-old", Verdict.FAILED
    elif spoken:
        finding, verdict = "versions-good", Verdict.GOOD
    else:
        finding, verdict = "versions-none", Verdict.FAILED
    seen = tuple(
        f"{v}: {by_version[v].cipher or '✓'} {by_version[v].group}".strip()
        if v in spoken
        else f"{v}: — ({by_version[v].alert})"
        for v in by_version
    )
    option = OPTIONS[next((v for v in spoken if v in OLD), "TLSv1.3")]
    return _step("versions", finding, verdict, place, seen=seen, option=option)


def _certificate(place: Place, bare: Attempt) -> Iterator[Step]:
    try:
        presented = tuple(map(describe, bare.chain))
    except Unreadable:
        return
    leaf = presented[0]
    in_order = all(map(certificate.is_signed_by, bare.chain, bare.chain[1:]))
    finding = "server-chain-complete" if in_order else "server-chain-out-of-order"
    if len(presented) == 1 and leaf.subject != leaf.issuer:
        finding = "server-chain-alone"
    verdict = Verdict.GOOD if finding == "server-chain-complete" else Verdict.WARNING
    subjects = tuple(said.subject_text for said in presented)
    yield _step("server-chain", finding, verdict, place, seen=subjects, option="-showcerts")
    yield _trust(place, bare, leaf)
    is_named = _is_named(leaf, place.host)
    yield _step(
        "name",
        "name-good" if is_named else "name-other",
        Verdict.GOOD if is_named else Verdict.FAILED,
        place,
        seen=(", ".join(leaf.dns_names) or leaf.subject_text,),
    )


def _trust(place: Place, bare: Attempt, leaf: Description) -> Step:
    if bare.faults & DATES:
        finding, verdict = "server-certificate-over", Verdict.FAILED
    elif bare.faults:
        finding, verdict = "server-certificate-unknown", Verdict.WARNING
    else:
        finding, verdict = "server-certificate-good", Verdict.GOOD
    dates = f"{leaf.not_before.isoformat()} → {leaf.not_after.isoformat()}"
    return _step("server-certificate", finding, verdict, place, seen=(leaf.issuer_text, dates))


def _is_named(leaf: Description, host: str) -> bool:
    """Whether subjectAltName holds the host (RFC 9525 §6): whole, or `*` for its first label."""
    try:
        address = str(ipaddress.ip_address(host))
    except ValueError:
        wild = f"*.{host.partition('.')[2]}"
        return any(name.lower() in {host, wild} for name in leaf.dns_names)
    return any(address in line for line in leaf.lines("subjectAltName"))


def _asks(place: Place, bare: Attempt) -> Step:
    if bare.was_asked:
        return _step("asks", "asks-good", Verdict.GOOD, place)
    return _step("asks", "asks-not", Verdict.FAILED, place)


def _judged(found: Attempt, *, is_good: bool) -> tuple[str, Verdict]:
    is_refused = (
        not found.is_connected or found.status in REFUSED or bool(found.alert and not found.status)
    )
    if found.alert == "timeout" or (not is_refused and found.status is None):
        return "unclear", Verdict.UNKNOWN
    if is_refused:
        return ("refused-wrongly", Verdict.FAILED) if is_good else ("refused-rightly", Verdict.GOOD)
    return ("accepted-rightly", Verdict.GOOD) if is_good else ("accepted-wrongly", Verdict.FAILED)


def _plain(name: str) -> str:
    """A name as both sides spell it: its values alone, without blanks."""
    return "|".join(sorted(part.partition("=")[2].strip() for part in name.split(",")))
