"""What the demo's processes are forked from, and how a fork ends: as a program of its own would."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from guichet.demo.forking import MODULES
from guichet.demo.supervision import PROCESSES

FORK = """
import sys
from guichet.demo.forking import run

sys.exit(run(sys.argv[1], sys.argv[1:]))
"""
BECOME = """
import sys
from guichet.demo.forking import Options, prepare

options = Options()
options.forks = prepare(["provider"])
options.setsignals()
script = sys.argv[1]
options.execve(script, [script, "a", "verb"], {"PATH": "/usr/bin:/bin", "TOLD": str(options.forks)})
"""
SHOWN = """#!/usr/bin/env python3
import os, signal, sys
from pathlib import Path
shown = Path("/proc/self/cmdline").read_bytes().rstrip(b"\\0").replace(b"\\0", b" ").decode()
ours = [signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP, signal.SIGCHLD, signal.SIGUSR2]
usual = {signal.getsignal(one) for one in ours} == {signal.SIG_DFL}
usual = usual and signal.getsignal(signal.SIGINT) is signal.default_int_handler
usual = usual and "GUICHET_UNIX_SOCKETS" not in os.environ
print(os.environ["TOLD"], sys.argv[1:], usual, shown, "django" in sys.modules, sep="|")
"""
POOL = """
import sys
from concurrent.futures import ThreadPoolExecutor

sys.modules["kept"] = pool = ThreadPoolExecutor(1)
pool.submit(print, "worked").result()
"""
ENDINGS = {
    "whole": ("print('done')", 0, "done\n", ""),
    "status": ("import sys; sys.exit(78)", 78, "", ""),
    "words": ("import sys; sys.exit('refused')", 1, "", "refused\n"),
    "fault": ("raise LookupError('x')", 1, "", "LookupError: x\n"),
    "registered": ("import atexit; atexit.register(print, 'last')", 0, "last\n", ""),
    "thread": (
        "import threading; threading.Timer(0.2, print, ['waited for']).start()",
        0,
        "waited for\n",
        "",
    ),
    "pool": (
        POOL,
        0,
        "worked\n",
        "",
    ),
}


def python(source: str, script: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", source, script],
        env=os.environ | more,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_process_says_what_it_shares() -> None:
    assert MODULES.keys() == PROCESSES.keys()


@pytest.mark.parametrize("name", ENDINGS)
def test_a_fork_ends_as_a_program_does(name: str, tmp_path: Path) -> None:
    text, status, said, last = ENDINGS[name]
    script = tmp_path / "script"
    script.write_text(text)
    done = python(FORK, script)
    assert (done.returncode, done.stdout) == (status, said), done.stderr
    assert done.stderr.endswith(last)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_begins_as_a_program_does(workers: str, tmp_path: Path) -> None:
    """With its own words, variables and signals; a program of its own where figures are shared."""
    script = tmp_path / "guichet"
    script.write_text(SHOWN)
    script.chmod(0o755)
    sockets = {"GUICHET_UNIX_SOCKETS": str(tmp_path), "GUICHET_FRONT_WORKERS": workers}
    done = python(BECOME, script, **sockets)
    told, words, usual, shown, has_django = done.stdout.strip().split("|")
    is_fork = workers == "1"
    assert (told, words, usual) == (str(is_fork), "['a', 'verb']", "True"), done.stderr
    assert (shown == "guichet a verb") is is_fork
    assert has_django == str(is_fork)
