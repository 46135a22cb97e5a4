"""The watchdog's rounds: every point each minute, revocations several times a second."""

import logging
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import randbits
from types import TracebackType
from typing import Final, Self

from django.conf import settings
from django.db import Error as DatabaseFaultError
from django.db import close_old_connections, connection
from django.utils import timezone

from guichet.authority import queries, queue, specimens
from guichet.authority.authority_facts import Authority, crossings
from guichet.domain import freshness
from guichet.domain.alarms import Streaks, settle
from guichet.domain.certificates.authority_states import AuthorityState, Work
from guichet.domain.certificates.urgency import Priority
from guichet.domain.freshness import Finding, Kind, Point, Reading
from guichet.identities import access_queries
from guichet.journal import publishing
from guichet.notifications.wording import in_force
from guichet.validation import alarms, files
from guichet.validation.queries import last_readings
from guichet.validation.watch.fetching import Fetcher
from guichet.validation.watch.points import Duties, points
from guichet.validation.watch.recording import Recorder, prune
from guichet.validation.watch.testing import Seen, Tester, World
from guichet.validation.watch.visibility import Clock, Tracker

logger = logging.getLogger(__name__)
ROUND: Final = timedelta(minutes=1)
CONFIRMED_AFTER: Final = timedelta(seconds=10)
PRUNED_AFTER: Final = timedelta(hours=1)
TICK_SECONDS: Final = 0.5
AT_ONCE: Final = 4
HEARTBEATS: Final = ("signer", "publisher")
NEVER: Final = datetime.fromtimestamp(0, UTC)


class Watch:
    """One watchdog over the settings' public address, published folder and processes."""

    def __init__(self, clock: Clock = timezone.now) -> None:
        environment = settings.GUICHET
        self._published: Path = environment.published
        self._run: Path = environment.state / "run"
        self._log_keys: Path = environment.state / publishing.FOLDER
        self._fetcher = Fetcher(environment.pki_url)
        self._tester = Tester(self._fetcher)
        self._recorder = Recorder()
        self._tracker = Tracker(self._tester, clock)
        self._streaks = Streaks()
        self._world = World({}, {}, frozenset(), self._published)
        self._intervals: Mapping[str, timedelta] = {}
        self._points: tuple[Point, ...] = ()
        self._wrong: frozenset[str] = frozenset()
        self._troubled: frozenset[str] = frozenset()
        self.pause = ROUND
        self._pruned_at = NEVER
        self._is_seeded = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Drop the connections kept open."""
        self._fetcher.__exit__()

    def make_a_round(self, at: datetime) -> tuple[Reading, ...]:
        """Test every point once, store what was read, raise and clear alarms.

        Trouble that is new makes `pause`, the time until the next round, short: to confirm it.
        """
        readings = self.read(at)
        troubled = frozenset(reading.point.name for reading in readings if reading.problem)
        self.pause = ROUND if troubled <= self._troubled else CONFIRMED_AFTER
        self._troubled = troubled
        is_stored = self._recorder.add(readings)
        if is_stored:
            self._settle(self.findings(readings, at), at)
        if is_stored and at - self._pruned_at >= PRUNED_AFTER:
            prune(at)
            self._pruned_at = at
        return readings

    def read(self, at: datetime) -> tuple[Reading, ...]:
        """Test every point once; nothing is stored."""
        self._learn(at)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = pool.map(lambda p: self._tester.read(p, self._world, at), self._points)
            readings = tuple(found)
        wrong = (reading.point for reading in readings if freshness.of_reading(reading))
        self._wrong = frozenset(point.authority for point in wrong if point.kind is Kind.ANSWER)
        return readings

    def findings(self, readings: Sequence[Reading], at: datetime) -> tuple[Finding, ...]:
        """Every rule broken: by a reading, a delay, a process that says nothing, an emergency."""
        of_points = (found for reading in readings for found in freshness.of_reading(reading))
        delays = freshness.of_delays(self._tracker.longest(at))
        silent = freshness.of_heartbeats(self._heartbeats(), at)
        texts = freshness.of_mail_texts(in_force.broken())
        log = freshness.of_log(publishing.stopped_at(self._log_keys))
        alone = freshness.of_emergencies(access_queries.emergencies_lasting(at))
        return (*of_points, *delays, *silent, *texts, *log, *alone, *self._of_queue(at))

    def _of_queue(self, at: datetime) -> tuple[Finding, ...]:
        urgent = [row.oldest for row in queue.waiting() if row.priority <= Priority.INTERACTIVE]
        return freshness.of_queue(queue.count_set_aside(), min(urgent, default=None), at)

    def look(self) -> None:
        """Follow new revocations; call it several times a second."""
        if readings := self._tracker.look(self._world, self._points):
            self._recorder.add(readings)

    def _heartbeats(self) -> Mapping[str, datetime | None]:
        return {name: files.written_at(self._run / f"{name}.heartbeat") for name in HEARTBEATS}

    def _settle(self, findings: Sequence[Finding], at: datetime) -> None:
        settled = settle(self._streaks, findings, alarms.opened())
        self._streaks = settled.streaks
        for finding in settled.to_raise:
            alarms.raise_alarm(finding, at)
        for key in settled.to_clear:
            alarms.clear_alarm(key, at)
        alarms.tell(at)

    def _learn(self, at: datetime) -> None:
        """What there is to watch: from the database, or from the folder while that is away."""
        try:
            self._world = self._world_of_database(at)
            self._intervals = specimens.list_intervals()
            self._seed()
        except DatabaseFaultError:
            logger.warning("the database is away: points are those of the published folder")
            if not self._world.certificates:
                self._world = self._world_of_folder()
        known = {name for name, seen in self._tester.seen.items() if seen.good_at}
        known |= self._tester.freshest()
        duties = self._world.duties or Duties(frozenset(self._world.certificates))
        self._points = points(self._published, duties, self._intervals, known)

    def _world_of_database(self, at: datetime) -> World:
        """Another certificate is asked about in each round, until one is ill told of."""
        rows = queries.authorities()
        found = {row.code: row.certificate_der for row in rows}
        before = self._world
        kept = {code: before.specimens[code] for code in self._wrong & before.issued}
        issued = {**specimens.specimens(at), **kept}
        crossed = crossings() if any(row.crossings for row in rows) else ()
        return World(
            found,
            _asked_about(found, issued),
            frozenset(issued),
            self._published,
            frozenset(one.certificate_der for one in crossed),
            _duties(rows, at),
        )

    def _world_of_folder(self) -> World:
        files = sorted((self._published / "ac").glob("[!.]*.cer"))
        found = {file.stem: file.read_bytes() for file in files}
        crossed = (self._published / "ac").glob("[!.]*.crt")
        return World(
            found,
            _asked_about(found, {}),
            frozenset(),
            self._published,
            frozenset(file.read_bytes() for file in crossed),
        )

    def _seed(self) -> None:
        """Remember what was read before this process began."""
        if self._is_seeded:
            return
        for reading in last_readings():
            seen = self._tester.seen.setdefault(reading.point.name, Seen())
            seen.highest = max(seen.highest, reading.highest)
            seen.good_at = seen.good_at or reading.good_at
        self._is_seeded = True


def run(stop: threading.Event) -> None:
    """Watch until told to stop; no fault ends it, none reaches the caller's thread."""
    due = NEVER
    with Watch() as watch:
        while not stop.is_set():
            close_old_connections()
            now = timezone.now()
            try:
                if now >= due or due - now > ROUND:
                    due = now + ROUND
                    watch.make_a_round(now)
                    due = now + watch.pause
                watch.look()
            except Exception:
                logger.exception("the watchdog's round failed; the next one will be made")
            stop.wait(TICK_SECONDS)
    connection.close()


def _duties(rows: Sequence[Authority], at: datetime) -> Duties:
    destroyed = [row for row in rows if row.state is AuthorityState.DESTROYED]
    ended = [row for row in rows if row.state is AuthorityState.ENDED]
    return Duties(
        codes=frozenset(row.code for row in rows),
        silent=frozenset(row.code for row in rows if not row.permits(Work.DELEGATES)),
        settled=frozenset(row.code for row in destroyed),
        over=frozenset(row.code for row in (*ended, *(d for d in destroyed if d.ends <= at))),
    )


def _asked_about(codes: Mapping[str, bytes], issued: Mapping[str, int]) -> Mapping[str, int]:
    """A serial for each authority; one never issued where there is none: unknown is an answer."""
    return {code: issued.get(code) or randbits(126) + 1 for code in codes}
