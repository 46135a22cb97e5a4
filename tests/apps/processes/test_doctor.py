"""`guichet doctor` where all is well, and on a terminal; its faults have a file of their own."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, transaction
from typer.testing import CliRunner

from apps.processes.house import NOW, House, built
from guichet.cli import app
from guichet.conf.environment import Environment
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.notifications.operator import Operator
from guichet.processes import doctor
from guichet.processes.doctor import Grade, database
from kit import loopback
from kit.stack import free_port


@pytest.fixture
def house(db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> House:
    return built(tmp_path, settings, monkeypatch)


def test_all_is_well(house: House) -> None:
    """Nothing runs, so that ports are silent; and SQLite keeps tests in memory, without a log."""
    troubled = {one.check for one in house.found().values() if one.grade is not Grade.WELL}
    silent = {"port-portal", "port-card", "port-bench", "port-responder"}
    assert troubled - {"clock-synchronised", "sqlite-log"} == silent


def test_a_demo_may_be_signed_by_the_example(house: House) -> None:
    """Its e-mails leave for nobody."""
    house.set(demo=True)
    house.sign(name=Operator().name)
    assert "operator-name" not in house.found()


def test_the_state_s_pages_are_well(house: House) -> None:
    """Their files installed and collected, their body named."""
    house.wear("République", "Française")
    found = house.found()["theme"]
    assert (found.grade, found.found) == (
        Grade.WELL,
        "Pages are those of the State: République Française",
    )


@pytest.mark.parametrize("age", [None, timedelta(days=3)])
def test_backups(db: None, age: timedelta | None) -> None:
    """None was ever made, or too long ago."""
    if age is not None:
        with transaction.atomic():
            journal.record(Event.BACKUP_MADE, subject="backup:1", actor="test", at=NOW - age)
    environment = Environment.read({})
    grades = {one.check: one.grade for one in doctor.backups.examine(environment, NOW)}
    assert grades["backup"] is Grade.FAULT


class Other(loopback.Handler):
    """Somebody else's server."""

    def reply(self, _body: bytes | None) -> None:
        self.answer(200, "text/plain", b"another program")


def test_a_port_that_is_taken(house: House) -> None:
    """By a program that speaks HTTP, whether TLS is wanted there or not."""
    with loopback.serving(Other) as address:
        port = int(address.rpartition(":")[2])
        house.set(pki_port=port, port=port)
        found = house.found()
    for check in ("port-responder", "port-portal"):
        assert found[check].grade is Grade.FAULT
        assert str(port) in found[check].mend
    assert "another program" in found["port-responder"].found


def test_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that cannot be read, then a database that is not there: 1, and JSON for programs."""
    monkeypatch.setenv("GUICHET_PORT", "many")
    told = CliRunner().invoke(app, ["doctor", "--json"])
    (found,) = json.loads(told.output)
    assert (told.exit_code, found["check"], found["grade"]) == (1, "settings", "fault")
    assert "GUICHET_PORT" in found["found"]
    monkeypatch.setenv("GUICHET_PORT", str(free_port()))
    (tmp_path / "run").mkdir()
    monkeypatch.setenv("GUICHET_STATE", str(tmp_path))
    monkeypatch.setenv("GUICHET_DATABASE_URL", "postgresql://a:hidden@127.0.0.1:1/none")
    command = [Path(sys.executable).with_name("guichet"), "doctor", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    (told,) = [one for one in json.loads(done.stdout) if one["check"] == "database"]
    assert (done.returncode, told["grade"]) == (1, "fault")
    assert "does not answer" in told["found"]
    assert "hidden" not in done.stdout


def test_a_setting_in_a_file_is_told_by_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As units and containers give it; what the file holds is not shown."""
    (tmp_path / "url").write_text("postgresql://a:hidden@127.0.0.1:1/none")
    monkeypatch.delenv("GUICHET_DATABASE_URL", raising=False)
    monkeypatch.setenv("GUICHET_DATABASE_URL_FILE", str(tmp_path / "url"))
    told = CliRunner().invoke(app, ["doctor", "settings"])
    (line,) = [one for one in told.output.splitlines() if "GUICHET_DATABASE_URL" in one.split()]
    assert line.split()[1:3] == ["(in", f"{tmp_path / 'url'})"]
    assert "hidden" not in told.output


@pytest.mark.parametrize(("vendor", "told"), [("postgresql", "systemctl"), ("sqlite", "folder")])
def test_a_database_that_does_not_answer_is_mended_by_its_kind(
    vendor: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file has no service to look at."""

    def refuse() -> None:
        raise OperationalError("unable to open database file")

    away = SimpleNamespace(vendor=vendor, ensure_connection=refuse)
    monkeypatch.setattr(database, "connection", away)
    (one,) = database.examine(Environment.read({}), NOW)
    assert one.grade is Grade.FAULT
    assert told in one.mend
