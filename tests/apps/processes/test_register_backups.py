"""The public registers in backups: wherever GUICHET_REGISTERS says that they are."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from guichet.conf.environment import Environment
from guichet.processes.backup import contents, making
from guichet.processes.backup.contents import Choice, Places
from guichet.processes.restore import laying

MIXED = "state/data/registers.sqlite"
# Beside the state's other files, as units and containers have it, and on another disk.
PLACES = ("state/registers.sqlite", "state/registers/registers.sqlite", "elsewhere/r.sqlite", MIXED)
FORMERLY = "state/registers/registers.sqlite"


@pytest.fixture(params=PLACES)
def places(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> Places:
    """A state with an attached file, and registers with the log of an import under way."""
    registers = tmp_path / request.param
    for folder in (registers.parent, tmp_path / "state/attachments"):
        folder.mkdir(parents=True, exist_ok=True)
    (tmp_path / "state/attachments/1").write_bytes(b"an attached file")
    if request.param == MIXED:
        (registers.parent / "registers.sqlite.txt").write_bytes(b"notes")
    with closing(sqlite3.connect(registers)) as made:
        made.execute("CREATE TABLE t (x)")
    registers.with_name(f"{registers.name}-wal").write_bytes(b"of an import")
    values = {"GUICHET_STATE": str(tmp_path / "state"), "GUICHET_REGISTERS": str(registers)}
    settings.GUICHET = Environment.read(values)
    return Places.of(settings.GUICHET)


@pytest.mark.parametrize("wanted", [True, False])
def test_they_are_copied_as_a_database_if_wanted(
    places: Places, wanted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At one instant, under one name; never as files that an import may be writing."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setattr(making.databases, "copy", lambda *_: None)
    choice = Choice(registers=wanted)
    making._Draft(places, choice, work, lambda *_: None).copy()
    assert [path.name for path in work.iterdir()] == [contents.REGISTERS] * wanted
    names = [member.name for member in contents.members(places, choice)]
    notes = ["state/data/registers.sqlite.txt"] if places.registers.parent.name == "data" else []
    assert names == ["state/attachments/1", *notes]
    assert (contents.REGISTERS in contents.left_out(places, choice)) is not wanted


@pytest.mark.parametrize("name", [None, contents.REGISTERS, FORMERLY])
def test_they_stay_unless_the_backup_has_others(
    places: Places, name: str | None, tmp_path: Path
) -> None:
    """Set aside with what SQLite keeps beside them; their folder stays open to who reads them.

    Backups of former versions held them as a file of the state, where units and containers have it.
    """
    staged = laying._Staged(places, tmp_path / "work")
    for held in filter(None, ("state/attachments/1", name)):
        staged.path_of(held)
    is_replaced = name is not None and places.of_member(name) == places.registers
    assert is_replaced or name != contents.REGISTERS
    laying._set_aside(laying._there(places, staged), places, "aside")
    assert not (tmp_path / "state/attachments").exists()
    assert places.registers.parent.is_dir()
    assert not (tmp_path / "state/data/registers.sqlite.txt").exists()
    assert places.registers.exists() is not is_replaced
    assert places.registers.with_name(f"{places.registers.name}-wal").exists() is not is_replaced
