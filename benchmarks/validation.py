"""P3, P4, P6, P9: the validation authority, in a process and a state folder of its own.

`GUICHET_BENCH_HELD` is the greatest number of certificates held, 1,000,000 when it is not given.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from benchmarks.result import Result
from guichet.validation.lifeline import end_with_parent

DATABASE: Final = "guichet_validation"
SIZES: Final = (1_000, 100_000, 1_000_000)


def measure() -> Iterator[Result]:
    """Each result as soon as the process tells it."""
    with tempfile.TemporaryDirectory(prefix="guichet-bench-") as state:
        database = _own_database(os.environ.get("GUICHET_DATABASE_URL", ""))
        environment = os.environ | {"GUICHET_STATE": state, "GUICHET_DATABASE_URL": database}
        command = [sys.executable, "-m", "benchmarks.validation"]
        end = partial(end_with_parent, os.getpid(), signal.SIGTERM)
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=end,  # noqa: PLW1509 no thread runs here
        )
        assert process.stdout is not None
        with process:
            try:
                for line in process.stdout:
                    yield Result(**json.loads(line))
            except BaseException:
                process.terminate()
                raise
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)


def _own_database(url: str) -> str:
    """A new database beside this one, on PostgreSQL; otherwise SQLite in the state folder."""
    if not url.startswith("postgresql:"):
        return ""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    return urlsplit(url)._replace(path=f"/{DATABASE}").geturl()


def main() -> None:
    """In the process of its own."""
    import django

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and end what was started
    django.setup()
    for result in _results(int(os.environ.get("GUICHET_BENCH_HELD") or SIZES[-1])):
        print(json.dumps(asdict(result)), flush=True)


def _results(most: int) -> Iterator[Result]:
    from benchmarks import ocsp, visibility
    from benchmarks.growth import Growth
    from benchmarks.holdings import Holdings

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
    main()
