"""How long each page takes: the main ones, with a thousand products, beside the lightest answer.

Each page is read through the whole site by somebody logged in, the pages by turns so that a busy
machine weighs on all alike. Processor time and the time of a clock, of which the middle and the
95th percentile; the reference is the answer that does nothing (/healthz), of the same run. Then the
same pages by the portal's process (`benchmarks.served`).
"""

import logging
import statistics
import time
from collections.abc import Iterator
from typing import Final

import structlog
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import apart, served
from benchmarks.result import Result

TURNS: Final = 40
WARMED: Final = 3
NOTHING: Final = "/healthz"
VISITED: Final = ("/connexion/", "/", "/aide/", "/habilitations/", "/accessibilite/", "/etat/")
USED: Final = (
    *("/", "/produits/suivre/", "/produits/suivre/parc/", "/produits/suivre/echeances/"),
    *("/produits/retirer/", "/produits/revoquer/"),
    *("/produits/cles/", "/connexion/compte/", "/habilitations/", "/automates/"),
    "/produits/suivre/parc/?q=messagerie",
)
Taken = tuple[float, float]


def measure() -> Iterator[Result]:
    """In a process and a database of its own."""
    yield from apart.results("benchmarks.pages")


def _measured(_told: list[str]) -> Iterator[Result]:
    """Processor and clock milliseconds of each page, and its queries."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=quiet)  # a line a request would drown the table
    from benchmarks import inventory  # models: once Django is set up

    somebody = inventory.visitor()
    inventory.fill(1, inventory.FEW)
    inventory.analyse()
    anybody = Client(headers={"host": "127.0.0.1"})
    pages = {NOTHING: (anybody, NOTHING)}
    pages |= {f"{path} (visitor)": (anybody, path) for path in VISITED}
    pages |= {path: (somebody, path) for path in USED}
    found: dict[str, list[Taken]] = {name: [] for name in pages}
    for turn in range(TURNS + WARMED):
        for name, (browser, path) in pages.items():
            taken = read(browser, path)
            if turn >= WARMED:
                found[name].append(taken)
    nothing = statistics.median(cpu for cpu, _clock in found[NOTHING])
    for name, (browser, path) in pages.items():
        yield from told(name, found[name], nothing)
        yield Result("page", f"{name}: queries", queries(browser, path), None, "")
    yield from served.measure(pages, NOTHING, settings.GUICHET.state, TURNS, WARMED)


def read(browser: Client, path: str) -> Taken:
    """Milliseconds of processor and of the clock."""
    cpu, clock = time.process_time(), time.perf_counter()
    answer = browser.get(path, secure=True)
    taken = 1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - clock)
    assert answer.status_code == 200, (path, answer.status_code)
    return taken


def told(name: str, taken: list[Taken], nothing: float) -> Iterator[Result]:
    """The lines of one page."""
    cpus, clocks = (sorted(values) for values in zip(*taken, strict=True))
    middle, late = statistics.median(clocks), clocks[int(0.95 * len(clocks))]
    yield Result("page", f"{name}: processor", statistics.median(cpus), nothing, "ms")
    yield Result("page", f"{name}: clock, p50", middle, None, "ms")
    yield Result("page", f"{name}: clock, p95", late, None, "ms")


def queries(browser: Client, path: str) -> int:
    """How often the database is asked."""
    with CaptureQueriesContext(connection) as captured:
        browser.get(path, secure=True)
    return len(captured)


if __name__ == "__main__":
    apart.tell(_measured)
