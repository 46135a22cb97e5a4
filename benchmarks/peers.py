"""Programs measured side by side: our responder, cfssl, openssl, nginx; each for a block."""

import base64
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from guichet.validation.lifeline import end_with_parent

READY_S: Final = 60
STOP_S: Final = 20
PAUSE_S: Final = 0.05
MEMORY: Final = Path("/dev/shm")  # noqa: S108 a cache lives in memory
SHIPPED: Final = Path(__file__).resolve().parent.parent / "deploy" / "nginx" / "guichet-pki.conf"
# Files as Debian's own configuration serves them, and as fast as nginx was seen to: descriptors
# kept, head and body in one write.
NGINX: Final = """
{user}daemon off; pid {folder}/nginx.pid; error_log stderr error; worker_processes {workers};
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  include {folder}/guichet-pki.conf;
  root {static}; types {{ }} default_type application/ocsp-response;
  server {{ listen 127.0.0.1:{ports.static}; sendfile on; tcp_nopush on; }}
  server {{
    listen 127.0.0.1:{ports.fastest}; sendfile off;
    open_file_cache max=20000 inactive=60s; open_file_cache_valid 1s;
  }}
}}
"""


@dataclass(frozen=True)
class Place:
    """Where a program runs: its folder for files, its cores (empty: anywhere), how many of it."""

    folder: Path
    cores: str = ""
    processes: int = 1


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str | Path],
    place: Place,
    environment: Mapping[str, str],
    port: int | None = None,
) -> Iterator["subprocess.Popen[bytes]"]:
    """A program for the length of the block, once its port answers; its output goes to a log."""
    pinned = ["taskset", "-c", place.cores] if place.cores else []
    name = "-".join(Path(part).name for part in command[:2])
    end = partial(end_with_parent, os.getpid(), signal.SIGTERM)
    with (place.folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            [*pinned, *command],
            env=os.environ | environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=end,  # noqa: PLW1509 no thread runs here
        )
    try:
        if port is not None:
            _wait(process, port, place.folder / f"{name}.log")
        yield process
    finally:
        _end(process)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text()[-2000:]) from None
            time.sleep(PAUSE_S)
        else:
            return


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def guichet() -> Path:
    """Our command."""
    return Path(sys.executable).parent / "guichet"


@dataclass(frozen=True)
class Responder:
    """Our responder: its port, and the process that its workers descend from."""

    port: int
    pid: int

    @property
    def memory_mb(self) -> float:
        """What its processes hold for themselves; the store, mapped from its file, is not in it."""
        told = subprocess.run(["ps", "-eo", "pid=,ppid="], check=True, capture_output=True)
        pairs = [tuple(map(int, line.split())) for line in told.stdout.splitlines()]
        family = {self.pid}
        family |= {pid for pid, parent in pairs if parent in family}
        kilobytes = 0
        for pid in family:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))
        return kilobytes / 1000


@contextmanager
def responder(place: Place) -> Iterator[Responder]:
    """`guichet validation` on the state folder of this process."""
    port = free_port()
    told = {"GUICHET_PKI_PORT": str(port), "GUICHET_PKI_WORKERS": str(place.processes)}
    with running([guichet(), "validation"], place, told, port) as process:
        yield Responder(port, process.pid)


@contextmanager
def cfssl(place: Place, answers: Sequence[bytes]) -> Iterator[int]:
    """`cfssl ocspserve` with these signed answers; its port."""
    port, file = free_port(), place.folder / "answers.txt"
    file.write_text("".join(f"{base64.b64encode(answer).decode()}\n" for answer in answers))
    command = ["cfssl", "ocspserve", "-responses", file, "-address", "127.0.0.1", "-path", "/ocsp"]
    told = {"GOMAXPROCS": str(place.processes)}
    with running([*command, "-port", str(port), "-loglevel", "5"], place, told, port):
        yield port


@dataclass(frozen=True)
class Signing:
    """What `openssl ocsp` answers with, in PEM files; the index is a file of `openssl ca`."""

    index: Path
    authority: Path
    delegate: Path


@contextmanager
def openssl(place: Place, signing: Signing) -> Iterator[int]:
    """`openssl ocsp` as a responder, which signs when asked; its port."""
    port = free_port()
    files = ["-index", signing.index, "-CA", signing.authority]
    keys = ["-rsigner", signing.delegate, "-rkey", signing.delegate, "-ndays", "1"]
    command = ["openssl", "ocsp", "-port", str(port), *files, *keys]
    # A connection without a question would hold it up for ever: its log tells that it is ready.
    log = place.folder / "openssl-ocsp.log"
    with running(command, place, {}) as process:
        while b"waiting for OCSP client" not in log.read_bytes():
            if process.poll() is not None:
                raise RuntimeError(log.read_text()[-2000:])
            time.sleep(PAUSE_S)
        yield port


@dataclass(frozen=True)
class Served:
    """Ports of one nginx: the shipped configuration, files as usual, files as fast as it can."""

    shipped: int
    static: int
    fastest: int


@contextmanager
def nginx(place: Place, responder_port: int, files: Mapping[str, bytes]) -> Iterator[Served]:
    """Nginx with the configuration we ship, and static files, in the same processes."""
    memory = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="guichet-bench-", dir=memory) as cache:
        ports = _write_nginx(place, Path(cache), responder_port, files)
        command = ["/usr/sbin/nginx", "-c", place.folder / "nginx.conf", "-e", "stderr"]
        with running(command, place, {}, ports.shipped):
            yield ports


def _write_nginx(
    place: Place, cache: Path, responder_port: int, files: Mapping[str, bytes]
) -> Served:
    ports, folder = Served(free_port(), free_port(), free_port()), place.folder
    shutil.rmtree(folder / "static", ignore_errors=True)
    (folder / "static").mkdir()
    for name, content in files.items():
        (folder / "static" / name).write_bytes(content)
    values = {
        "PKI_PORT": f"127.0.0.1:{ports.shipped}",
        "PUBLISHED": str(Path(os.environ["GUICHET_STATE"]) / "published"),
        "CACHE": str(cache),
        "RESPONDERS": f"server 127.0.0.1:{responder_port} fail_timeout=1s;",
    }
    site = SHIPPED.read_text()
    for name, value in values.items():
        site = site.replace("${" + name + "}", value)
    (folder / "guichet-pki.conf").write_text(site)
    main = NGINX.format(
        user="user root; " if os.geteuid() == 0 else "",
        folder=folder,
        workers=place.processes,
        static=folder / "static",
        ports=ports,
    )
    (folder / "nginx.conf").write_text(main)
    return ports
