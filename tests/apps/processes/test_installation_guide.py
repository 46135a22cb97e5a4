"""The guides of installation: what they name exists, and what can run in a folder apart is run."""

import re
import shutil
from pathlib import Path

import pytest
import typer
from click import Group

from guichet.cli import app
from guichet.conf.environment import Environment
from kit import commands

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "how-to" / "installer.md"
BLOCKS = re.findall(r"```\n(.*?)```", PAGE.read_text(), re.DOTALL)
LINES = [line.strip() for block in BLOCKS for line in block.splitlines()]
OF_THE_SHELL = {"for", "do", "done", "export", "umask", "echo"}
# The newcomer's own, which no test needs.
NOT_HERE = {"pipx"}


def test_its_commands_exist() -> None:
    words = {line.split()[0] for line in LINES if "=" not in line.split()[0]}
    told = {word for word in words - OF_THE_SHELL - NOT_HERE if not word.startswith("/opt/")}
    assert {word for word in told if not shutil.which(word) and word != "guichet"} == set()


def test_its_files_exist() -> None:
    named = re.findall(r"(?:deploy|docs)/[\w./*-]*[\w*]", "\n".join(LINES))
    assert named
    assert [name for name in named if not list(ROOT.glob(name))] == []
    units = re.findall(r"systemctl [\w -]*?(guichet[\w.-]*)", "\n".join(LINES))
    made = {path.name for path in (ROOT / "deploy/systemd/units").iterdir()}
    assert {unit if "." in unit else f"{unit}.service" for unit in units} <= made


def test_its_verbs_exist() -> None:
    named = re.findall(r"`guichet ((?:[a-z-]+ ?)+)", PAGE.read_text())
    named += re.findall(r"(?:^|/bin/)guichet ((?:[a-z-]+ ?)+)", "\n".join(LINES), re.MULTILINE)
    assert named
    for words in named:
        command = typer.main.get_command(app)
        for word in words.split():
            if isinstance(command, Group):
                assert word in command.commands, words
                command = command.commands[word]


def run(script: str) -> None:
    """A part of a page, whose folders of the system were replaced."""
    commands.shell(script, ROOT)


@pytest.mark.parametrize("page", ["how-to/installer", "how-to/isoler-les-processus"])
def test_its_secrets_are_read(tmp_path: Path, page: str) -> None:
    """Made as it says: closed to others, and what the processes understand."""
    (block,) = commands.told(page)
    run(block.replace("/etc/guichet", str(tmp_path)))
    secrets = [path for path in (tmp_path / "credentials").rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o077 for path in secrets} == {0}
    url, mails = (
        tmp_path / "credentials" / name for name in ("portal/database-url", "clerk/email-url")
    )
    told = {"GUICHET_DATABASE_URL_FILE": str(url), "GUICHET_EMAIL_URL_FILE": str(mails)}
    assert Environment.read(told).database_url == "postgresql:///guichet?host=/run/postgresql"


def test_its_sites_are_filled(tmp_path: Path) -> None:
    """No value that nginx is to be told is left out."""
    (block,) = commands.told("how-to/installer")
    run(block.replace("/etc/nginx/conf.d", str(tmp_path)))
    made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert set(made) == {path.name for path in (ROOT / "deploy" / "nginx").glob("*.conf")}
    assert [name for name, text in made.items() if re.search(r"\$\{[A-Z]", text)] == []


def test_a_version_takes_the_place_of_the_former(tmp_path: Path) -> None:
    """The link is replaced, not followed: nothing is written into the former version."""
    former = tmp_path / "guichet-0.1.0"
    former.mkdir()
    (tmp_path / "guichet").symlink_to(former)
    (block,) = commands.told("how-to/mettre-a-jour")
    run(block.replace("/opt/", f"{tmp_path}/"))
    assert (tmp_path / "guichet").readlink() == tmp_path / "guichet-1.0.0"
    assert list(former.iterdir()) == []
