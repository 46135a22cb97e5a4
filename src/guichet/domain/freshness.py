"""Freshness of what relying parties fetch: points, readings, and what in them is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Final, Self

LIFE_LEFT: Final = 3
"""What has less than a third of its validity left should have been replaced."""
TRIES: Final = 3
"""A fetch that fails so many times running is no accident of the network."""
GRACE: Final = timedelta(minutes=5)
SHOWN_WITHIN: Final = timedelta(seconds=2)
"""From a revocation to the first OCSP answer that tells it."""
HEARTBEAT: Final = timedelta(seconds=60)
SIGNED_WITHIN: Final = timedelta(minutes=5)
"""From a request of a person or of the service itself to its signature."""
UNTESTED_AFTER: Final = timedelta(minutes=5)


class Kind(StrEnum):
    """What is fetched at a point."""

    LIST = "list"
    DELTA = "delta"
    CERTIFICATE = "certificate"
    CHAIN = "chain"
    ANSWER = "answer"


LISTS: Final = frozenset({Kind.LIST, Kind.DELTA})


class Problem(StrEnum):
    """What is wrong with what was fetched, or why nothing was."""

    UNREACHABLE = "unreachable"
    MISSING = "missing"
    FAILED = "failed"  # an HTTP status that is neither 200, 304, 404 nor 410
    REFUSED = "refused"  # an OCSP answer that says nothing of the certificate
    UNREADABLE = "unreadable"
    FORGED = "forged"  # not signed by its authority or by a delegate of it
    FOREIGN = "foreign"  # not what was asked for
    OVER = "over"
    EARLY = "early"  # thisUpdate is ahead
    WENT_BACK = "went-back"
    UNKNOWN = "unknown"  # OCSP does not know a certificate that was issued


FETCHING: Final = frozenset({Problem.UNREACHABLE, Problem.MISSING, Problem.FAILED, Problem.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A distribution point: `name` is its path at the public address, without the first slash.

    For OCSP, the one address serves all: the authority's code follows ("ocsp/ACI-EL-ORG").
    `interval` is after how long a list is replaced though nothing changed; the last one of an
    authority never is; `authority` is empty for the chain of all of them.
    """

    name: str
    kind: Kind
    authority: str = ""
    interval: timedelta | None = None
    is_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What was fetched says of itself; `ends` is when the certificate of its signer does."""

    this_update: datetime | None = None
    next_update: datetime | None = None
    number: int | None = None
    begins: datetime | None = None
    ends: datetime | None = None


NOTHING: Final = Content()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One fetch test of a point; `size` is in octets.

    `failures`: how many tests failed running; `highest`: the highest number ever read there;
    `good_at`: when all was well for the last time.
    """

    point: Point
    at: datetime
    problem: Problem | None = None
    content: Content = NOTHING
    size: int = 0
    fetch_ms: int = 0
    failures: int = 0
    highest: int = 0
    good_at: datetime | None = None

    @property
    def is_stale(self) -> bool:
        """Whether relying parties are badly served; one fetch that fails may be an accident."""
        if self.problem in FETCHING:
            return self.failures > 1
        return self.problem is not None


class Rule(StrEnum):
    """What raises an alarm."""

    WRONG = "wrong"
    UNREACHABLE = "unreachable"
    LATE = "late"
    ENDING = "ending"
    DELEGATE_ENDING = "delegate-ending"
    SLOW = "slow"
    SILENT = "silent"
    SET_ASIDE = "set-aside"
    WAITING = "waiting"
    EMERGENCY = "emergency"  # somebody opened a role alone
    MAIL_TEXT = "mail-text"
    LOG = "log"


Facts = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule broken by a subject: a point's name, or a process's."""

    rule: Rule
    subject: str
    facts: Facts

    @property
    def key(self) -> tuple[Rule, str]:
        """Two findings of one key are the same alarm."""
        return self.rule, self.subject


def of_reading(reading: Reading) -> tuple[Finding, ...]:
    """Every rule that a reading breaks, before or after anything is stale."""
    point, content, at = reading.point, reading.content, reading.at
    if reading.problem in FETCHING:
        if reading.failures < TRIES:
            return ()
        return (Finding(Rule.UNREACHABLE, point.name, {"problem": reading.problem.value}),)
    if reading.problem is not None:
        return (Finding(Rule.WRONG, point.name, {"problem": reading.problem.value}),)
    found = []
    if is_late(point, content, at):
        found.append(Finding(Rule.LATE, point.name, _written("this_update", content.this_update)))
    if not point.is_last and is_ending(content.this_update, content.next_update, at):
        found.append(Finding(Rule.ENDING, point.name, _written("next_update", content.next_update)))
    if is_ending(content.begins, content.ends, at):
        found.append(Finding(Rule.DELEGATE_ENDING, point.name, _written("ends", content.ends)))
    return tuple(found)


def is_late(point: Point, content: Content, at: datetime) -> bool:
    """Whether a list should have been replaced by its schedule, and was not."""
    if point.interval is None or content.this_update is None:
        return False
    return at > content.this_update + point.interval + max(GRACE, point.interval / 10)


def is_ending(begins: datetime | None, ends: datetime | None, at: datetime) -> bool:
    """Whether less than a third of a validity is left."""
    if begins is None or ends is None:
        return False
    return (ends - at) * LIFE_LEFT < ends - begins


def of_delays(longest: Mapping[str, timedelta]) -> tuple[Finding, ...]:
    """Authorities whose revocations lately took too long to be told by OCSP."""
    return tuple(
        Finding(Rule.SLOW, f"ocsp/{code}", {"milliseconds": milliseconds(delay)})
        for code, delay in longest.items()
        if delay > SHOWN_WITHIN
    )


def of_heartbeats(seen: Mapping[str, datetime | None], at: datetime) -> tuple[Finding, ...]:
    """Processes that have not said for a while that they work; None: never."""
    return tuple(
        Finding(Rule.SILENT, process, _written("since", last))
        for process, last in seen.items()
        if last is None or at - last > HEARTBEAT
    )


def of_queue(set_aside: int, oldest: datetime | None, at: datetime) -> tuple[Finding, ...]:
    """What an operator must look at in the queue of the signer.

    `set_aside` counts requests that cannot be signed; `oldest` is since when the oldest urgent one
    waits.
    """
    found = []
    if set_aside:
        found.append(Finding(Rule.SET_ASIDE, "signer", {"count": set_aside}))
    if oldest is not None and at - oldest > SIGNED_WITHIN:
        found.append(Finding(Rule.WAITING, "signer", _written("since", oldest)))
    return tuple(found)


def of_mail_texts(broken: Iterable[tuple[str, str]]) -> tuple[Finding, ...]:
    """E-mails ("orders/mail/taken.fr") whose text, written by staff, failed: the default leaves."""
    return tuple(Finding(Rule.MAIL_TEXT, name, {"fault": fault}) for name, fault in broken)


def of_log(stopped_at: int | None) -> tuple[Finding, ...]:
    """The journal's log stopped at an entry, which is not what was sealed."""
    return () if stopped_at is None else (Finding(Rule.LOG, "log", {"entry": stopped_at}),)


def of_emergencies(lasting: Mapping[str, datetime]) -> tuple[Finding, ...]:
    """Roles that somebody opened alone, while they last: since when, by the emergency."""
    return tuple(
        Finding(Rule.EMERGENCY, subject, _written("since", since))
        for subject, since in lasting.items()
    )


def milliseconds(span: timedelta) -> int:
    """A span in whole milliseconds, never negative: clocks are set back."""
    return max(0, round(span.total_seconds() * 1000))


@dataclass(frozen=True, slots=True)
class Delays:
    """Delays of a period, in milliseconds."""

    count: int
    last: int
    median: int
    worst: int

    @classmethod
    def of(cls, delays: Iterable[int]) -> Self | None:
        """From delays in the order they were measured; None when there is none."""
        every = tuple(delays)
        if not every:
            return None
        return cls(len(every), every[-1], round(median(every)), max(every))


class Verdict(StrEnum):
    """The whole in one word."""

    UNTESTED = "untested"
    FRESH = "fresh"
    WATCHED = "watched"  # still fresh, but an alarm is raised
    STALE = "stale"
    SILENT = "silent"  # last tests too old to tell anything


def verdict(readings: Iterable[Reading], *, alarms: int, at: datetime) -> Verdict:
    """Judge the last reading of every point."""
    every = tuple(readings)
    if not every:
        return Verdict.UNTESTED
    if at - max(reading.at for reading in every) > UNTESTED_AFTER:
        return Verdict.SILENT
    if any(is_stale_by(reading, at) for reading in every):
        return Verdict.STALE
    return Verdict.WATCHED if alarms else Verdict.FRESH


def is_stale_by(reading: Reading, at: datetime) -> bool:
    """Whether a point is stale, be it only since its last reading."""
    ends = reading.content.next_update
    return reading.is_stale or (ends is not None and ends <= at)


def _written(name: str, at: datetime | None) -> Facts:
    return {name: at.isoformat()} if at else {}
