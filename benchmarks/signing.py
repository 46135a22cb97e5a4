"""One measurement of durable issuance, in a process of its own.

Usage: python -m benchmarks.signing DATABASE ALGORITHM KIND THREADS SERVER. ALGORITHM is that of
the authority's key, KIND that of the requests' keys; SERVER is the process of the database, or 0.
One thread runs pinned on the first core; two run anywhere.
"""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from unittest import mock

from benchmarks import apart, csrs, databases
from benchmarks.result import Result

ROUNDS: Final = 5
WARM: Final = 192
BATCH: Final = 512
RAW_S: Final = 0.7
PATIENCE_S: Final = 300
ISSUED: Final = {"rsa-4096": 5_000, "rsa-2048": 7_000}
OTHERWISE: Final = 6_000
GOALS: Final = {"rsa-4096": ("P1", "≥ 0.85"), "rsa-2048": ("P2", "≥ 0.45")}


@dataclass(frozen=True)
class Stamp:
    """When a batch was stored, what had been issued by then, and CPU seconds spent by then."""

    at: float
    issued: int
    own: float
    server: float


@dataclass
class Watch:
    """Notes each batch that was stored, and stops the signer after so many certificates."""

    server: int | None
    stop: threading.Event = field(default_factory=threading.Event)
    stamps: list[Stamp] = field(default_factory=list)
    wanted: int = 0
    issued: int = 0

    def around(self, store: Any) -> Any:
        """The real function, watched."""

        def stored(*arguments: Any, **named: Any) -> int:
            count: int = store(*arguments, **named)
            self.issued += count
            own, server = time.process_time(), databases.cpu_seconds(self.server)
            self.stamps.append(Stamp(time.perf_counter(), self.issued, own, server))
            if self.issued >= self.wanted:
                self.stop.set()
            return count

        return stored

    def steady(self, wanted: int) -> tuple[Stamp, Stamp]:
        """From the first batch stored to the one that ended the round: others are signed beside.

        What follows is the signer's end, when nothing is left to sign while the last is stored.
        """
        return self.stamps[0], next(one for one in self.stamps if one.issued >= wanted)


@dataclass(frozen=True)
class Round:
    """Certificates a second between raw signatures; CPU seconds for each certificate."""

    rate: float
    raw: "Signatures"
    own: float
    server: float

    @property
    def ratio(self) -> float:
        """Of the raw rate."""
        return self.rate / self.raw.rate


@dataclass(frozen=True)
class Signatures:
    """Raw signatures a second, and the CPU seconds of each."""

    rate: float
    cpu: float

    def and_after(self, after: "Signatures") -> "Signatures":
        """The middle of two measurements, before and after another."""
        return Signatures((self.rate + after.rate) / 2, (self.cpu + after.cpu) / 2)


def rounds(signer: Any, watch: Watch, wanted: int, raw: "Raw") -> list[Round]:
    """Run the signer's own loop over what waits, again and again, with raw signatures between."""
    from guichet.authority import intents

    found = []
    with mock.patch.object(intents, "store", watch.around(intents.store)):
        before = raw.measure()
        for _ in range(ROUNDS):
            watch.stamps, watch.issued, watch.wanted = [], 0, wanted
            watch.stop.clear()
            patience = threading.Timer(PATIENCE_S, watch.stop.set)
            patience.start()
            signer.run(watch.stop)
            patience.cancel()
            if watch.issued < wanted:
                raise TimeoutError(f"{watch.issued} of {wanted} issued in {PATIENCE_S} s")
            after = raw.measure()
            first, last = watch.steady(wanted)
            issued = last.issued - first.issued
            found.append(
                Round(
                    rate=issued / (last.at - first.at),
                    raw=before.and_after(after),
                    own=(last.own - first.own) / issued,
                    server=(last.server - first.server) / issued,
                )
            )
            before = after
    return found


@dataclass(frozen=True)
class Raw:
    """Nothing but signatures by the same key over octets of the same size."""

    key: Any
    size: int
    threads: int

    def measure(self) -> Signatures:
        """For RAW_S, all threads together."""
        counts: list[int] = []
        workers = [threading.Thread(target=self._sign, args=(counts,)) for _ in range(self.threads)]
        started, spent = time.perf_counter(), time.process_time()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        seconds, spent = time.perf_counter() - started, time.process_time() - spent
        return Signatures(sum(counts) / seconds, spent / sum(counts))

    def _sign(self, counts: list[int]) -> None:
        octets, count, until = bytes(self.size), 0, time.perf_counter() + RAW_S
        while time.perf_counter() < until:
            self.key.sign(octets)
            count += 1
        counts.append(count)


def measure(arguments: Sequence[str]) -> Iterator[Result]:
    """The ratio, then what CPU each certificate took of the signer and of the database's server."""
    from benchmarks import issuer

    database, algorithm, kind, threads, server = arguments
    issued = issuer.count_of("GUICHET_BENCH_ISSUED", ISSUED.get(algorithm, OTHERWISE))
    wanted = wanted_each(issued)
    issuer.make(algorithm)
    issuer.ask(list(csrs.several(kind, needed(wanted))))
    how = How(database, algorithm, kind, int(threads), int(server) or None)
    yield from results(how, wanted)


def wanted_each(issued: int) -> int:
    """Certificates of a round, when so many are to be issued in all."""
    return max(issued // ROUNDS, 2 * BATCH)


def needed(wanted: int) -> int:
    """Requests that must wait for rounds of so many: the last batches go past what is wanted."""
    return WARM + ROUNDS * (wanted + 2 * BATCH)


@dataclass(frozen=True)
class How:
    """What is measured, in words and numbers."""

    database: str
    algorithm: str
    kind: str
    threads: int
    server: int | None

    @property
    def words(self) -> str:
        """As a line of the results begins."""
        where = "one core" if self.threads == 1 else f"{self.threads} threads, all cores"
        how = ", without AVX-512 IFMA" if "OPENSSL_ia32cap" in os.environ else ""
        return f"{self.algorithm} CA, {self.kind} requests, {self.database}, {where}{how}"


def results(how: How, wanted: int) -> Iterator[Result]:
    """Run what waits on the authority that was made, as `how` says."""
    from benchmarks import issuer
    from guichet.authority.models import SigningRequest
    from guichet.processes.hardening import harden

    harden()
    if how.threads == 1:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    signer, watch = issuer.signer(how.threads), Watch(how.server)
    while watch.issued < WARM:
        watch.issued += signer.run_once(issuer.now())
    done = SigningRequest.objects.exclude(tbs=b"").first()
    assert done is not None
    raw = Raw(issuer.key(), len(bytes(done.tbs)), how.threads)
    found = sorted(rounds(signer, watch, wanted, raw), key=lambda one: one.ratio)
    middle = found[len(found) // 2]
    identifier, goal = GOALS.get(how.algorithm, ("P2", ""))
    least = f"ratios {found[0].ratio:.2f} to {found[-1].ratio:.2f}"
    what = f"durable issuance ÷ raw sign, {how.words} ({least})"
    yield Result(identifier, what, middle.rate, middle.raw.rate, "/s", goal)
    for name, seconds in (("the signer", middle.own), ("the server", middle.server)):
        if seconds:
            what = f"CPU of {name} a certificate ÷ a raw signature, {how.words}"
            yield Result(identifier, what, 1e6 * seconds, 1e6 * middle.raw.cpu, "µs")


if __name__ == "__main__":
    apart.tell(measure)
