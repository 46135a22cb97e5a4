"""The `guichet` command: what its verbs share. Django is set up only by the verbs that need it."""

import atexit
import os
import signal
import threading
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer
from typer.core import TyperGroup

from guichet.processes.collecting import collect_seldom

if TYPE_CHECKING:
    from guichet.processes.told import Told

LARGEST_NUMBER: Final = 2**63 - 1
"""No row of a database has a larger number."""


class Answering(TyperGroup):
    """Verbs that tell in a sentence of what they cannot help, and end with 1: no trace."""

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


def django_set_up(*, unfinished: bool = False, lasting: bool = False) -> None:
    """Set Django up on the environment's settings.

    Ends the program in a state that a restore left half put in place, unless it may be
    `unfinished`: nothing runs from it. What is `lasting`, a process, does not start either without
    a package that it was asked to send traces by; a command goes on. Raises ConfigurationError.
    """
    if not unfinished:
        _require_finished()
    if lasting:
        _require_traces()
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


def until_stopped() -> threading.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
