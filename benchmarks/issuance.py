"""P1, P2: durable issuance by the real signer ÷ raw signatures by the same key; its cost by part.

`GUICHET_BENCH_ISSUED` makes a trial short: certificates for each figure.
"""

import os
from collections.abc import Iterator
from typing import Final

from benchmarks import apart, databases
from benchmarks.databases import Database
from benchmarks.result import Result

ALGORITHMS: Final = ("rsa-4096", "rsa-2048", "p-256", "ml-dsa-65")
KINDS: Final = ("p-256", "rsa-2048")


def measure() -> Iterator[Result]:
    """Each database; the server that it has, if any, on a core of its own or on all of them."""
    cores = os.sched_getaffinity(0)
    with databases.every() as every:
        for database in every:
            database.pin(cores - {min(cores)} or cores)
            for algorithm in ALGORITHMS:
                yield from signed(database, algorithm, "p-256", 1)
            yield from signed(database, "rsa-2048", "rsa-2048", 1)
            yield from _costs(database)
            database.pin(cores)
            for algorithm in ALGORITHMS[:2]:
                yield from signed(database, algorithm, "p-256", 2)
            yield from _late(database)


def signed(database: Database, algorithm: str, kind: str, threads: int) -> Iterator[Result]:
    """The rate of an authority of this algorithm, in a database of its own."""
    with database.fresh() as url:
        server = str(database.server or 0)
        told = [database.name, algorithm, kind, str(threads), server]
        yield from apart.results("benchmarks.signing", told, url)


def _costs(database: Database) -> Iterator[Result]:
    for algorithm, kind in (("rsa-4096", "p-256"), *(("rsa-2048", kind) for kind in KINDS)):
        with database.fresh() as url:
            told = [database.name, algorithm, kind, str(database.server or 0)]
            yield from apart.results("benchmarks.costs", told, url)


def _late(database: Database) -> Iterator[Result]:
    with database.fresh() as url:
        yield from apart.results("benchmarks.waiting", [database.name], url)
