"""The `guichet` command: what its verbs share. Django is set up only by the verbs that need it."""

import os
import signal
import threading

import typer

app = typer.Typer(
    help="Guichet: order, withdraw, use, renew and revoke software certificates.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def group(name: str, help_text: str) -> typer.Typer:
    """Add a group of verbs: `guichet <name> …`."""
    made = typer.Typer(help=help_text, no_args_is_help=True)
    app.add_typer(made, name=name)
    return made


def django_set_up() -> None:
    """Set Django up on the environment's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.conf.settings")
    import django

    django.setup()


def until_stopped() -> threading.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
