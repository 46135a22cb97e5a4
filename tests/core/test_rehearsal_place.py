"""A rehearsal has a place of its own: nothing of it reaches the database or keys in service."""

import os
from pathlib import Path

import pytest

from guichet.conf.environment import Environment
from guichet.processes import passphrases
from guichet.processes.ceremony import throwaway


@pytest.mark.parametrize("is_by_file", [False, True])
def test_what_is_in_service_is_not_reached(
    is_by_file: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named by a value, or by a file that holds it, as units and containers do."""
    served = {
        "GUICHET_STATE": str(tmp_path / "state"),
        "GUICHET_ENVIRONMENT": "test",
        "GUICHET_KEYSTORE_PASSPHRASE_FILE": str(tmp_path / "passphrase"),
        "GUICHET_SECRET_FILE": str(tmp_path / "secret"),
        "CREDENTIALS_DIRECTORY": str(tmp_path),
    }
    named = {
        "GUICHET_DATABASE_URL": "postgresql://guichet@db/guichet",
        "GUICHET_KEYSTORE": "pkcs11:token=guichet?module-path=/usr/lib/hsm.so",
    }
    for name, value in named.items():
        (tmp_path / name).write_text(value)
        monkeypatch.delenv(name, raising=False)
        served |= {f"{name}_FILE": str(tmp_path / name)} if is_by_file else {name: value}
    for name, value in served.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "keystore").write_text("a credential of systemd")
    before = Environment.read(os.environ)
    assert [before.database_url, before.keystore] == [*named.values()]
    plan = tmp_path / "plan.toml"
    plan.write_text('environment = "production"')
    with throwaway.prepare(plan) as folder:
        found = Environment.read(os.environ)
        assert found.environment == "production"
        assert found.state == Path(folder)
        places = (found.secret_file, passphrases.place(found))
        assert all(path.is_relative_to(found.state) for path in places)
        assert found.database_url == f"sqlite:///{folder}/guichet.db"
        assert found.keystore == f"file:{folder}/keystore"
