"""P3, P4: OCSP answers a second and their lateness ÷ cfssl, openssl and nginx, side by side."""

import base64
import http.client
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

from cryptography.x509 import ocsp

from benchmarks import peers
from benchmarks.holdings import HASHES, Held, Holdings
from benchmarks.load import Question, Target, Wrk, latencies, percentile, side_by_side
from benchmarks.peers import Place
from benchmarks.result import Result

POOL: Final = 1_000
OPENSSL_QUESTIONS: Final = 200
LATENCY_S: Final = 2
LATENCY_RUNS: Final = 5
NGINX_RATE: Final = 5_000
OURS: Final = "≥ 1.2"
SHIPPED: Final = "≥ 0.7"
SOON: Final = "≤ 5 ms"


@dataclass(frozen=True)
class How:
    """Where the server runs, what loads it, in words."""

    place: Place
    wrk: Wrk
    words: str


def cores() -> tuple[str, str]:
    """A core for the server and one for the load. Raises AssertionError when there is but one."""
    found = sorted(os.sched_getaffinity(0))
    assert len(found) > 1, "the load needs a core of its own"
    return str(found[0]), str(found[1])


def posts(holdings: Holdings, known: Sequence[Held], algorithm: str) -> list[Question]:
    """A question about each, by POST."""
    return [Question("/ocsp", holdings.question(held, algorithm)) for held in known]


def gets(questions: Sequence[Question]) -> list[Question]:
    """The same in addresses (RFC 6960 A.1)."""
    encoded = (base64.b64encode(question.body).decode() for question in questions)
    return [Question("/ocsp/" + quote(text, safe="")) for text in encoded]


def answers(target: Target) -> list[bytes]:
    """What is answered to each; every one must be a successful answer."""
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=10)
    found = []
    for question in target.questions:
        connection.request(question.method, question.path, question.body or None)
        found.append(connection.getresponse().read())
        status = ocsp.load_der_ocsp_response(found[-1]).response_status
        assert status is ocsp.OCSPResponseStatus.SUCCESSFUL, status
    connection.close()
    return found


def measure(holdings: Holdings, known: Sequence[Held]) -> Iterator[Result]:
    """Every comparison; `known` are certificates whose answers are published."""
    server, load = cores()
    with tempfile.TemporaryDirectory(prefix="guichet-bench-") as folder:
        one = How(Place(Path(folder), server), Wrk(cores=load), "one core")
        two = How(Place(Path(folder), processes=2), Wrk(threads=2), "two processes, load beside")
        by_hash = {algorithm: posts(holdings, known, algorithm) for algorithm in HASHES}
        for algorithm, questions in by_hash.items():
            yield from _against_cfssl({algorithm: questions[:1], f"{algorithm} ": questions}, one)
        questions = by_hash["sha1"]
        yield from _against_cfssl({"sha1": questions}, two)
        yield _get_against_cfssl(questions, one)
        yield _late_against_cfssl(questions, one)
        yield _against_openssl(holdings, known, one.place)
        for how in (one, two):
            yield from _behind_nginx(questions, how)
        yield _late_behind_nginx(questions, one)


def _against_cfssl(pools: dict[str, list[Question]], how: How) -> Iterator[Result]:
    with ExitStack() as stack:
        ours = stack.enter_context(peers.responder(how.place)).port
        longest = max(pools.values(), key=len)
        signed = answers(Target(ours, longest))
        theirs = stack.enter_context(peers.cfssl(how.place, signed))
        answers(Target(theirs, longest))
        for name, pool in pools.items():
            both = side_by_side(how.wrk, Target(ours, pool), Target(theirs, pool))
            assert min(measured.bytes_each for measured in both) > len(signed[0])
            what = f"OCSP POST {name.strip()}{_several(pool)}, {how.words} ÷ cfssl"
            goal = OURS if how.wrk.cores else ""
            yield Result("P3a", what, both[0].per_second, both[1].per_second, "/s", goal)


def _several(pool: Sequence[Question]) -> str:
    return f", {len(pool):,} questions" if len(pool) > 1 else ", one question"


def _get_against_cfssl(questions: list[Question], how: How) -> Result:
    """cfssl as packaged reads no question in an address: its POST is the reference."""
    with ExitStack() as stack:
        ours = Target(stack.enter_context(peers.responder(how.place)).port, gets(questions))
        theirs = stack.enter_context(peers.cfssl(how.place, answers(ours)))
        both = side_by_side(how.wrk, ours, Target(theirs, questions))
    what = f"OCSP GET sha1{_several(questions)}, {how.words} ÷ cfssl POST"
    return Result("P3a", what, both[0].per_second, both[1].per_second, "/s", OURS)


def _late_against_cfssl(questions: list[Question], how: How) -> Result:
    """At half of what our responder bears."""
    with ExitStack() as stack:
        ours = Target(stack.enter_context(peers.responder(how.place)).port, questions)
        port = stack.enter_context(peers.cfssl(how.place, answers(ours)))
        (most,) = side_by_side(how.wrk, ours)
        both = (ours, replace(ours, port=port))
        return _late(both, most.per_second / 2, how, "our responder ÷ cfssl")


def _late(both: tuple[Target, Target], rate: float, how: How, words: str) -> Result:
    """The 99th percentile, from when each answer was due, of two servers at one rate."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(how.wrk.cores)})
    try:
        rounds = [[latencies(t, rate, LATENCY_S) for t in both] for _ in range(LATENCY_RUNS)]
    finally:
        os.sched_setaffinity(0, before)
    ours, theirs = zip(*rounds, strict=True)
    middle = statistics.median(statistics.median(run) for run in ours)
    value, reference = (
        statistics.median(percentile(run, 0.99) for run in runs) for runs in (ours, theirs)
    )
    what = f"p99 at {rate:,.0f}/s (median {middle:.2f} ms): {words}"
    return Result("P4", what, value, reference, "ms", SOON)


def _against_openssl(holdings: Holdings, known: Sequence[Held], place: Place) -> Result:
    """One connection for each answer, which it signs when asked: it knows no other way."""
    questions = posts(holdings, known[:OPENSSL_QUESTIONS], "sha1")
    rates = []
    with (
        peers.openssl(place, holdings.openssl(place.folder, known)) as theirs,
        peers.responder(place) as ours,
    ):
        for port in (ours.port, theirs):
            started = time.perf_counter()
            for question in questions:
                answers(Target(port, [question]))
            rates.append(len(questions) / (time.perf_counter() - started))
    what = "OCSP POST sha1, a connection each, one after the other ÷ openssl"
    return Result("P3", what, rates[0], rates[1], "/s")


def _behind_nginx(questions: list[Question], how: How) -> Iterator[Result]:
    """What our configuration serves ÷ what the same nginx serves of files of the same size."""
    with ExitStack() as stack:
        place = replace(how.place, processes=1)
        ours = Target(stack.enter_context(peers.responder(place)).port, questions)
        files = {f"{number}.ors": body for number, body in enumerate(answers(ours))}
        served = stack.enter_context(peers.nginx(how.place, ours.port, files))
        static = [Question(f"/{name}") for name in files]
        pools = {"POST": questions[:1], "POST ": questions, "GET": gets(questions)}
        for name, pool in pools.items():
            shipped, reference = Target(served.shipped, pool), static[: len(pool)]
            answers(shipped)
            found = side_by_side(
                how.wrk,
                shipped,
                Target(served.static, reference),
                Target(served.fastest, reference),
            )
            assert found[0].bytes_each > len(files["0.ors"])
            value, usual, fastest = (measured.per_second for measured in found)
            what = f"nginx as shipped, {name.strip()}{_several(pool)}, {how.words} ÷ static"
            yield Result("P3b", what, value, usual, "/s", SHIPPED)
            yield Result("P3b", f"{what}, at its fastest", value, fastest, "/s")


def _late_behind_nginx(questions: list[Question], how: How) -> Result:
    with ExitStack() as stack:
        ours = Target(stack.enter_context(peers.responder(how.place)).port, questions)
        answers(ours)
        served = stack.enter_context(peers.nginx(how.place, ours.port, {}))
        both = (replace(ours, port=served.shipped), ours)
        return _late(both, NGINX_RATE, how, "nginx as shipped ÷ our responder")
