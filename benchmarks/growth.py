"""What the published store costs and gives as an authority holds more certificates."""

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from benchmarks import peers
from benchmarks.holdings import Holdings
from benchmarks.load import Target, Wrk, side_by_side
from benchmarks.ocsp import POOL, answers, cores, posts
from benchmarks.peers import Place
from benchmarks.result import Result
from guichet.validation.publisher import Publisher, exclusive, publish_once

BATCH: Final = 500
MANY: Final = 20_000
LONG_AFTER: Final = timedelta(hours=6)


class Growth:
    """Figures of each size, and what each is to the first size measured."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._first: dict[str, float] = {}

    def to(self, count: int) -> Iterator[Result]:
        """Hold so many and publish them; then how fast they are answered, and at what cost."""
        added = count - self._holdings.count
        self._holdings.hold(count)
        seconds = _seconds(publish_once)
        self._holdings.analyse()
        yield Result("P3", f"sign ahead and publish {added:,} more answers", seconds, None, "s")
        yield self._one(count, "a batch of 500 signed again", 1000 * _seconds(_sign_again), "ms")
        store = sum(file.stat().st_blocks * 512 for file in _published().glob("*.lmdb"))
        yield self._one(count, "disk of the store", store / 1e6, "MB")
        yield from self._answering(count)

    def _answering(self, count: int) -> Iterator[Result]:
        server, load = cores()
        wrk = Wrk(cores=load)
        for size in sorted({POOL, min(MANY, count)}):
            questions = posts(self._holdings, self._holdings.some(size), "sha1")
            with (
                tempfile.TemporaryDirectory(prefix="guichet-bench-") as folder,
                peers.responder(Place(Path(folder), server)) as ours,
            ):
                answers(Target(ours.port, questions))
                (measured,) = side_by_side(wrk, Target(ours.port, questions))
                memory = ours.memory_mb
            what = f"OCSP POST, {size:,} questions, one core"
            yield self._one(count, what, measured.per_second, "/s")
        yield self._one(count, "own memory of a responder", memory, "MB")

    def _one(self, count: int, what: str, value: float, unit: str) -> Result:
        first = self._first.setdefault(what, value)
        is_first = first is value
        reference = None if is_first else first
        compared = "" if is_first else " ÷ with fewer"
        return Result("P3", f"{what}, {count:,} held{compared}", value, reference, unit)


def _published() -> Path:
    folder: Path = settings.GUICHET.published
    return folder


def _seconds(work: Callable[[datetime], object]) -> float:
    started = time.perf_counter()
    work(timezone.now())
    return time.perf_counter() - started


def _sign_again(at: datetime) -> None:
    """As the publisher does in the background, at an hour when everything is due."""
    with exclusive(_published()):
        publisher = Publisher(_published(), settings.GUICHET.state / "responder")
        try:
            assert publisher.sign_again(at + LONG_AFTER, BATCH) == BATCH
        finally:
            publisher.close()
