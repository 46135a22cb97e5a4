"""`python -m guichet.demo.forking CONFIGURATION GIVEN_UP`: supervisord whose processes are forks.

Eight processes that each import the same modules take their time to start. Here one imports them
and forks, and a fork runs the script that it would become. Nothing is open at a fork: no thread, no
connection, no key.
"""

import atexit
import ctypes
import gc
import os
import runpy
import signal
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import django
from supervisor import events, supervisord
from supervisor.medusa import asyncore_25
from supervisor.options import ServerOptions
from supervisor.states import SupervisorStates

from guichet.conf.environment import Environment
from guichet.demo import tether
from guichet.processes.collecting import collect_seldom

COMMAND: Final = "guichet.cli"
# What each runs on, and its pages; what is not here is imported by whoever needs it.
MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    "portal": ("guichet.processes.serve", "gunicorn.workers.gthread", "guichet.conf.urls"),
    "card": ("guichet.processes.serve", "guichet.conf.card_urls"),
    "bench": ("guichet.processes.serve", "guichet.conf.bench_urls", "guichet.conf.provider_urls"),
    "signer": ("guichet.processes.signer",),
    "responder": ("guichet.validation.server",),
    "publisher": ("guichet.processes.publisher",),
    "clerk": ("guichet.processes.clerk",),
    "provider": ("guichet.processes.oidc_provider",),
}
# Those that supervisord catches: a program would begin without its handlers.
CAUGHT: Final = (
    signal.SIGTERM,
    signal.SIGQUIT,
    signal.SIGHUP,
    signal.SIGCHLD,
    signal.SIGUSR2,
)
# Fields of /proc/PID/stat after the name (proc(5)): where the words of the command line are.
ARG_START, ARG_END = 45, 46


class Options(ServerOptions):  # type: ignore[misc]
    """supervisord's options, by which it starts programs."""

    forks = True

    def execve(self, filename: str, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """In the child: become the script, tied to supervisord. Does not return."""
        for number in CAUGHT:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(env)
        tether.hold()
        if not self.forks:
            super().execve(filename, argv, os.environ)
        show(("guichet", *argv[1:]))
        os._exit(run(filename, argv))


class Keeper(supervisord.Supervisor):  # type: ignore[misc]
    """supervisord, which ends when it gives a process up: nobody would notice the ones left."""

    def __init__(self, options: Options, given_up: Path) -> None:
        super().__init__(options)
        self._given_up = given_up

    def runforever(self) -> None:
        """Until told to stop, or a process would not start: its name is written down then."""
        events.subscribe(events.ProcessStateFatalEvent, self._give_up)
        super().runforever()

    def _give_up(self, event: Any) -> None:
        self._given_up.write_text(event.process.config.name)
        self.options.mood = SupervisorStates.SHUTDOWN


def main(configuration: Path, given_up: Path) -> None:
    """Prepare, then keep the processes of that file until SIGTERM."""
    tether.hold()
    collect_seldom()
    options = Options()
    options.realize(["-c", str(configuration)], doc=supervisord.__doc__)
    options.first, options.test = True, False
    options.forks = prepare(group.name for group in options.process_group_configs)
    try:
        Keeper(options, given_up).main()
    except asyncore_25.ExitNow:
        options.close_logger()


def prepare(names: Iterable[str]) -> bool:
    """Import what these processes share; whether they may be forked from here.

    Not where a thread runs (traces are sent by one), for a fork would be without it; nor where
    figures are shared, which has to be said before their library is imported.
    """
    environment = Environment.read(os.environ)
    if environment.unix_sockets is not None and environment.front_workers > 1:
        return False
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.conf.settings")
    django.setup()
    import_module(COMMAND)
    for name in names:
        for module in MODULES.get(name, ()):
            import_module(module)
    gc.collect()
    gc.freeze()  # the forks share the memory that no collector writes to
    return len(list(Path("/proc/self/task").iterdir())) == 1


def run(script: str, argv: Sequence[str]) -> int:
    """Run a script with these words and end as an interpreter does; the exit status."""
    sys.argv = list(argv)
    status = 0
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        if isinstance(end.code, int):
            status = end.code
        elif end.code is not None:
            sys.stderr.write(f"{end.code}\n")
            status = 1
    except BaseException:
        traceback.print_exc()
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 as multiprocessing's forks end
    atexit._run_exitfuncs()  # noqa: SLF001 os._exit, all that may end a fork, leaves them out
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def show(words: Sequence[str]) -> None:
    """Have lists of processes show these words, where this process's own command line was."""
    found = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(found[ARG_START]), int(found[ARG_END])
    told = "\0".join(words).encode()[: end - start - 1]
    ctypes.memmove(start, told.ljust(end - start, b"\0"), end - start)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
