"""P1: how long somebody waits for a certificate, from the request to the stored certificate.

`guichet signer` runs as it is, under an RSA-4096 authority. Usage: python -m benchmarks.waiting
DATABASE.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from benchmarks import apart, csrs, peers
from benchmarks.load import percentile
from benchmarks.peers import Place
from benchmarks.result import Result

ORDERS: Final = 100
PAUSES_S: Final = (0.02, 0.4)
LOOK_S: Final = 0.002
PATIENCE_S: Final = 120
LOT: Final = 5_000
MEANWHILE: Final = 20


def measure(arguments: Sequence[str]) -> Iterator[Result]:
    """With nothing else to do, then while a lot is being signed."""
    from benchmarks import issuer
    from guichet.domain.certificates.urgency import Priority

    issuer.make("rsa-4096")
    orders = issuer.count_of("GUICHET_BENCH_ISSUED", ORDERS)
    lot = min(LOT, 10 * orders)
    requests = csrs.several("p-256", lot + 2 * min(orders, ORDERS) + 1)
    with tempfile.TemporaryDirectory(prefix="guichet-bench-") as folder:
        command = [peers.guichet(), "signer"]
        with peers.running(command, Place(Path(folder)), {}):
            _seconds(next(requests))
            alone = [_seconds(next(requests)) for _ in range(min(orders, ORDERS))]
            yield from _told(alone, f"an empty queue, {arguments[0]}")
            issuer.ask([next(requests) for _ in range(lot)], "lot", Priority.BULK)
            beside = [_seconds(next(requests)) for _ in range(min(MEANWHILE, orders))]
            yield from _told(beside, f"a lot of {lot:,} before it, {arguments[0]}")


def _told(found: list[float], words: str) -> Iterator[Result]:
    words = f"of {len(found)}, {words}"
    middle, late = 1000 * statistics.median(found), 1000 * percentile(found, 0.99)
    yield Result("P1", f"request → certificate, median {words}", middle, None, "ms")
    yield Result("P1", f"request → certificate, p99 {words}", late, None, "ms")


def _seconds(csr: bytes) -> float:
    """As a person at the portal: a request, then the certificate; then a pause."""
    from benchmarks import issuer
    from guichet.authority.operations import request_signature
    from guichet.domain.certificates.urgency import Priority

    asked = issuer.asked(csr, f"order:{time.monotonic_ns()}", Priority.INTERACTIVE)
    started = time.perf_counter()
    _wait_for(request_signature(asked=asked, at=issuer.now()))
    taken = time.perf_counter() - started
    time.sleep(random.uniform(*PAUSES_S))  # noqa: S311 a person's haste
    return taken


def _wait_for(request: UUID) -> None:
    from guichet.authority import queries
    from guichet.domain.certificates.states import SigningState

    deadline = time.monotonic() + PATIENCE_S
    while (status := queries.signing_status(request)).state is not SigningState.ISSUED:
        assert time.monotonic() < deadline, status
        time.sleep(LOOK_S)


if __name__ == "__main__":
    apart.tell(measure)
