"""`guichet directory`: what an operator reads, and the exit code a script reads."""

import csv
import gzip
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from core.directories.official_files import (
    CARDS,
    FINESS,
    SITES,
    line,
    sample,
    text,
    with_key,
    written,
)
from guichet.cli import app
from guichet.conf.environment import ConfigurationError, Environment
from guichet.directories import importing


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GUICHET_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def guichet(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["directory", *map(str, arguments)])


def test_import_then_status(state: Path, tmp_path: Path) -> None:
    done = guichet("import", "finess", written(tmp_path, FINESS, sample(FINESS)))
    assert done.exit_code == 0, done.output
    assert "3 rows stored in health_sites, 0 lines left out, complete" in done.output
    assert not (state / "log").exists()
    shown = guichet("status")
    assert shown.exit_code == 0
    assert re.search(r"health_sites.*as of 2026-01-02.*3 rows.*part.*complete", shown.output)


def test_lines_left_out_are_told_and_written(state: Path, tmp_path: Path) -> None:
    """Exit code 0. Counts by reason, the first five lines, all of them in a file."""
    bad = b"\n".join(b"[bold]%d" % n for n in range(7))
    done = guichet("import", "sirene", written(tmp_path, SITES, sample(SITES) + bad))
    assert done.exit_code == 0, done.output
    assert "7 lines left out" in done.output
    assert "fields-missing: 7" in done.output
    assert done.output.count("[bold]") == 5
    (path,) = (state / "log").iterdir()
    assert re.fullmatch(r"rejected-sirene-\d{8}T\d{6}Z\.csv", path.name)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 7
    assert rows[0] == {"line": "10", "reason": "fields-missing", "excerpt": "[bold]0"}
    assert str(path) in done.output


def test_whole_is_asked_for(state: Path, tmp_path: Path) -> None:
    guichet("import", "finess", written(tmp_path, FINESS, sample(FINESS)), "--whole")
    assert re.search(r"3 rows.*whole.*complete", guichet("status").output)


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("finess", b"siren,nic\n", "etalab-cs1100502"),
        ("sirene", b"", "StockUniteLegale_utf8.csv"),
        ("annuaire", b"\x1f\x8bxx", "file.csv"),
    ],
)
def test_nothing_read_is_a_failure(
    state: Path, tmp_path: Path, kind: str, content: bytes, said: str
) -> None:
    done = guichet("import", kind, written(tmp_path, "file.csv", content))
    assert done.exit_code == 1
    assert said in done.output


def test_only_bad_lines_is_a_failure(state: Path, tmp_path: Path) -> None:
    header, *_ = sample(CARDS).splitlines()
    done = guichet("import", "annuaire", written(tmp_path, CARDS, header + b"\nx|y\n"))
    assert done.exit_code == 1
    assert "1 lines left out" in done.output


def test_a_file_cut_short_is_a_failure(state: Path, tmp_path: Path) -> None:
    """Exit code 1, though what came before the cut is kept and counted."""
    lines = (line(SITES, siret=with_key(f"999990104{n:04}")) for n in range(1, 9999))
    packed = gzip.compress(text(SITES, *lines))[:-2000]
    done = guichet("import", "sirene", written(tmp_path, "s.csv.gz", packed))
    assert done.exit_code == 1
    assert "Stopped by a fault, what was read before it is kept: s.csv.gz" in done.output
    assert re.search(r"[1-9],?\d* rows stored in establishments.*failed", done.output)


def test_ctrl_c_is_told(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """130, as a shell expects of a command stopped by SIGINT."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(importing.Writer, "upsert", stop)
    done = guichet("import", "sirene", written(tmp_path, SITES, sample(SITES)))
    assert done.exit_code == 130
    assert "interrupted" in done.output


def test_an_unknown_kind_is_refused(state: Path) -> None:
    done = guichet("import", "autre", "file")
    assert done.exit_code == 2
    assert "sirene, finess, annuaire" in done.output


def test_status_of_nothing(state: Path) -> None:
    shown = guichet("status")
    assert shown.exit_code == 0
    assert "guichet directory import" in shown.output


def test_status_of_a_broken_register(state: Path) -> None:
    state.mkdir()
    (state / "registers.sqlite").write_bytes(b"no database " * 200)
    shown = guichet("status")
    assert shown.exit_code == 1
    assert "registers.sqlite" in shown.output


def test_the_environment_names_the_register_and_the_api(tmp_path: Path) -> None:
    off = Environment.read({"GUICHET_STATE": str(tmp_path)})
    assert off.registers == tmp_path / "registers.sqlite"
    assert off.company_api_url == ""
    on = Environment.read({"GUICHET_COMPANY_API_URL": "https://companies.test/"})
    assert on.company_api_url == "https://companies.test"
    with pytest.raises(ConfigurationError, match="GUICHET_COMPANY_API_URL"):
        Environment.read({"GUICHET_COMPANY_API_URL": "companies"})
