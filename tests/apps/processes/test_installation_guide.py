"""docs/how-to/installer.md: what it names exists, and what can run in a folder apart is run."""

import re
import shutil
import subprocess
from pathlib import Path

import typer
from click import Group

from guichet.cli import app
from guichet.conf.environment import Environment

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


def block(first: str) -> str:
    """The lines of the block that holds this line, from it on."""
    (found,) = (text for text in BLOCKS if first in text)
    return found[found.index(first) :]


def run(script: str) -> None:
    """A part of the page, whose folders of the system were replaced."""
    subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, check=True)


def test_its_secrets_are_read(tmp_path: Path) -> None:
    """Made as it says: closed to others, and what the processes understand."""
    run(block("install -d -m 0755 /etc/guichet\n").replace("/etc/guichet", str(tmp_path)))
    secrets = [path for path in (tmp_path / "credentials").rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o077 for path in secrets} == {0}
    url, mails = (
        tmp_path / "credentials" / name for name in ("portal/database-url", "clerk/email-url")
    )
    told = {"GUICHET_DATABASE_URL_FILE": str(url), "GUICHET_EMAIL_URL_FILE": str(mails)}
    assert Environment.read(told).database_url == "postgresql:///guichet?host=/run/postgresql"


def test_its_sites_are_filled(tmp_path: Path) -> None:
    """No value that nginx is to be told is left out."""
    script = block("export HOST=").partition("rm -f")[0]
    run(script.replace("/etc/nginx/conf.d", str(tmp_path)))
    made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert set(made) == {path.name for path in (ROOT / "deploy" / "nginx").glob("*.conf")}
    assert [name for name, text in made.items() if re.search(r"\$\{[A-Z]", text)] == []
