"""P6, P9: from a revocation asked to what a client of the real processes is told."""

import http.client
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.x509.ocsp import OCSPCertStatus, load_der_ocsp_response
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from benchmarks import peers
from benchmarks.holdings import AUTHORITY, Held, Holdings
from benchmarks.peers import Place
from benchmarks.result import Result
from guichet.authority import operations
from guichet.journal import operations as journal
from guichet.x509.crl import Reason

REVOKED: Final = 11
COMMITS: Final = 20
INCIDENT: Final = 100_000
PATIENCE_S: Final = 600
PAUSE_S: Final = 0.005
SOON: Final = "≤ 2 s"
ACTOR: Final = "operator:bench"


class Client:
    """A relying party that keeps its connection."""

    def __init__(self, holdings: Holdings, port: int) -> None:
        self._holdings = holdings
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def knows(self, held: Held) -> bool:
        """Whether it is told that this certificate is revoked."""
        self._connection.request("POST", "/ocsp", self._holdings.question(held))
        answer = load_der_ocsp_response(self._connection.getresponse().read())
        return answer.certificate_status is OCSPCertStatus.REVOKED

    def learns(self, held: Held) -> None:
        """Ask until it is. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE_S
        while not self.knows(held):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{held.serial:x} is not told to be revoked")
            time.sleep(PAUSE_S)


@contextmanager
def processes(holdings: Holdings) -> Iterator[tuple[Client, Client]]:
    """The signer, the publisher and the responder; clients of it, and of nginx before it."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="guichet-bench-"))
        place = Place(Path(folder))
        for verb in ("signer", "publisher"):
            stack.enter_context(peers.running([peers.guichet(), verb], place, {}))
        ours = stack.enter_context(peers.responder(place))
        served = stack.enter_context(peers.nginx(place, ours.port, {}))
        direct, behind = Client(holdings, ours.port), Client(holdings, served.shipped)
        first, *_ = holdings.some(1)
        _revoke(first)  # everything has started when this one is told, by the signer's lists too
        direct.learns(first)
        _wait_for_list(1)
        yield direct, behind


def measure(holdings: Holdings) -> Iterator[Result]:
    """Revocations one by one, each asked about before it."""
    held = f"{holdings.count:,} held"
    with processes(holdings) as (direct, behind):
        commit = 1000 * _commit_seconds()
        for client, where, goal in ((direct, "", SOON), (behind, " through nginx", "")):
            taken = [_visible(client, found) for found in holdings.some(REVOKED)]
            what = f"revoked → told{where}, {held}, worst {max(taken):,.0f} ÷ a commit"
            yield Result("P6", what, statistics.median(taken), commit, "ms", goal)


def _visible(client: Client, held: Held) -> float:
    assert not client.knows(held)
    started = time.perf_counter()
    _revoke(held)
    client.learns(held)
    return 1000 * (time.perf_counter() - started)


def _revoke(held: Held) -> None:
    operations.revoke(certificate_id=held.id, reason=Reason.SUPERSEDED, by=ACTOR, at=timezone.now())


def _commit_seconds() -> float:
    """One journalled commit: the least a durable change costs here."""
    started = time.perf_counter()
    for number in range(COMMITS):
        with transaction.atomic():
            journal.record("bench", subject=f"bench:{number}", actor="bench", at=timezone.now())
    return (time.perf_counter() - started) / COMMITS


def incident(holdings: Holdings) -> Iterator[Result]:
    """Revoke a great many at once; over when the answers tell the last, and a list tells all."""
    struck = holdings.some(min(INCIDENT, holdings.count // 2))
    what = f"{len(struck):,} revoked of {holdings.count:,}"
    with processes(holdings) as (direct, _behind):
        started = time.perf_counter()
        ids = [held.id for held in struck]
        operations.revoke_many(
            certificate_ids=ids, reason=Reason.KEY_COMPROMISE, by=ACTOR, at=timezone.now()
        )
        yield Result("P9", f"{what}: in the database", time.perf_counter() - started, None, "s")
        for held in struck[:: len(struck) // 100] + struck[-1:]:
            direct.learns(held)
        told = time.perf_counter() - started
        yield Result("P9", f"{what}: in OCSP answers", told, None, "s", "≤ 60 s")
        _wait_for_list(len(struck) - 1)  # one of them may be the first, which a base tells already
        told = time.perf_counter() - started
        yield Result("P9", f"{what}: in a published list", told, None, "s", "≤ 60 s")


def _wait_for_list(entries: int) -> None:
    """A full list or a delta that tells so many."""
    folder: Path = settings.GUICHET.published / "crl"
    deadline = time.monotonic() + PATIENCE_S
    seen: dict[Path, int] = {}
    while time.monotonic() < deadline:
        for file in folder.glob(f"{AUTHORITY}*.crl"):
            if seen.get(file) != (stamp := file.stat().st_mtime_ns):
                seen[file] = stamp
                if len(x509.load_der_x509_crl(file.read_bytes())) >= entries:
                    return
        time.sleep(PAUSE_S)
    raise TimeoutError(f"no list tells of {entries:,} revocations")
