"""What a command does when nobody takes what it writes: no trace, and no success pretended."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

COMMAND = Path(sys.executable).with_name("guichet")
FULL = Path("/dev/full")
VERBS = [["--help"], ["--version"], ["ceremony", "--help"], ["doctor", "settings"]]


def environment(tmp_path: Path) -> dict[str, str]:
    given = {name: v for name, v in os.environ.items() if not name.startswith("GUICHET_")}
    return given | {"GUICHET_STATE": str(tmp_path / "none")}


def ran(verb: list[str], folder: Path, output: IO[bytes] | int) -> subprocess.CompletedProcess[str]:
    """The command at its end, its answer written to this output."""
    return subprocess.run(
        [COMMAND, *verb],
        env=environment(folder),
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_no_room_for_the_answer(verb: list[str], tmp_path: Path) -> None:
    """As on a full disk: one sentence, and 1."""
    with FULL.open("wb") as full:
        done = ran(verb, tmp_path, full)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"{os.strerror(28)}: what is written, a file or standard output, is not whole"
    ]


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_reader_that_is_gone(verb: list[str], tmp_path: Path) -> None:
    """As `| head -1` is: nothing is told, and 1."""
    read, written = os.pipe()
    os.close(read)
    try:
        done = ran(verb, tmp_path, written)
    finally:
        os.close(written)
    assert (done.returncode, done.stderr) == (1, "")


def test_an_output_that_is_closed(tmp_path: Path) -> None:
    """As `>&-` closes it: whoever closes it wants none."""
    close: Callable[[], None] = lambda: os.close(1)  # noqa: E731
    done = subprocess.run(
        [COMMAND, "--help"],
        env=environment(tmp_path),
        stderr=subprocess.PIPE,
        preexec_fn=close,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
