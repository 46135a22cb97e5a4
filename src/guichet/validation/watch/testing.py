"""Testing one point: fetch it, check it as a relying party would, say what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from guichet.domain.freshness import (
    FETCHING,
    LISTS,
    NOTHING,
    Content,
    Kind,
    Point,
    Problem,
    Reading,
)
from guichet.validation.watch.fetching import Fetched, Fetcher, FetchFailed, address, ocsp_path
from guichet.validation.watch.points import Duties
from guichet.x509 import relying
from guichet.x509.errors import Unreadable
from guichet.x509.relying import ReceivedList

SKEW: Final = timedelta(minutes=5)
"""A clock may be ahead of ours by so much."""
UNKNOWN: Final = "unknown"


@dataclass(slots=True)
class Seen:
    """What is remembered of a point between two tests.

    `etag` and `received` are of the list last verified; `stamp` is of the published file, when
    that was verified for want of downloading a list so large.
    """

    highest: int = 0
    failures: int = 0
    good_at: datetime | None = None
    size: int = 0
    etag: str = ""
    stamp: tuple[int, int] | None = None
    received: ReceivedList | None = None


@dataclass(frozen=True, slots=True)
class World:
    """What is true, for the points to be compared with.

    `certificates`: of every authority, DER; `crossings`: those by other issuers; `specimens`: a
    serial to ask OCSP about, by authority; `issued`: the authorities that did issue it;
    `published`: the publisher's folder; `duties`: what each must serve, None for everything.
    """

    certificates: Mapping[str, bytes]
    specimens: Mapping[str, int]
    issued: frozenset[str]
    published: Path
    crossings: frozenset[bytes] = frozenset()
    duties: Duties | None = None


@dataclass(slots=True)
class Tester:
    """Tests points one by one; two tests of one point are never made at once."""

    fetcher: Fetcher
    seen: dict[str, Seen] = field(default_factory=dict)

    def read(self, point: Point, world: World, at: datetime, *, counts: bool = True) -> Reading:
        """Fetch and check; whatever is wrong is in the reading.

        `counts`: whether a fetch that fails is one of those counted, of which rounds make one each.
        """
        seen = self.seen.setdefault(point.name, Seen())
        content, fetch_ms = NOTHING, 0
        try:
            fetched = self._fetch(point, seen, world)
            fetch_ms, seen.size = fetched.fetch_ms, fetched.size or seen.size
            content = _content(point, fetched, seen, world, at)
            problem = _judge(content, seen, at)
        except FetchFailed as failed:
            problem, fetch_ms = failed.problem, failed.fetch_ms
        except Unreadable as error:
            problem = Problem(error.reason)
        if problem not in FETCHING:
            seen.failures = 0
        elif counts:
            seen.failures += 1
        if problem is None:
            seen.good_at, seen.highest = at, max(seen.highest, content.number or 0)
        return Reading(
            point=point,
            at=at,
            problem=problem,
            content=content,
            size=seen.size,
            fetch_ms=fetch_ms,
            failures=seen.failures,
            highest=seen.highest,
            good_at=seen.good_at,
        )

    def holds(self, name: str, serial: int) -> bool:
        """Whether the list last read at a point tells of this certificate."""
        seen = self.seen.get(name)
        return bool(seen and seen.received and seen.received.holds(serial))

    def freshest(self) -> frozenset[str]:
        """The names of the delta lists that the lists last read send to."""
        lists = (seen.received for seen in self.seen.values() if seen.received)
        named = (found.heading.freshest for found in lists if found.heading.freshest)
        return frozenset(urlsplit(url).path.lstrip("/") for url in named)

    def number(self, name: str) -> int | None:
        """The number of the list last read at a point."""
        seen = self.seen.get(name)
        return seen.received.heading.number if seen and seen.received else None

    def _fetch(self, point: Point, seen: Seen, world: World) -> Fetched:
        if point.kind is Kind.ANSWER:
            code = point.authority
            request = relying.ask(world.specimens[code], world.certificates[code])
            return self.fetcher.get(ocsp_path(request))
        return self.fetcher.get(address(point.name), seen.etag if point.kind in LISTS else "")


def _content(point: Point, fetched: Fetched, seen: Seen, world: World, at: datetime) -> Content:
    """What a point says of itself, once believed. Raises Unreadable."""
    if point.kind in LISTS:
        return _list(point, fetched, seen, world)
    body = fetched.body or b""
    if point.kind is Kind.ANSWER:
        return _answer(point.authority, body, world, at)
    if point.kind is Kind.CHAIN:
        every = frozenset(world.certificates.values()) | world.crossings
        is_right = relying.read_chain(body) == every
    else:
        is_right = body == world.certificates[point.authority]
    if not is_right:
        raise Unreadable(relying.FOREIGN)
    return NOTHING


def _list(point: Point, fetched: Fetched, seen: Seen, world: World) -> Content:
    if not fetched.is_same:
        _receive(point, fetched, seen, world)
    found = seen.received
    if found is None:
        raise Unreadable(relying.UNREADABLE)
    heading = found.heading
    return Content(
        this_update=heading.this_update, next_update=heading.next_update, number=heading.number
    )


def _receive(point: Point, fetched: Fetched, seen: Seen, world: World) -> None:
    """Verify a list that changed: what came, or the published file when that is too large."""
    body, stamp = fetched.body, None
    if body is None:
        body, stamp = _published(world.published / point.name, fetched.size, seen)
        if body is None:
            return
    seen.etag, seen.received, seen.stamp = "", None, None
    received = ReceivedList(body, world.certificates[point.authority])
    heading = received.heading
    if heading.is_delta != (point.kind is Kind.DELTA) or not _is_for(point, heading.point):
        raise Unreadable(relying.FOREIGN)
    seen.received = received
    seen.etag, seen.stamp = fetched.etag, stamp


def _is_for(point: Point, scope: str | None) -> bool:
    """Whether a list of this scope belongs at a point (RFC 5280 5.2.5)."""
    # A delta is restricted as its base is, by the address of the base.
    return scope is None or scope.endswith(f"/{point.name.replace('-delta.crl', '.crl')}")


def _published(file: Path, size: int, seen: Seen) -> tuple[bytes | None, tuple[int, int]]:
    """The published file, unless it was verified already; it must be as long as what is served."""
    try:
        found = file.stat()
        stamp = (found.st_ino, found.st_mtime_ns)
        if found.st_size != size:
            raise Unreadable(relying.FOREIGN)
        return (None if stamp == seen.stamp else file.read_bytes()), stamp
    except OSError as error:
        raise Unreadable(relying.FOREIGN) from error


def _answer(code: str, body: bytes, world: World, at: datetime) -> Content:
    found = relying.read_answer(body, world.certificates[code], world.specimens[code], at)
    if found.status == UNKNOWN and code in world.issued:
        raise Unreadable(Problem.UNKNOWN.value)
    begins, ends = found.delegate or (None, None)
    return Content(
        this_update=found.this_update, next_update=found.next_update, begins=begins, ends=ends
    )


def _judge(content: Content, seen: Seen, at: datetime) -> Problem | None:
    if content.next_update is not None and content.next_update <= at:
        return Problem.OVER
    if content.this_update is not None and content.this_update > at + SKEW:
        return Problem.EARLY
    if content.number is not None and content.number < seen.highest:
        return Problem.WENT_BACK
    return None
