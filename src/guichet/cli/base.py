"""The `guichet` command: what its verbs share. Django is set up only by the verbs that need it."""

import atexit
import logging
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer
from typer.core import TyperGroup

from guichet.processes.collecting import collect_seldom

if TYPE_CHECKING:
    from guichet.conf.environment import Environment
    from guichet.processes.told import Told

logger = logging.getLogger(__name__)
LARGEST_NUMBER: Final = 2**63 - 1
"""No row of a database has a larger number."""


class Answering(TyperGroup):
    """Verbs that tell in a sentence of what they cannot help, and end with 1: no trace."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Read the words and run the verb; help, versions and faults of usage are written here."""
        try:
            return super().main(*args, **options)
        except OSError as fault:
            from guichet.cli import faults

            typer.echo(faults.told(fault), err=True)
            raise SystemExit(1) from None

    def invoke(self, ctx: Any) -> Any:
        """Run the verb that was given."""
        try:
            return super().invoke(ctx)
        except Exception as fault:
            from guichet.cli import faults

            words = faults.told(fault)
            if words is None:
                raise
            typer.echo(words, err=True)
            raise typer.Exit(1) from fault


app = typer.Typer(
    cls=Answering,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _tell_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"guichet {version('guichet')}")
        raise typer.Exit


@app.callback()
def about(
    *,
    is_version_asked: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="say which version this is"
        ),
    ] = False,
) -> None:
    """Guichet: order, withdraw, use, renew and revoke software certificates."""
    collect_seldom()


def group(name: str, help_text: str) -> typer.Typer:
    """Add a group of verbs: `guichet <name> …`."""
    made = typer.Typer(help=help_text, no_args_is_help=True)
    app.add_typer(made, name=name)
    return made


class State(Enum):
    """What a verb does with the state folder."""

    USED = auto()
    """It works in one that was made."""
    MADE = auto()
    """It begins one where there is none."""
    UNNEEDED = auto()
    """It reads other files, or looks whether there is one: where there is none, none is begun."""


def django_set_up(
    state: State = State.USED, *, unfinished: bool = False, lasting: bool = False
) -> None:
    """Set Django up on the environment's settings.

    Ends the program in a state that a restore left half put in place, unless it may be
    `unfinished`: nothing runs from it. What is `lasting`, a process, does not start either without
    a package that it was asked to send traces by; a command goes on. Raises ConfigurationError,
    also where there is no state and the verb makes none; nothing is left of it there.
    """
    if not unfinished:
        _require_finished()
    if lasting:
        _require_traces()
    if state is State.USED:
        require_state()
    elif state is State.UNNEEDED:
        _leave_no_secret()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.conf.settings")
    import django

    from guichet.processes import own_settings

    own_settings.read()
    django.setup()
    from django.db import connections

    # SQLite puts its side files away as the last connection is closed; nothing else closes it.
    atexit.register(connections.close_all)


def end(told: "Told", *, is_report: bool = False) -> NoReturn:
    """Print what a verb answers and end the program: 0 when all is well, 1 otherwise.

    What went wrong goes to standard error; a report goes to standard output whatever it finds.
    """
    typer.echo(told.text, err=not (told.ok or is_report))
    raise typer.Exit(0 if told.ok else 1)


def require_state() -> "Environment":
    """The settings, of a state folder that was made. Raises ConfigurationError."""
    from guichet.conf.environment import Environment
    from guichet.conf.readers import ConfigurationError
    from guichet.processes import state

    found = Environment.read(os.environ)
    if not state.is_made(found.state):
        raise ConfigurationError(state.words(found.state))
    return found


def _leave_no_secret() -> None:
    """Settings make a signing secret where there is none: not in a folder that is no state."""
    from guichet.conf.environment import Environment
    from guichet.processes import state

    if not state.is_made(Environment.read(os.environ).state):
        aside = tempfile.TemporaryDirectory(prefix="guichet-")
        atexit.register(aside.cleanup)
        os.environ.pop("GUICHET_SECRET_FILE_FILE", None)
        os.environ["GUICHET_SECRET_FILE"] = str(Path(aside.name) / "django")


def _require_finished() -> None:
    from guichet.conf.environment import Environment
    from guichet.processes.restore import mark

    state = Environment.read(os.environ).state
    if mark.exists(state):
        typer.echo(mark.words(state), err=True)
        raise typer.Exit(1)


def _require_traces() -> None:
    from guichet.conf.environment import Environment
    from guichet.conf.readers import ConfigurationError
    from guichet.web import traces

    if traces.lacks(Environment.read(os.environ).otel_endpoint):
        raise ConfigurationError(traces.MISSING)


class Stop(threading.Event):
    """What SIGINT and SIGTERM set, and who works until then asks about at each turn."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = 0

    @property
    def is_at_work(self) -> bool:
        """Whether the work was begun: somebody asked again, or paused."""
        return self._asked > 1

    def is_set(self) -> bool:
        """Whether to stop. The first time may be before ports, files and locks are taken."""
        self._asked += 1
        return super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Pause for so many seconds, or until it is set; whether it is."""
        self._asked += 2
        return super().wait(timeout)


@contextmanager
def until_stopped() -> Iterator[Stop]:
    """The event that SIGINT and SIGTERM set, for a process that works until then.

    A fault that ends the process once it is at work goes to its log with the trace: nobody sees
    its terminal. One that keeps it from beginning is told as any verb tells it.
    """
    stop = Stop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        yield stop
    except typer.Exit:
        raise
    except Exception as fault:
        if not stop.is_at_work:
            raise
        logger.critical("the process was at work, and is ended by a fault", exc_info=fault)
        raise typer.Exit(1) from fault
