"""Folders of an installation whose processes have a user each: who may read and write in them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guichet.conf.environment import Environment
from guichet.processes import setup
from guichet.processes.backup import contents, making
from guichet.processes.backup.contents import Choice, Places
from kit.documents import ROOT

UNIT = ROOT / "deploy" / "systemd" / "units" / "guichet-backup.service"
OTHERS = 0o007
OTHERS_READ = 0o005


@pytest.fixture
def environment(tmp_path: Path, settings: Any) -> Iterator[Environment]:
    """Of an empty state; the process's umask is as it was afterwards."""
    settings.GUICHET = Environment.read({"GUICHET_STATE": str(tmp_path / "state")})
    kept = os.umask(0o077)
    yield settings.GUICHET
    os.umask(kept)


def test_static_files_are_open_to_who_serves_them(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nginx, the portal, the card port, the bench: each another user. The rest stays closed."""
    made = environment.state / "static" / "build"

    def call(name: str, **_options: object) -> None:
        if name == "collectstatic":
            made.mkdir(parents=True)

    monkeypatch.setattr(setup, "call_command", call)
    monkeypatch.setattr("guichet.database.grants.apply", lambda _connection: False)
    setup.bring_up_to_date()
    modes = {path.name: path.stat().st_mode & OTHERS for path in (made, made.parent)}
    assert modes == {"build": OTHERS_READ, "static": OTHERS_READ}
    assert {(environment.state / name).stat().st_mode & OTHERS for name in ("log", "journal")} == {
        0
    }
    assert os.umask(0o077) & OTHERS == OTHERS


def test_a_backup_writes_in_its_own_folder_alone(environment: Environment) -> None:
    """Its unit is given that one of the state. What is aside there is in no backup."""
    state = environment.state
    with making._alone(making._own(state)), making._workshop(state) as work:
        (work / "database.sqlite").write_bytes(b"in clear")
        assert [path.name for path in state.iterdir()] == [contents.KEY]
        assert list(contents.members(Places.of(environment), Choice())) == []
    assert f" /var/lib/guichet/{contents.KEY}\n" in UNIT.read_text()
    assert [path for path in (state / contents.KEY).iterdir() if path.is_dir()] == []


def test_a_backup_that_was_cut_leaves_nothing_in_clear(environment: Environment) -> None:
    """Neither where it is made nor where an earlier version made it."""
    own = environment.state / contents.KEY
    for folder in (own, environment.state):
        (folder / f"{making.WORK}cut").mkdir(parents=True)
    with making._workshop(environment.state) as work:
        assert list(environment.state.rglob(f"{making.WORK}*/")) == [work]
