"""P2: the rate of issuance as certificates are held already, and how its statements find rows.

`GUICHET_BENCH_HELD` is the greatest number held, `GUICHET_BENCH_ISSUED` how many are issued.
"""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

from benchmarks import apart, csrs, databases
from benchmarks.result import Result

SIZES: Final = (0, 1_000, 100_000, 1_000_000)
ALGORITHM: Final = "rsa-2048"
ISSUED: Final = 2_500
BACKLOG: Final = 20_000
TAKINGS: Final = 10


def measure() -> Iterator[Result]:
    """Both databases, the server on a core of its own."""
    cores = os.sched_getaffinity(0)
    with databases.every() as every:
        for database in every:
            database.pin(cores - {min(cores)} or cores)
            with database.fresh() as url:
                told = [database.name, str(database.server or 0)]
                yield from apart.results("benchmarks.stock", told, url)


def _grow(arguments: Sequence[str]) -> Iterator[Result]:
    """Usage: python -m benchmarks.stock DATABASE SERVER."""
    from benchmarks import issuer, signing
    from benchmarks.copies import Copies
    from guichet.authority import signer

    name, server = arguments
    how = signing.How(name, ALGORITHM, "p-256", 1, int(server) or None)
    most = issuer.count_of("GUICHET_BENCH_HELD", SIZES[-1])
    wanted = signing.wanted_each(issuer.count_of("GUICHET_BENCH_ISSUED", ISSUED))
    issuer.make(ALGORITHM)
    copies, first, requests = None, None, csrs.several("p-256", 10**6)
    for size in (size for size in SIZES if size <= most):
        if size:
            copies = copies or Copies()
            copies.hold(size)
        issuer.ask([next(requests) for _ in range(signing.needed(wanted))], f"with-{size}")
        rate, *_ = signing.results(how, wanted)
        first = first or rate
        ratio = (first.value / (first.reference or 1)) * (rate.reference or 1)
        what = f"durable issuance, {size:,} certificates held ÷ none, {how.words}"
        yield Result("P2", what, rate.value, ratio, "/s")
    if copies is not None:
        yield _taken(copies, f"{size:,} certificates held, {name}")
    requests = [next(requests) for _ in range(signer.BATCH)]
    yield _found(f"{size:,} certificates held, {name}", requests)


def _taken(copies: Any, words: str) -> Result:
    """What a batch costs to take when a lot waits, and when nothing else does."""
    from benchmarks import signing

    taken = []
    for waiting in (BACKLOG, signing.BATCH):
        with copies.waiting(waiting):
            taken.append(min(_taking() for _ in range(TAKINGS)))
    many, few = taken
    return Result("P2", f"take a batch, {BACKLOG:,} waiting ÷ no more, {words}", many, few, "ms")


def _taking() -> float:
    from benchmarks import issuer, signing
    from guichet.authority import queue
    from guichet.authority.models import SigningRequest

    started = time.perf_counter()
    ids = queue.take(by="bench", limit=signing.BATCH, at=issuer.now())
    taken = 1000 * (time.perf_counter() - started)
    assert len(ids) == signing.BATCH
    SigningRequest.objects.filter(pk__in=ids).update(lease_until=None, leased_by="", attempts=0)
    return taken


def _found(words: str, requests: list[bytes]) -> Result:
    """Statements of the signer's and the portal's work that read the whole of a large table."""
    from benchmarks import issuer
    from benchmarks.statements import Explained
    from guichet.authority import crls, queue
    from guichet.processes.signer import open_signing_keystore

    explained = Explained()
    with explained.watching():
        issuer.ask(requests, "explained")
        queue.waiting()
        queue.all_set_aside()
        queue.count_set_aside()
        crls.issue_due(open_signing_keystore(), issuer.now())
        issued = issuer.signer().run_once(issuer.now())
    assert issued == len(requests), issued
    whole = explained.whole_reads()
    for statement in whole:
        print(f"\n{words}: reads a whole table\n{statement}", file=sys.stderr)
    what = f"statements that read a whole table ÷ all, {words}"
    return Result("P2", what, len(whole), len(explained.plans), "", "0")


if __name__ == "__main__":
    apart.tell(_grow)
