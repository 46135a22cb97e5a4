"""Parts that run in a process of their own, with a state folder and a database of their own."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import partial

from benchmarks.result import Result
from guichet.validation.lifeline import end_with_parent


def results(
    module: str, arguments: Sequence[str] = (), database: str = "", **more: str
) -> Iterator[Result]:
    """Each result as soon as the process tells it; SQLite in the state folder without a URL.

    `more` joins the environment of the process. Raises subprocess.CalledProcessError.
    """
    with tempfile.TemporaryDirectory(prefix="guichet-bench-") as state:
        environment = os.environ | {"GUICHET_STATE": state, "GUICHET_DATABASE_URL": database} | more
        command = [sys.executable, "-m", module, *arguments]
        end = partial(end_with_parent, os.getpid(), signal.SIGTERM)
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=end,  # noqa: PLW1509 no thread runs here
        )
        assert process.stdout is not None
        with process:
            try:
                for line in process.stdout:
                    yield Result(**json.loads(line))
            except BaseException:
                process.terminate()
                raise
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)


def tell(measure: Callable[[list[str]], Iterable[Result]]) -> None:
    """In the process of its own: what is measured, told to the one that started it."""
    import django

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and end what was started
    django.setup()
    for result in measure(sys.argv[1:]):
        print(json.dumps(asdict(result)), flush=True)
