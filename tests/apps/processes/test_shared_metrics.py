"""Two workers of a portal tell Prometheus the same, whichever it asks."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

PROCESS = Path(__file__).with_name("metrics_process.py")
ASKED_AT_MOST = 2000
Ask = Callable[[], dict[str, Any]]


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """Put one question to the portal, whichever of its workers answers."""
    place = tmp_path / "portal.sock"
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "counter_1.db").write_bytes(b"of a portal that was killed")
    process = subprocess.Popen(
        [sys.executable, PROCESS, place, tmp_path / "figures"],
        cwd=PROCESS.parents[2],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )

    def asked() -> dict[str, Any]:
        while True:
            with socket.socket(socket.AF_UNIX) as client:
                try:
                    client.connect(str(place))
                except (FileNotFoundError, ConnectionRefusedError):
                    assert process.poll() is None, process.stderr.read()
                    continue
                client.sendall(b"GET / HTTP/1.0\r\n\r\n")
                answer = b"".join(iter(lambda: client.recv(1 << 16), b""))
                return json.loads(answer.partition(b"\r\n\r\n")[2])

    yield asked
    os.killpg(process.pid, signal.SIGTERM)
    process.communicate()


def figures(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_whoever_answers_tells_what_all_answered(ask: Ask) -> None:
    """Counts are those of both; memory is told of each; one alone counts what both would see."""
    answers = [ask()]
    while len({one["pid"] for one in answers}) < 2:
        assert len(answers) < ASKED_AT_MOST, "one worker answers everything"
        answers.append(ask())
    for count, answer in enumerate(answers, 1):
        told = figures(answer["text"])
        assert list(told["guichet_requests_total"].values()) == [count]
        assert told["guichet_request_seconds_count"] == {("portal",): count}
    workers = {one["pid"] for one in answers}
    assert {(str(pid),) for pid in workers} <= told["process_resident_memory_bytes"].keys()
    assert len({one["pid"] for one in answers if one["teller"]}) == 1
