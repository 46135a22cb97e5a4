"""The processes of the demo under one supervisor (supervisord): restarted when they die."""

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PROCESSES: Final[Mapping[str, str]] = {
    "portal": "serve portal",
    "card": "serve card",
    "bench": "serve bench",
    "signer": "signer",
    "responder": "validation",
    "clerk": "worker",
    "provider": "demo provider",
}
STOP_WAIT_S: Final = 10

_HEAD: Final = """\
[supervisord]
nodaemon=true
silent=true
loglevel=info
logfile={state}/log/supervisor.log
logfile_maxbytes=1MB
logfile_backups=1
pidfile={state}/run/supervisor.pid
childlogdir={state}/log
user={user}
"""
_PROGRAM: Final = """
[program:{name}]
command={executable} {arguments}
autorestart=true
startsecs=2
startretries=10
stopsignal=TERM
stopwaitsecs={stop_wait}
killasgroup=true
redirect_stderr=true
stdout_logfile={state}/log/{name}.log
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=1
"""


def configuration(state: Path) -> str:
    """The text of supervisord.conf; '%' of a path is doubled, as its format wants."""
    values = {
        "state": str(state).replace("%", "%%"),
        "user": pwd.getpwuid(os.getuid()).pw_name,
        "executable": str(Path(sys.executable).parent / "guichet").replace("%", "%%"),
        "stop_wait": STOP_WAIT_S,
    }
    programs = (
        _PROGRAM.format(name=name, arguments=arguments, **values)
        for name, arguments in PROCESSES.items()
    )
    return _HEAD.format(**values) + "".join(programs)


def start(state: Path) -> "subprocess.Popen[bytes]":
    """Write the configuration and start the supervisor."""
    path = state / "run" / "supervisord.conf"
    path.write_text(configuration(state))
    command = [str(Path(sys.executable).parent / "supervisord"), "-c", str(path)]
    return subprocess.Popen(command)  # noqa: S603 our own interpreter's folder


def wait(process: "subprocess.Popen[bytes]") -> int:
    """Wait for the supervisor; Ctrl-C and SIGTERM stop it, and it stops its children."""

    def stop(*_: object) -> None:
        process.terminate()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return process.wait()


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Leave nothing running behind, whatever ended the foreground."""
    if process.poll() is None:
        process.terminate()
        process.wait()
