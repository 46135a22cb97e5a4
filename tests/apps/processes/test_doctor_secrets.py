"""What the doctor says of secrets that others may read: on a machine, and in a container."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from guichet.conf.environment import Environment
from guichet.processes.doctor import Grade, folders, mounts

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("place", "options", "is_given"),
    [
        ("secrets/django", "ro,relatime", True),
        ("secrets/django", "rw,relatime", False),
        ("secrets", "ro,relatime", False),
        ("secrets/other", "ro", False),
        ("", "ro", False),
    ],
)
def test_a_secret_that_a_container_is_given_has_the_mode_of_the_host(
    place: str, options: str, is_given: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compose cannot change it: no cry of wolf for that file alone, mounted to be read."""
    state = tmp_path / "of a state"
    secret = state / "secrets" / "django"
    secret.parent.mkdir(parents=True, mode=0o700)
    secret.write_text("s")
    secret.chmod(0o444)
    written = str(state / place).rstrip("/").replace(" ", "\\040")
    lines = tmp_path / "mountinfo"
    lines.write_text(
        "21 1 254:0 / / rw,relatime - ext4 /dev/vda rw\nodd\n"
        f"65 21 254:0 /src {written} {options} shared:1 - ext4 /dev/vda rw\n"
    )
    monkeypatch.setattr(mounts, "MOUNTS", lines)
    environment = Environment.read({"GUICHET_STATE": str(state)})
    (one,) = [one for one in folders.examine(environment, NOW) if one.check == "secrets"]
    assert one.grade is (Grade.WELL if is_given else Grade.FAULT)
    assert str(secret) in one.found


def test_where_no_mounts_are_told_none_is_excused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounts, "MOUNTS", tmp_path / "none")
    (tmp_path / "secret").touch()
    assert not mounts.given(tmp_path / "secret")
