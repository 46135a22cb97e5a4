"""A counter laid out as deploy/ lays it out: each process by its verb, nginx before them."""

import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from tests.kit.stack import free_port

ROOT: Final = Path(__file__).resolve().parents[2]
NGINX: Final = ROOT / "deploy" / "nginx"
GUICHET: Final = Path(sys.executable).parent / "guichet"
PROCESSES: Final = ("serve portal", "serve card", "signer", "publisher", "validation", "worker")
READY_S: Final = 120
STOP_S: Final = 30
MAIN: Final = """
{user}daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log warn;
worker_processes 1;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  include {folder}/*.site;
}}
"""


def plain() -> dict[str, str]:
    """The environment of a program that is none of ours."""
    return {k: v for k, v in os.environ.items() if not k.startswith("GUICHET_")}


def environment(state: Path, database: str) -> dict[str, str]:
    """Of every process; the demo makes people and cards, and the processes are no demo's."""
    ports = {f"GUICHET_{name}": str(free_port()) for name in ("PORT", "CARD_PORT", "PKI_PORT")}
    return plain() | ports | {"GUICHET_STATE": str(state), "GUICHET_DATABASE_URL": database}


@contextmanager
def serving(told: Mapping[str, str], folder: Path) -> Iterator[str]:
    """The processes and nginx, for the length of the block: the portal's address."""
    state, sockets = Path(told["GUICHET_STATE"]), folder / "sockets"
    values = {**told, "GUICHET_UNIX_SOCKETS": str(sockets), "GUICHET_DEMO": "0"}
    sockets.mkdir(parents=True)
    configure(folder, values, state, sockets)
    with ExitStack() as stack:
        for verb in PROCESSES:
            log = stack.enter_context((folder / f"{verb.replace(' ', '-')}.log").open("wb"))
            process = subprocess.Popen([GUICHET, *verb.split()], env=values, stdout=log, stderr=log)
            stack.callback(end, process)
        nginx = ["/usr/sbin/nginx", "-c", folder / "nginx.conf", "-e", "stderr"]
        stack.callback(end, subprocess.Popen(nginx))
        address = f"https://localhost:{values['GUICHET_PORT']}"
        wait_for(address, state / "demo" / "trust" / "racine.pem")
        yield address


def wait_for(address: str, roots: Path) -> None:
    """Until the portal says that everything works: nobody is let in before."""
    context = ssl.create_default_context(cafile=str(roots))
    deadline = time.monotonic() + READY_S
    while True:
        try:
            with urllib.request.urlopen(f"{address}/readyz", context=context, timeout=5):  # noqa: S310 ours
                return
        except OSError:
            assert time.monotonic() < deadline, "the counter does not come up"
            time.sleep(0.5)


def configure(folder: Path, values: Mapping[str, str], state: Path, sockets: Path) -> None:
    """The shipped files of nginx, as envsubst fills them."""
    filled = {
        "HOST": "localhost",
        "PORT": values["GUICHET_PORT"],
        "HTTP_PORT": str(free_port()),
        "CARD_PORT": values["GUICHET_CARD_PORT"],
        "SOCKETS": str(sockets),
        "STATIC": str(state / "static"),
        "PAGES": str(NGINX / "pages"),
        "TLS": str(state / "tls"),
    }
    for name in ("guichet.conf", "guichet-portal.conf"):
        site = (NGINX / name).read_text()
        for key, value in filled.items():
            site = site.replace("${" + key + "}", value)
        (folder / f"{name}.site").write_text(site)
    user = "user root; " if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))


def end(process: "subprocess.Popen[bytes]") -> None:
    """As systemd stops it."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
