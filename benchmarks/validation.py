"""P3, P4, P6, P9: the validation authority, in a process and a state folder of its own.

`GUICHET_BENCH_HELD` is the greatest number of certificates held, 1,000,000 when it is not given.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from benchmarks import apart
from benchmarks.result import Result

DATABASE: Final = "guichet_validation"
SIZES: Final = (1_000, 100_000, 1_000_000)


def measure() -> Iterator[Result]:
    """Each result as soon as the process tells it."""
    database = _own_database(os.environ.get("GUICHET_DATABASE_URL", ""))
    yield from apart.results("benchmarks.validation", database=database)


def _own_database(url: str) -> str:
    """A new database beside this one, on PostgreSQL; otherwise SQLite in the state folder."""
    if not url.startswith("postgresql:"):
        return ""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    return urlsplit(url)._replace(path=f"/{DATABASE}").geturl()


def _results(_: Sequence[str]) -> Iterator[Result]:
    """In the process of its own."""
    from benchmarks import ocsp, visibility
    from benchmarks.growth import Growth
    from benchmarks.holdings import Holdings

    most = int(os.environ.get("GUICHET_BENCH_HELD") or SIZES[-1])
    holdings = Holdings()
    growth = Growth(holdings)
    for size in SIZES:
        if size <= most:
            yield from growth.to(size)
            if size == SIZES[0]:
                yield from ocsp.measure(holdings, holdings.some(ocsp.POOL))
            yield from visibility.measure(holdings)
    yield from visibility.incident(holdings)


if __name__ == "__main__":
    apart.tell(_results)
