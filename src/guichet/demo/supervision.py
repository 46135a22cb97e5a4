"""The processes of the demo under one supervisor (supervisord): restarted when they die."""

import os
import pwd
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final, Self

from guichet.demo import tether

PROCESSES: Final[Mapping[str, str]] = {
    "portal": "serve portal",
    "card": "serve card",
    "bench": "serve bench",
    "signer": "signer",
    "responder": "validation",
    "publisher": "publisher",
    "clerk": "worker",
    "provider": "demo provider",
}
STOP_WAIT_S: Final = 10
# A closed terminal (SIGHUP) ends the demo as Ctrl-C does.
ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

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
# startsecs: longer than it takes to fail, also on a busy machine; gunicorn alone tries to bind a
# port that is taken for five seconds.
_PROGRAM: Final = """
[program:{name}]
command={guichet} {arguments}
autorestart=true
startsecs=30
startretries=3
stopsignal=TERM
stopwaitsecs={stop_wait}
killasgroup=true
redirect_stderr=true
stdout_logfile={state}/log/{name}.log
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=1
"""


def configuration(state: Path, processes: Mapping[str, str] = PROCESSES) -> str:
    """The text of supervisord.conf; '%' of a path is doubled, as its format wants."""
    values = {
        "state": _doubled(str(state)),
        "user": pwd.getpwuid(os.getuid()).pw_name,
        "guichet": _doubled(shlex.quote(str(_beside_python("guichet")))),
        "stop_wait": STOP_WAIT_S,
    }
    programs = (
        _PROGRAM.format(name=name, arguments=arguments, **values)
        for name, arguments in processes.items()
    )
    return _HEAD.format(**values) + "".join(programs)


class Supervisor:
    """supervisord for the length of a `with` block; SIGINT, SIGTERM and SIGHUP stop it.

    It is in a session of its own, out of reach of what the terminal sends, and on a tether: it
    stops its processes when this one is killed.
    """

    def __init__(self, state: Path, processes: Mapping[str, str] = PROCESSES) -> None:
        self._state = state
        self._processes = processes
        self._before: dict[signal.Signals, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self.was_told_to_stop = False

    def __enter__(self) -> Self:
        """Start it. Signals are heeded from here on, also before there is anything to stop."""
        for number in ENDING:
            if number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
                continue  # nohup: a closed terminal is to change nothing
            self._before[number] = signal.signal(number, self._stop_when_told)
        _given_up(self._state).unlink(missing_ok=True)
        path = self._state / "run" / "supervisord.conf"
        path.write_text(configuration(self._state, self._processes))
        command = (sys.executable, "-P", "-m", "guichet.demo.forking", path, _given_up(self._state))
        own = {tether.HELD_BY: str(os.getpid())}
        # What libraries have to say when they are imported is not for the terminal.
        with (self._state / "log" / "forking.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 our own interpreter
                command, env=os.environ | own, stdout=log, stderr=log, start_new_session=True
            )
        if self.was_told_to_stop:
            self._process.terminate()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave nothing running behind, whatever ended the block."""
        if self._process is not None and self.is_running:
            self._process.terminate()
            self._process.wait()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @property
    def is_running(self) -> bool:
        """Whether supervisord lives; its processes may still be starting."""
        return self._process is not None and self._process.poll() is None

    @property
    def given_up(self) -> str:
        """The process that would not start, because of which everything was stopped; or ""."""
        try:
            return _given_up(self._state).read_text()
        except FileNotFoundError:
            return ""

    def wait(self) -> int:
        """Wait until it has stopped, and its processes with it; its exit status."""
        return self._process.wait() if self._process is not None else 0

    def _stop_when_told(self, _number: int, _frame: FrameType | None) -> None:
        self.was_told_to_stop = True
        if self._process is not None:
            self._process.terminate()


def _given_up(state: Path) -> Path:
    return state / "run" / "given-up"


def _beside_python(name: str) -> Path:
    return Path(sys.executable).parent / name


def _doubled(text: str) -> str:
    return text.replace("%", "%%")
