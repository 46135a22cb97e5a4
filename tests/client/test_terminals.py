"""Both programs on terminals and pipes as they are: old, closed early; and odd arguments."""

import io
import os
import sys
from pathlib import Path

import pytest

import guichet_client.cli
import guichet_client.printing
import guichet_verify.cli
import guichet_verify.printing
from guichet_client import settings
from guichet_client.errors import ClientError

PRINTING = [guichet_client.printing, guichet_verify.printing]
OPEN_BRACKET = 'protocol = "est"\nserver = "https://[::1"\n[certificate]\nname = "x"\n'


@pytest.mark.parametrize("printing", PRINTING)
def test_what_a_terminal_has_not_is_replaced(
    printing: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="latin-1"))
    printing.write("✗ refusé\n")  # type: ignore[attr-defined]
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
