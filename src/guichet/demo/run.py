"""`make run`: prepare what is missing, start everything, say what to try, serve until Ctrl-C."""

import ssl
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.conf import settings
from rich.console import Console

from guichet.demo.ports import busy_ports
from guichet.demo.prepare import prepare
from guichet.demo.supervision import Supervisor
from guichet.demo.welcome import say_welcome
from guichet.processes import screens

READY_WAIT_S: Final = 180
POLL_S: Final = 0.2


def run() -> int:
    """Serve the demo in the foreground; the exit status (0: stopped by the person)."""
    console = Console(soft_wrap=True)
    if taken := busy_ports(settings.GUICHET):
        refused = screens.refusing()
        refused.print(f"Ports already in use: {', '.join(map(str, taken))}.")
        refused.print("Stop what uses them, or set GUICHET_PORT and the like (guichet doctor).")
        return 1
    started = time.monotonic()
    try:
        prepare(console)
    except KeyboardInterrupt:
        return 0
    state = settings.GUICHET.state
    with Supervisor(state) as supervisor:
        if _is_ready_in_time(supervisor, state):
            with suppress(OSError):  # the terminal may be closed already
                say_welcome(console, time.monotonic() - started)
            supervisor.wait()
    with suppress(OSError):  # or now
        return _say_why(console, supervisor, state)
    return 0


def _say_why(console: Console, supervisor: Supervisor, state: Path) -> int:
    """Tell what ended it; the exit status."""
    if supervisor.was_told_to_stop:
        console.print("Guichet is stopped; its data stays.")
        return 0
    if name := supervisor.given_up:
        log = state / "log" / f"{name}.log"
        console.print(f"[bold red]{name} would not start: everything is stopped.[/] Read {log}.")
    else:
        console.print(f"[bold red]The demo did not stay up.[/] Read {state / 'log'}.")
    return 1


def _is_ready_in_time(supervisor: Supervisor, state: Path) -> bool:
    context = ssl.create_default_context(cafile=str(state / "demo" / "trust" / "racine.pem"))
    url = f"{settings.GUICHET.portal_url}/readyz"
    deadline = time.monotonic() + READY_WAIT_S
    while time.monotonic() < deadline and supervisor.is_running:
        try:
            with urllib.request.urlopen(url, context=context, timeout=5):  # noqa: S310 https
                return True
        except (OSError, urllib.error.URLError):
            time.sleep(POLL_S)
    return False
