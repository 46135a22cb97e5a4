"""`make run`: prepare what is missing, start everything, say what to try, serve until Ctrl-C."""

import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from subprocess import Popen
from typing import Final

from django.conf import settings
from rich.console import Console

from guichet.demo import supervision
from guichet.demo.ports import busy_ports
from guichet.demo.prepare import prepare
from guichet.demo.welcome import say_welcome

READY_WAIT_S: Final = 60
POLL_S: Final = 0.2


def run() -> int:
    """Serve the demo in the foreground; the exit status (0: stopped by the person)."""
    console = Console(soft_wrap=True)
    if taken := busy_ports(settings.GUICHET):
        console.print(f"[bold red]Ports already in use: {', '.join(map(str, taken))}.[/]")
        console.print("Stop what uses them, or set GUICHET_PORT and the like (guichet doctor).")
        return 1
    started = time.monotonic()
    prepare(console)
    process = supervision.start(settings.GUICHET.state)
    try:
        return _serve(console, process, started)
    except KeyboardInterrupt:
        return 0
    finally:
        supervision.stop(process)


def _serve(console: Console, process: "Popen[bytes]", started: float) -> int:
    state = settings.GUICHET.state
    if not _is_ready_in_time(process, state):
        console.print(f"[bold red]The demo did not come up.[/] Read {state / 'log'}.")
        return 1
    say_welcome(console, time.monotonic() - started)
    supervision.wait(process)
    console.print("Guichet is stopped; its data stays.")
    return 0


def _is_ready_in_time(process: "Popen[bytes]", state: Path) -> bool:
    context = ssl.create_default_context(cafile=str(state / "demo" / "trust" / "racine.pem"))
    url = f"{settings.GUICHET.portal_url}/readyz"
    deadline = time.monotonic() + READY_WAIT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, context=context, timeout=5):  # noqa: S310 https
                return True
        except (OSError, urllib.error.URLError):
            time.sleep(POLL_S)
    return False
