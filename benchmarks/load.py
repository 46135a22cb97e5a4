"""Load on an HTTP server: as much as it takes (wrk), or a fixed rate whose lateness counts."""

import json
import select
import socket
import statistics
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CONNECTIONS: Final = 32
ROUNDS: Final = 5
HEAD_END: Final = b"\r\n\r\n"
# wrk asks one question by itself; of several, the script hands out one after the other.
ONE: Final = """
wrk.method, wrk.path = "%(method)s", "%(path)s"
if wrk.method == "POST" then
  wrk.body = "%(body)s"
  wrk.headers["Content-Type"] = "application/ocsp-request"
end
"""
MANY: Final = """
local questions, last = {}, 0
for line in io.lines("%(file)s") do
  questions[#questions + 1] = line:gsub("..", function(x) return string.char(tonumber(x, 16)) end)
end
function request()
  last = last %% #questions + 1
  return questions[last]
end
"""
DONE: Final = """
function done(summary, latency)
  local e = summary.errors
  local failed = e.connect + e.read + e.write + e.status + e.timeout
  local told = '\\n{"requests": %d, "us": %d, "bytes": %d, "failed": %d, "p99_us": %d}\\n'
  local s = summary
  io.write(told:format(s.requests, s.duration, s.bytes, failed, latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Question:
    """One HTTP request; a `body` makes it a POST."""

    path: str
    body: bytes = b""

    @property
    def method(self) -> str:
        """POST or GET."""
        return "POST" if self.body else "GET"

    @property
    def raw(self) -> bytes:
        """As sent, by every client of these benchmarks alike."""
        head = f"{self.method} {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        if self.body:
            head += "Content-Type: application/ocsp-request\r\n"
            head += f"Content-Length: {len(self.body)}\r\n"
        return f"{head}\r\n".encode() + self.body


@dataclass(frozen=True)
class Target:
    """A server on this machine and what it is asked, one question after the other."""

    port: int
    questions: Sequence[Question]


@dataclass(frozen=True)
class Measured:
    """What wrk saw in one run."""

    per_second: float
    p99_ms: float
    bytes_each: float


@dataclass(frozen=True)
class Wrk:
    """How wrk runs: for how long, on which cores (none: anywhere)."""

    seconds: int = 1
    threads: int = 1
    cores: str = ""

    def run(self, target: Target) -> Measured:
        """Ask as fast as answers come. Raises AssertionError when anything failed."""
        with tempfile.TemporaryDirectory(prefix="guichet-wrk-") as folder:
            script = Path(folder, "ask.lua")
            script.write_text(_script(target.questions, Path(folder, "questions")) + DONE)
            pinned = ["taskset", "-c", self.cores] if self.cores else []
            size = [f"-t{self.threads}", f"-c{CONNECTIONS}", f"-d{self.seconds}"]
            run = subprocess.run(
                [*pinned, "wrk", *size, "-s", script, f"http://127.0.0.1:{target.port}"],
                check=True,
                capture_output=True,
                text=True,
            )
        told = json.loads(run.stdout.strip().splitlines()[-1])
        assert told["requests"], run.stdout
        assert not told["failed"], run.stdout
        return Measured(
            told["requests"] / told["us"] * 1e6,
            told["p99_us"] / 1000,
            told["bytes"] / told["requests"],
        )


def _script(questions: Sequence[Question], file: Path) -> str:
    if len(questions) == 1:
        (only,) = questions
        body = "".join(f"\\{byte:03}" for byte in only.body)
        return ONE % {"method": only.method, "path": only.path, "body": body}
    file.write_text("".join(f"{question.raw.hex()}\n" for question in questions))
    return MANY % {"file": file}


@dataclass
class _Line:
    """A kept connection and the answer that it is receiving."""

    socket: socket.socket
    due_at: float = 0.0
    received: bytes = b""

    def is_whole(self) -> bool:
        """Read what came; tell whether the answer is all there."""
        self.received += self.socket.recv(65_536)
        head, end, body = self.received.partition(HEAD_END)
        if not end:
            return False
        length = next(
            int(line.partition(b":")[2])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        )
        assert head.startswith(b"HTTP/1.1 200"), head
        return len(body) >= length


def latencies(target: Target, rate: float, seconds: float) -> list[float]:
    """Milliseconds of each answer at `rate` questions a second, from when each was due.

    A question that had to wait for a connection is late from its due time on, so that a server
    that stops is not asked less (coordinated omission).
    """
    lines = [
        _Line(socket.create_connection(("127.0.0.1", target.port))) for _ in range(CONNECTIONS)
    ]
    poll = select.epoll()
    for line in lines:
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll.register(line.socket, select.EPOLLIN)
    try:
        raw = [question.raw for question in target.questions]
        return _at_a_rate(poll, lines, raw, (rate, int(rate * seconds)))
    finally:
        for line in lines:
            line.socket.close()
        poll.close()


def _at_a_rate(
    poll: select.epoll, lines: list[_Line], raw: list[bytes], plan: tuple[float, int]
) -> list[float]:
    rate, count = plan
    by_descriptor = {line.socket.fileno(): line for line in lines}
    idle, taken, sent = deque(lines), list[float](), 0
    start = time.perf_counter()
    while len(taken) < count:
        while sent < count and idle and start + sent / rate <= time.perf_counter():
            line = idle.popleft()
            line.due_at, line.received = start + sent / rate, b""
            line.socket.sendall(raw[sent % len(raw)])
            sent += 1
        for descriptor, _events in poll.poll(0):
            line = by_descriptor[descriptor]
            if line.is_whole():
                taken.append(1000 * (time.perf_counter() - line.due_at))
                idle.append(line)
    return taken


def percentile(values: Iterable[float], share: float) -> float:
    """The value that `share` of the values do not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def side_by_side(wrk: Wrk, *targets: Target) -> list[Measured]:
    """Medians of runs that take turns, so that what else the machine does falls on all alike."""
    rounds = [[wrk.run(target) for target in targets] for _ in range(ROUNDS)]
    return [_medians(runs) for runs in zip(*rounds, strict=True)]


def _medians(runs: Sequence[Measured]) -> Measured:
    return Measured(
        statistics.median(run.per_second for run in runs),
        statistics.median(run.p99_ms for run in runs),
        statistics.median(run.bytes_each for run in runs),
    )
