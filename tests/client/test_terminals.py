"""Both programs on terminals and pipes as they are: old, closed early; and odd arguments."""

import io
import json
import os
import pty
import sys
import termios
from pathlib import Path
from typing import Any

import pytest

import guichet_client.cli
import guichet_client.printing
import guichet_verify.cli
import guichet_verify.printing
from client.counter import Desk
from guichet_client import settings
from guichet_client.errors import ClientError, Exit

PRINTING = [guichet_client.printing, guichet_verify.printing]
OPEN_BRACKET = 'protocol = "est"\nserver = "https://[::1"\n[certificate]\nname = "x"\n'


@pytest.mark.parametrize("printing", PRINTING)
def test_what_a_terminal_has_not_is_replaced(
    printing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="latin-1"))
    printing.prepare()
    printing.write("✗ refusé\n")
    assert shown.getvalue() == "? refusé\n".encode("latin-1")


@pytest.mark.parametrize("printing", PRINTING)
def test_a_pipe_that_nobody_reads_is_no_fault(
    printing: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is what Python writes of it as it ends."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        printing.write("refused\n")  # type: ignore[attr-defined]
        pipe.write("more")


def test_the_verdict_is_the_same_on_an_old_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file.json").write_text("{}")
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert guichet_verify.cli.main([str(tmp_path / "file.json")]) == guichet_verify.cli.Exit.REFUSED


@pytest.mark.parametrize("server", ["https://[::1", "https://a:b", "https://a:99999"])
def test_an_address_that_is_none_is_told_with_its_key(tmp_path: Path, server: str) -> None:
    text = OPEN_BRACKET.replace("https://[::1", server)
    (tmp_path / "www.toml").write_text(text)
    with pytest.raises(ClientError, match="server: "):
        settings.read(tmp_path, "www")


def test_nobody_waits_less_than_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        guichet_client.cli.main(["renew", "--all", "--jitter", "-1"])
    assert ended.value.code == 2
    assert "--jitter: invalid seconds value: '-1'" in capsys.readouterr().err


@pytest.mark.parametrize("program", [guichet_client.cli, guichet_verify.cli])
def test_help_is_read_on_an_old_terminal(program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In French, whose apostrophes Latin-1 has not."""
    monkeypatch.setenv("LC_ALL", "fr_FR.ISO-8859-1")
    shown = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", shown)
    with pytest.raises(SystemExit) as ended:
        program.main(["--help"])
    assert ended.value.code in {0, None}


def test_an_interrupted_verification_is_told_by_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "file.json").write_text("{}")
    monkeypatch.setattr(guichet_verify.cli, "verify", interrupted)
    assert guichet_verify.cli.main([str(tmp_path / "file.json")]) == 130


def test_no_answer_at_a_terminal_revokes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-D, where the name of the certificate is asked for."""
    desk.one("enrol", "www")
    ours, theirs = pty.openpty()
    os.write(ours, termios.tcgetattr(theirs)[6][termios.VEOF])
    with os.fdopen(theirs, "r+b", buffering=0) as raw:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(raw))
        places = ("--config", str(desk.folder / "etc"), "--state", str(desk.state))
        asked = ("revoke", "www", "--reason", "theft")
        ended = guichet_client.cli.main([*places, *asked], desk.time.clock())
    os.close(ours)
    assert ended == Exit.USAGE
    assert not desk.counter.revoked


@pytest.mark.parametrize("where", ["certificate", "store"])
def test_what_the_machine_refuses_is_told_in_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """A folder that the user may not enter, whichever step meets it; the next one is worked on."""

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/closed")

    desk.configure(name="zzz")
    name = "store.Store.current" if where == "certificate" else "files.make_folder"
    monkeypatch.setattr(f"guichet_client.{name}", refused)
    code, told = desk.run("enrol", "www")
    assert (code, told[0]["problem"]) == (Exit.FILES, "system_refused")
    assert "/closed" in told[0]["message"]
    if where == "certificate":
        code, told = desk.run("renew", "--all")
        assert (code, [one["name"] for one in told]) == (Exit.FILES, ["www", "zzz"])
        kept = json.loads((desk.state / "zzz" / "state.json").read_text())
        assert "/closed" in kept["last_error"]
