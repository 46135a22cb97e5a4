"""The delay from a revocation to the moment relying parties can see it, measured from outside."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import Error as DatabaseFaultError

from guichet.authority import specimens
from guichet.authority.specimens import RevokedSerial
from guichet.domain.freshness import LISTS, Kind, Point, Reading, milliseconds
from guichet.validation.models import Visibility
from guichet.validation.watch.fetching import FetchFailed, ocsp_path
from guichet.validation.watch.testing import Tester, World
from guichet.x509 import relying
from guichet.x509.certificate import serial_hex
from guichet.x509.errors import Unreadable

AT_ONCE: Final = 10
"""Revocations followed at a time: of many, a sample tells enough."""
MEMORY: Final = timedelta(minutes=10)
GIVEN_UP: Final = timedelta(days=1)
SOON: Final = timedelta(seconds=10)
ASKED_EVERY: Final = timedelta(seconds=5)
SEARCHED_EVERY: Final = timedelta(seconds=1)
REVOKED: Final = "revoked"

Clock = Callable[[], datetime]


@dataclass(slots=True)
class Followed:
    """A revocation on its way: what is not measured yet is None."""

    authority: str
    serial: int
    revoked_at: datetime
    answer_ms: int | None = None
    list_ms: int | None = None
    asked_at: datetime | None = None
    searched: set[tuple[str, int | None]] = field(default_factory=set)

    def is_to_be_asked(self, at: datetime) -> bool:
        """Often at first, then seldom: an answer that is late is not helped by questions."""
        if self.answer_ms is not None:
            return False
        is_new = at - self.revoked_at < SOON
        return is_new or self.asked_at is None or at - self.asked_at >= ASKED_EVERY

    @property
    def is_over(self) -> bool:
        """Whether both are measured."""
        return self.answer_ms is not None and self.list_ms is not None


class Tracker:
    """Follows new revocations until OCSP and a list tell them; call `look` several times a second.

    What was revoked before its first look is not followed: nobody was looking.
    """

    def __init__(self, tester: Tester, clock: Clock) -> None:
        self._tester, self._clock = tester, clock
        self._counts: Mapping[str, int] | None = None
        self._followed: dict[int, Followed] = {}
        self._unsaved: dict[int, Followed] = {}
        self._measured: deque[tuple[datetime, str, timedelta]] = deque(maxlen=1000)
        self._searched_at: datetime | None = None

    def look(self, world: World, points: Sequence[Point]) -> tuple[Reading, ...]:
        """Learn of new revocations, ask OCSP and lists for those followed.

        Returns the readings of the lists that were fetched on the way.
        """
        self._learn()
        for found in list(self._followed.values()):
            is_due = found.authority in world.certificates and found.is_to_be_asked(self._clock())
            if is_due and not self._ask(found, world):
                break
        readings = tuple(self._search(world, points))
        self._save()
        return readings

    def longest(self, at: datetime) -> Mapping[str, timedelta]:
        """The longest delay of each authority lately, of those still waited for too."""
        found: dict[str, timedelta] = {}
        waited = [
            (f.authority, at - f.revoked_at) for f in self._followed.values() if f.answer_ms is None
        ]
        recent = [(code, delay) for when, code, delay in self._measured if at - when < MEMORY]
        for code, delay in (*waited, *recent):
            found[code] = max(delay, found.get(code, delay))
        return found

    def _learn(self) -> None:
        try:
            counts = specimens.revocation_counts()
            before = counts if self._counts is None else self._counts
            for code, count in counts.items():
                if room := min(count - before.get(code, 0), AT_ONCE - len(self._followed)):
                    self._follow(specimens.last_revoked(code, max(0, room)))
        except DatabaseFaultError:
            return
        self._counts = counts

    def _follow(self, revoked: Sequence[RevokedSerial]) -> None:
        for one in revoked:
            if one.serial not in self._followed:
                found = Followed(one.authority, one.serial, one.at)
                self._followed[one.serial] = self._unsaved[one.serial] = found

    def _ask(self, found: Followed, world: World) -> bool:
        """Ask OCSP; False when nobody answers, so that no other time-out is waited for."""
        issuer = world.certificates[found.authority]
        found.asked_at = self._clock()
        # An answer kept by a cache would tell of the cache, not of the publication.
        fresh = str(round(found.asked_at.timestamp() * 1000))
        try:
            path = ocsp_path(relying.ask(found.serial, issuer), fresh=fresh)
            body = self._tester.fetcher.get(path).body or b""
            now = self._clock()
            answer = relying.read_answer(body, issuer, found.serial, now)
        except FetchFailed:
            return False
        except Unreadable:
            return True
        if answer.status == REVOKED:
            found.answer_ms = milliseconds(now - found.revoked_at)
            self._measured.append((now, found.authority, now - found.revoked_at))
            self._unsaved[found.serial] = found
        return True

    def _search(self, world: World, points: Sequence[Point]) -> Iterator[Reading]:
        """Fetch the lists of the authorities that have something to tell, once a second."""
        at = self._clock()
        waiting = [found for found in self._followed.values() if found.list_ms is None]
        is_new = any(at - found.revoked_at < SOON for found in waiting)
        pause = SEARCHED_EVERY if is_new else ASKED_EVERY
        if not waiting or (self._searched_at and at - self._searched_at < pause):
            return
        self._searched_at = at
        codes = {found.authority for found in waiting}
        for point in sorted(points, key=lambda point: point.kind is not Kind.DELTA):
            if point.kind in LISTS and point.authority in codes:
                before = self._tester.number(point.name)
                reading = self._tester.read(point, world, at, counts=False)
                if reading.problem is None and reading.content.number != before:
                    yield reading
                self._found(point, waiting)

    def _found(self, point: Point, waiting: Sequence[Followed]) -> None:
        now, read = self._clock(), (point.name, self._tester.number(point.name))
        for found in waiting:
            if found.authority != point.authority or read in found.searched:
                continue
            found.searched.add(read)
            if found.list_ms is None and self._tester.holds(point.name, found.serial):
                found.list_ms = milliseconds(now - found.revoked_at)
                self._unsaved[found.serial] = found

    def _save(self) -> None:
        at = self._clock()
        for serial, found in list(self._unsaved.items()):
            try:
                Visibility.objects.update_or_create(
                    serial_hex=serial_hex(serial),
                    defaults={
                        "authority": found.authority,
                        "revoked_at": found.revoked_at,
                        "answer_ms": found.answer_ms,
                        "list_ms": found.list_ms,
                    },
                )
            except DatabaseFaultError:
                return
            del self._unsaved[serial]
        for serial, found in list(self._followed.items()):
            if found.is_over or at - found.revoked_at > GIVEN_UP:
                del self._followed[serial]
