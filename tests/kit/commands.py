"""Commands that pages of docs/ give, run as their text has them.

Those of `guichet` are run in this process: another costs a second and a half before it does
anything. The others are run by bash, in the folder of the test, at a terminal where they ask.
"""

import codecs
import os
import re
import select
import shlex
import subprocess
import termios
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from typer.testing import CliRunner

from guichet.cli import app
from kit.documents import DOCS, blocks
from kit.guides import placed
from kit.loopback import Handler, serving

NOTHING: Final[Mapping[str, str]] = {}
SECONDS: Final = 60
CONTINUED: Final = "\\\n"
# What follows the name of a test that runs: its case, the group of workers it is in, its phase.
GROUP_OR_CASE: Final = re.compile(r"[\[@ ]")


def told(page: str, test: str = "") -> list[str]:
    """The blocks that this page ("how-to/incident") has a test run, in order.

    That is the test which runs now, unless a fixture that serves several names it.
    """
    test = test or GROUP_OR_CASE.split(os.environ["PYTEST_CURRENT_TEST"], maxsplit=1)[0]
    found = [
        block.text
        for block in blocks(DOCS / f"{page}.md")
        if block.is_for_a_shell and block.executed_by == test
    ]
    assert found, f"{page}.md has {test} run nothing"
    return found


def words_of(text: str, known: Mapping[str, str] = NOTHING) -> Iterator[list[str]]:
    """Each line of a block as a shell splits it, its comments left out.

    `known`: what stands in the page, and what a reader types in its place.
    """
    for line in placed(text, known).replace(CONTINUED, "").splitlines():
        if words := shlex.split(line, comments=True):
            yield words


def guichet(text: str, known: Mapping[str, str] = NOTHING, typed: str = "") -> list[str]:
    """What each line of a block says, all of them `guichet …`; one that fails fails the test.

    `typed`: what a person types at what each of them asks.
    """
    said = []
    for program, *words in words_of(text, known):
        assert program == "guichet", (program, *words)
        done = CliRunner().invoke(app, words, input=typed, catch_exceptions=False)
        assert done.exit_code == 0, (words, done.output)
        said.append(done.output)
    return said


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server of that folder's files."""

    class Files(Handler):
        def reply(self, body: bytes | None) -> None:
            file = folder / self.path.removeprefix("/")
            is_file = body is None and file.is_file()
            content = file.read_bytes() if is_file else b""
            self.answer(200 if is_file else 404, "application/octet-stream", content)

    with serving(Files) as address:
        yield address


def shell(text: str, folder: Path, known: Mapping[str, str] = NOTHING, **variables: str) -> str:
    """What a block prints in that folder; a command that fails fails the test."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", placed(text, known)],
        cwd=folder,
        env=_environment(folder) | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, (text, done.stdout, done.stderr)
    return done.stdout


def at_a_terminal(text: str, folder: Path, typed: Iterable[tuple[str, str]]) -> str:
    """What a block shows at a terminal; a command that fails fails the test.

    `typed`: each question it asks unseen, and what a person types there, in that order.
    """
    ours, theirs = os.openpty()
    with subprocess.Popen(
        ["setsid", "--ctty", "--wait", "bash", "-euo", "pipefail", "-c", text],
        cwd=folder,
        env=_environment(folder),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        terminal = _Terminal(ours)
        try:
            for question, answer in typed:
                terminal.wait_for(question)
                os.write(ours, answer.encode() + b"\n")
            terminal.read_to_the_end()
        finally:
            os.close(ours)  # hangs up: who still waits to be answered ends
    assert process.returncode == 0, (text, terminal.shown)
    return terminal.shown


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of this process's own but where programs are."""
    return {"PATH": os.environ["PATH"], "HOME": str(folder)}


class _Terminal:
    """What a program shows on a pseudo-terminal, of which this is the other end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._deadline = time.monotonic() + SECONDS
        self._asked = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.shown = ""

    def wait_for(self, question: str) -> None:
        """Until it is asked, and what is typed there is not shown: some drop what came before."""
        while (at := self.shown.find(question, self._asked)) < 0:
            assert self._read(), (question, self.shown)
        self._asked = at + len(question)
        while termios.tcgetattr(self._descriptor)[3] & termios.ECHO:
            assert time.monotonic() < self._deadline, self.shown
            time.sleep(0.01)

    def read_to_the_end(self) -> None:
        """Until the program has closed it."""
        while self._read():
            pass

    def _read(self) -> bool:
        """Read on; whether the program still has it open."""
        left = max(0.0, self._deadline - time.monotonic())
        assert select.select([self._descriptor], [], [], left)[0], self.shown
        try:
            self.shown += self._decoder.decode(os.read(self._descriptor, 4096))
        except OSError:  # so Linux says that no program has it any more
            return False
        return True
