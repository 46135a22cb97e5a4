"""The last release goes on working while the database is already that of this one (ADR 0041)."""

import importlib
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.db import migrations

from kit import release

PROCESS = Path(__file__).with_name("upgrade_process.py")
VECTOR = Path(__file__).resolve().parents[2] / "vectors" / "released_migrations.json"
SOURCE = Path(__file__).resolve().parents[3] / "src" / "guichet"
RELEASES: dict[str, dict[str, list[str]]] = json.loads(VECTOR.read_text())
HERE = release.migrations(SOURCE)
# The last release that this one adds to: the release's own commit is held to the one before.
RELEASED = next(names for names in reversed(RELEASES.values()) if names != HERE)
# What takes away something that the last release reads or writes: a release later, never at once.
TAKES_AWAY = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)


def newer() -> Iterator[tuple[str, str]]:
    """Migrations since the last release."""
    for app, names in HERE.items():
        yield from ((app, name) for name in names if name not in RELEASED.get(app, ()))


def test_nothing_is_taken_away_at_once() -> None:
    """A column or a table goes a release after its last use."""
    for app, name in newer():
        module = importlib.import_module(f"guichet.{app}.migrations.{name}")
        strange = [op for op in module.Migration.operations if isinstance(op, TAKES_AWAY)]
        assert not strange, (app, name)


def test_released_migrations_stay() -> None:
    """An installation that ran them must find them."""
    for released in RELEASES.values():
        assert {app: sorted({*names} - {*HERE[app]}) for app, names in released.items()} == {
            app: [] for app in released
        }


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """A database, or a schema, of this test's own."""
    url = settings.GUICHET.database_url
    if url.startswith("sqlite:"):
        yield f"sqlite:///{tmp_path / 'old.db'}"
        return
    schema = f"old_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE SCHEMA {schema}")
        yield f"{url}{'&' if '?' in url else '?'}options={quote(f'-csearch_path={schema}')}"
        server.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.mark.own_database
def test_the_last_release_works_on_the_new_schema(database_url: str, tmp_path: Path) -> None:
    """Whatever row its models could insert, read and change, they still can after the upgrade."""
    environment = os.environ | {
        "GUICHET_DATABASE_URL": database_url,
        "GUICHET_STATE": str(tmp_path),
    }
    (tmp_path / "released.json").write_text(json.dumps(RELEASED))
    command = [sys.executable, str(PROCESS), str(tmp_path / "released.json")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["broken"] == {}
    assert len(told["before"]) > 0.8 * len(told["all"]), set(told["all"]) - set(told["before"])
