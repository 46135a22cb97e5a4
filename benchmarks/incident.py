"""P9 on both databases: 100,000 of 200,000 certificates revoked at once, until all are told.

`GUICHET_BENCH_HELD` is the greatest number held.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from benchmarks import apart, databases
from benchmarks.result import Result

HELD: Final = 200_000


def measure() -> Iterator[Result]:
    """The processes and the database's server share all cores."""
    with databases.every() as every:
        for database in every:
            with database.fresh() as url:
                yield from apart.results("benchmarks.incident", [database.name], url)


def _struck(arguments: Sequence[str]) -> Iterator[Result]:
    """Usage: python -m benchmarks.incident DATABASE."""
    from django.utils import timezone

    from benchmarks import visibility
    from benchmarks.holdings import Holdings
    from guichet.validation.publisher import publish_once

    holdings = Holdings()
    holdings.hold(min(HELD, int(os.environ.get("GUICHET_BENCH_HELD") or HELD)))
    publish_once(timezone.now())
    holdings.analyse()
    for result in visibility.incident(holdings):
        yield replace(result, what=f"{result.what}, {arguments[0]}")


if __name__ == "__main__":
    apart.tell(_struck)
