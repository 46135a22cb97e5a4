"""A mail server for tests: loopback, one thread, answers as told (RFC 5321)."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from kit import loopback


@dataclass
class Answers:
    """What to answer to which recipient, and what was received."""

    recipients: dict[str, str] = field(default_factory=dict)
    greeting: str = "250 test"
    data: str = "250 taken"
    received: list[str] = field(default_factory=list)
    port: int = 0


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    answers: Answers


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self._say("220 test")
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("EHLO"):
                self._say(self.server.answers.greeting)
            elif verb.startswith("RCPT"):
                address = line.partition("<")[2].partition(">")[0]
                self._say(self.server.answers.recipients.get(address, "250 ok"))
            elif verb == "DATA":
                self._read_data()
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _read_data(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline().decode()) not in {".\r\n", ""}:
            lines.append(line)
        if self.server.answers.data.startswith("250"):
            self.server.answers.received.append("".join(lines))
        self._say(self.server.answers.data)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def smtp_server() -> Iterator[Answers]:
    """Serve on a free port of 127.0.0.1 until the block ends."""
    answers = Answers()
    with loopback.running(_Server(("127.0.0.1", 0), _Handler)) as server:
        server.answers = answers
        answers.port = server.server_address[1]
        yield answers
