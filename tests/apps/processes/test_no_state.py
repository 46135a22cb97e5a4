"""Where there is no state folder, a mistyped name most often, a verb says so and makes nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from apps.processes.house import closed
from guichet.cli import app
from guichet.cli.reference import commands
from guichet.processes import hardening
from guichet.processes import state as states
from guichet.processes.state import FOLDERS

COMMAND = Path(sys.executable).with_name("guichet")
BEGINS = ("init", "demo prepare", "demo run", "restore from", "ceremony dry-run")
"""Those that make a state."""
ELSEWHERE = (
    *("reference", "backup keygen", "backup verify", "ceremony plan", "ceremony sign"),
    *("ceremony verify", "journal witness", "doctor settings", "doctor"),
)
"""Those that read and write other files alone, or look whether there is a state."""
APART = (
    *("validation", "copy", "demo provider", "directory import", "directory status"),
    "keystore rewrap",
)
"""Those that have no database: what they work on has a name of its own, and they say it."""
GIVEN = {
    "serve": ["portal"],
    "incident show": ["1"],
    "journal proof": ["1"],
    "habilitation list": ["10B0135356"],
    "habilitation show": ["1"],
    "personal export": ["a@b.fr"],
    "personal erase": ["a@b.fr", "--reason", "asked"],
    "keys block": ["keys.txt"],
    "revoke": ["0A1B"],
    "queue retry": ["0190a0b0-0000-7000-8000-000000000000"],
    "queue abandon": ["0190a0b0-0000-7000-8000-000000000000"],
    "ceremony run": ["plan.toml"],
    "access bootstrap": [
        *("--name", "A / B", "--email", "a@b.fr", "--national-id", "1", "--card", "2"),
        *("--role", "operator"),
    ],
}
"""What a verb wants to be told."""


def using() -> Iterator[str]:
    """Every verb that works in a state."""
    for path, command in commands.every():
        name = " ".join(path[1:])
        is_group = hasattr(command, "commands") and not command.invoke_without_command
        if name and not is_group and name not in {*BEGINS, *ELSEWHERE, *APART}:
            yield name


@pytest.fixture(params=["not there", "empty", "of something else"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No state, and who works beside it."""
    found = tmp_path / "state"
    if request.param != "not there":
        found.mkdir()
    if request.param == "of something else":
        (found / "letters").mkdir()
    monkeypatch.setattr(hardening, "harden", lambda: None)  # of the process of the tests
    monkeypatch.setenv("GUICHET_STATE", str(found))
    monkeypatch.chdir(tmp_path)
    return found


def below(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


@pytest.mark.parametrize("verb", [*using()])
def test_a_verb_that_works_in_one(verb: str, folder: Path) -> None:
    before = below(folder.parent)
    done = CliRunner().invoke(app, [*verb.split(), *GIVEN.get(verb, [])], input="y\n")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"{states.words(folder)}\n"
    assert below(folder.parent) == before


@pytest.mark.parametrize("verb", [["doctor", "--json"], ["backup", "verify", "x.age", "-i", "key"]])
def test_a_verb_that_needs_none(verb: list[str], folder: Path) -> None:
    """It reads its settings, among them a signing secret, without leaving one there."""
    values = {name: v for name, v in os.environ.items() if not name.startswith("GUICHET_")}
    values |= {"GUICHET_STATE": str(folder), "TMPDIR": str(folder.parent)}
    before = below(folder.parent)
    done = subprocess.run([COMMAND, *verb], env=values, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"There is no state in {folder}" in done.stdout or "no file x.age" in done.stderr
    assert below(folder.parent) == before


@pytest.mark.parametrize("name", [*FOLDERS, "static"])
def test_what_a_process_sees_of_a_state_is_one(name: str, tmp_path: Path) -> None:
    """A unit may see two of its folders."""
    assert not states.is_made(tmp_path)
    (tmp_path / name).mkdir()
    assert states.is_made(tmp_path)


def test_one_that_is_closed_to_this_user_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may enter everywhere: what the system answers another user is played."""

    monkeypatch.setattr(Path, "exists", closed)
    assert states.is_made(tmp_path)
