"""nginx, Apache and HAProxy of Debian, run by a test with a configuration of its own."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

READY_S = 20
AS_ROOT = Path.home() == Path("/root")
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log stderr warn; {user}
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
{body}
}}
"""
APACHE_MODULES = ("mpm_event", "authz_core", "headers", "ssl", "proxy", "proxy_http")
APACHE = """
ServerName localhost
PidFile {folder}/apache.pid
DefaultRuntimeDir {folder}
ErrorLog /dev/stderr
{user}
{modules}
Listen 127.0.0.1:{port}
{body}
"""
HAPROXY = """
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
{body}
"""


def command(
    tool: str, folder: Path, body: str, port: int, modules: tuple[str, ...] = ()
) -> list[str]:
    """How a program is started with this configuration; `port` is one of its own.

    `modules` are those that Apache loads besides the usual ones.
    """
    path = folder / f"{tool}.conf"
    if tool == "nginx":
        user = "user root;" if AS_ROOT else ""
        path.write_text(NGINX.format(folder=folder, body=body, user=user))
        return ["/usr/sbin/nginx", "-c", str(path), "-e", "stderr"]
    if tool == "apache":
        loaded = "\n".join(
            f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"
            for name in (*APACHE_MODULES, *modules)
        )
        user = "User www-data\nGroup www-data" if AS_ROOT else ""
        path.write_text(
            APACHE.format(folder=folder, body=body, user=user, modules=loaded, port=port)
        )
        return ["/usr/sbin/apache2", "-D", "FOREGROUND", "-f", str(path)]
    path.write_text(HAPROXY.format(body=body))
    return ["/usr/sbin/haproxy", "-db", "-f", str(path)]


@contextmanager
def running(
    commands: dict[str, tuple[list[str], int]],
    folder: Path,
    environment: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Programs by name, each with the port that tells it is ready; all started before waiting."""
    logs = {name: folder / f"{name}.log" for name in commands}
    started = []
    for name, (command, _port) in commands.items():
        with logs[name].open("wb") as log:
            started.append(
                subprocess.Popen(
                    command,
                    cwd=folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
    try:
        for name, (_command, port) in commands.items():
            _wait(port, logs[name])
        yield
    finally:
        for process in started:
            with suppress(ProcessLookupError):  # node is started by a wrapper, and ends with it
                os.killpg(process.pid, signal.SIGTERM)
        for process in started:
            process.wait(READY_S)


def _wait(port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        else:
            return
