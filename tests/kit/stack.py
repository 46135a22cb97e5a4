"""The real product for tests: kit/demo on free ports in a throw-away folder."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit import tables

DEMO = (sys.executable, "-P", str(Path(__file__).with_name("demo.py")))
FIRST_START_S = 240
STOP_S = 90
PROVIDER_PORTS = ("OIDC_PORT", "FRANCECONNECT_PORT", "PROCONNECT_PORT")
SERVED_PORTS = ("PORT", "CARD_PORT", "PKI_PORT", "BENCH_PORT", *PROVIDER_PORTS)
VALIDATION_PORTS = ("ACME_HTTP_PORT", "ACME_TLS_PORT")  # of who proves a name, nobody's of ours
PORTS = (*SERVED_PORTS, *VALIDATION_PORTS)


@dataclass(frozen=True)
class Stack:
    """A running product: its environment, addresses and demo identities."""

    env: dict[str, str]
    state: Path
    process: "subprocess.Popen[bytes]"

    def url(self, port: str) -> str:
        scheme = "http" if port in {"PKI_PORT", *PROVIDER_PORTS} else "https"
        host = "127.0.0.1" if port == "PKI_PORT" else "localhost"
        return f"{scheme}://{host}:{self.env['GUICHET_' + port]}"

    @property
    def portal_url(self) -> str:
        return self.url("PORT")

    @property
    def card_url(self) -> str:
        return self.url("CARD_PORT")

    @property
    def bench_url(self) -> str:
        return self.url("BENCH_PORT")

    @property
    def pki_url(self) -> str:
        return self.url("PKI_PORT")

    @property
    def root(self) -> Path:
        return self.state / "demo" / "trust" / "racine.pem"

    def people(self) -> dict[str, dict[str, Any]]:
        found = json.loads((self.state / "demo" / "identities.json").read_text())
        return {person["file"]: person for person in found["people"]}

    def guichet(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).parent / "guichet", *arguments],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


RUNNING: list[Stack] = []


def give_tables(state: Path) -> None:
    """Those that a test of this run has made already, so that they are not made again."""
    tables.copy_to(state / "guichet.db")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(state: Path) -> dict[str, str]:
    """Inherited variables less any GUICHET_ one, plus a state folder and free ports.

    Names are asked of a DNS server of this machine, if a test starts one.
    """
    values = {k: v for k, v in os.environ.items() if not k.startswith("GUICHET_")}
    values |= {f"GUICHET_{name}": str(free_port()) for name in PORTS}
    values["GUICHET_DNS_RESOLVER"] = f"127.0.0.1:{free_port()}"
    return values | {"GUICHET_STATE": str(state)}


def is_ready(stack: Stack) -> bool:
    try:
        context = ssl.create_default_context(cafile=str(stack.root))
        with urllib.request.urlopen(  # noqa: S310 loopback, https
            stack.portal_url + "/readyz", context=context, timeout=2
        ) as answer:
            return bool(answer.status == 200)
    except (OSError, ssl.SSLError):
        return False


def start(values: dict[str, str], log: Path, command: Sequence[str] = DEMO) -> Stack:
    """Start and wait until /readyz says yes; raises AssertionError with the log otherwise."""
    with log.open("ab") as stream:
        process = subprocess.Popen(
            command, env=values, stdout=stream, stderr=stream, start_new_session=True
        )
    stack = Stack(values, Path(values["GUICHET_STATE"]), process)
    deadline = time.monotonic() + FIRST_START_S
    while not is_ready(stack):
        if process.poll() is not None or time.monotonic() > deadline:
            stop(stack)
            raise AssertionError(log.read_text())
        time.sleep(0.2)
    return stack


def stop(stack: Stack) -> int:
    """Ctrl-C, as a person would; the exit status."""
    if stack.process.poll() is None:
        os.killpg(stack.process.pid, signal.SIGINT)
    return stack.process.wait(STOP_S)


def stop_all() -> None:
    """Stop what `running` started and did not stop yet."""
    while RUNNING:
        stop(RUNNING.pop())


@contextmanager
def running(state: Path) -> Iterator[Stack]:
    """A product that runs for the length of the block."""
    give_tables(state)
    stack = start(environment(state), state / "output.log")
    RUNNING.append(stack)
    try:
        yield stack
    finally:
        stop(stack)
