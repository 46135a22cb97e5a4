"""P1, P2: durable issuance by the real signer ÷ raw signatures by the same key; its cost by part.

`GUICHET_BENCH_ISSUED` makes a trial short: certificates for each figure.
"""

import os
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Final

from benchmarks import apart, databases
from benchmarks.databases import Database
from benchmarks.result import Result

ALGORITHMS: Final = ("rsa-4096", "rsa-2048", "p-256", "ml-dsa-65")
KINDS: Final = ("p-256", "rsa-2048")
# AVX512_IFMA is bit 21 of EBX of CPUID's leaf 7, in the second word of OPENSSL_ia32cap(3).
IFMA: Final = "avx512ifma"
WITHOUT_IFMA: Final = {"OPENSSL_ia32cap": ":~0x200000"}


def measure() -> Iterator[Result]:
    """Each database; the server that it has, if any, on a core of its own or on all of them."""
    cores = os.sched_getaffinity(0)
    with databases.every() as every:
        for database in every:
            database.pin(cores - {min(cores)} or cores)
            for algorithm in ALGORITHMS:
                yield from signed(database, algorithm, "p-256", 1)
            if has_ifma():
                for algorithm in ALGORITHMS[:2]:
                    yield from signed(database, algorithm, "p-256", 1, **WITHOUT_IFMA)
            for algorithm in ALGORITHMS[:2]:
                yield from signed(database, algorithm, "rsa-2048", 1)
            yield from _costs(database)
            database.pin(cores)
            for algorithm in ALGORITHMS[:2]:
                yield from signed(database, algorithm, "p-256", 2)
            yield from _late(database)


def has_ifma() -> bool:
    """Whether the processor signs by RSA with AVX-512 IFMA, more than twice as fast as without.

    Nothing else of an issuance gains by it: the same work is then a greater part of a signature.
    """
    told = Path("/proc/cpuinfo")
    return told.exists() and IFMA in told.read_text().split()


def signed(
    database: Database, algorithm: str, kind: str, threads: int, **more: str
) -> Iterator[Result]:
    """The rate of an authority of this algorithm, in a database of its own."""
    with database.fresh() as url:
        server = str(database.server or 0)
        told = [database.name, algorithm, kind, str(threads), server]
        yield from apart.results("benchmarks.signing", told, url, **more)


def _costs(database: Database) -> Iterator[Result]:
    for algorithm, kind in product(ALGORITHMS[:2], KINDS):
        with database.fresh() as url:
            told = [database.name, algorithm, kind, str(database.server or 0)]
            yield from apart.results("benchmarks.costs", told, url)


def _late(database: Database) -> Iterator[Result]:
    with database.fresh() as url:
        yield from apart.results("benchmarks.waiting", [database.name], url)
