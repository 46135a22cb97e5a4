"""P1, P2: what each part of an issuance costs, in CPU and in time, per certificate.

The same functions as in the signer's loop, one batch after the other in one thread: nothing
overlaps, so that the times of the parts add up. A part does not count the parts inside it.
"""

import os
import pkgutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from unittest import mock

from benchmarks import apart, csrs, databases
from benchmarks.result import Result

WARM: Final = 192
CERTIFICATES: Final = 2_000
DATABASE: Final = "django.db.backends.base.base.BaseDatabaseWrapper"
# What is measured, and the functions that it is, as those who call them name them; inner parts
# are taken off the parts they run in.
PARTS: Final[Sequence[tuple[str, Sequence[str]]]] = (
    ("take", ["guichet.authority.queue.take"]),
    ("read requests", ["guichet.authority.leased.read", "guichet.authority.issuers.redirect"]),
    ("past of the keys", ["guichet.authority.key_uses.judge_all"]),
    ("shard of the lists", ["guichet.authority.intents.Filling"]),
    ("CSR read again", ["guichet.domain.certificates.csr_policy.read_again"]),
    ("CSR admitted", ["guichet.domain.certificates.csr_policy.admit"]),
    ("plan", ["guichet.authority.intents._plan_all"]),
    ("octets to be signed", ["guichet.x509.certificate.to_be_signed"]),
    ("store the plans", ["guichet.authority.intents._store_plans"]),
    ("template", ["guichet.authority.signing.Rehearsal.require_linted"]),
    ("lint, one in 500", ["guichet.x509.lints.lint_certificate"]),
    ("key at hand", ["guichet.authority.authority_keys.key_of"]),
    ("sign", ["guichet.x509.signatures.BoundKey.signed"]),
    ("verify", ["guichet.authority.signer.require_verified"]),
    ("store the certificates", ["guichet.authority.intents.store"]),
    ("journal", ["guichet.journal.operations.record_many"]),
    ("begin and commit", [f"{DATABASE}._commit", f"{DATABASE}.set_autocommit"]),
)


@dataclass
class Meter:
    """CPU and time of each part, without the parts inside it, in nanoseconds."""

    cpu: Counter[str] = field(default_factory=Counter)
    wall: Counter[str] = field(default_factory=Counter)
    _inside: list[list[int]] = field(default_factory=list)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count what the block takes."""
        self._inside.append([0, 0])
        cpu, wall = time.thread_time_ns(), time.perf_counter_ns()
        try:
            yield
        finally:
            cpu, wall = time.thread_time_ns() - cpu, time.perf_counter_ns() - wall
            inner = self._inside.pop()
            self.cpu[name] += cpu - inner[0]
            self.wall[name] += wall - inner[1]
            if self._inside:
                self._inside[-1][0] += cpu
                self._inside[-1][1] += wall

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, counted."""

        def counted(*arguments: Any, **named: Any) -> Any:
            with self.part(name):
                return function(*arguments, **named)

        return counted

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Every part, for the length of the block."""
        with ExitStack() as stack:
            for name, functions in PARTS:
                for function in functions:
                    counted = self.around(name, pkgutil.resolve_name(function))
                    stack.enter_context(mock.patch(function, counted))
            yield


def measure(arguments: Sequence[str]) -> Iterator[Result]:
    """Usage: python -m benchmarks.costs DATABASE ALGORITHM KIND SERVER."""
    from benchmarks import issuer

    database, algorithm, kind, server = arguments
    count = issuer.count_of("GUICHET_BENCH_ISSUED", CERTIFICATES)
    issuer.make(algorithm)
    issuer.ask(list(csrs.several(kind, WARM + count)))
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    signer, meter = issuer.signer(), Meter()
    for _ in range(WARM // 64):
        signer.run_once(issuer.now())
    issued, spent = 0, databases.cpu_seconds(int(server) or None)
    with meter.watching():
        while issued < count:
            with meter.part("everything else"):
                issued += signer.run_once(issuer.now())
    spent = databases.cpu_seconds(int(server) or None) - spent
    words = f"{algorithm} CA, {kind} requests, {database}"
    identifier = "P1" if algorithm == "rsa-4096" else "P2"
    whole = sum(meter.cpu.values()) / issued / 1000
    for name, cpu in meter.cpu.most_common():
        taken = meter.wall[name] / issued / 1000
        what = f"cost, {words}: {name} ({taken:,.0f} µs of time)"
        yield Result(identifier, what, cpu / issued / 1000, whole, "µs")
    taken = sum(meter.wall.values()) / issued / 1000
    yield Result(identifier, f"cost, {words}: all ({taken:,.0f} µs of time)", whole, None, "µs")
    if spent:
        what = f"cost, {words}: the database's server, beside ÷ all"
        yield Result(identifier, what, 1e6 * spent / issued, whole, "µs")


if __name__ == "__main__":
    apart.tell(measure)
