"""What Django thinks of the settings of a counter in production."""

import os
import subprocess
import sys
from pathlib import Path


def test_production_settings_pass_every_check(tmp_path: Path) -> None:
    """`check --deploy`, warnings counting; what is silenced says why in the settings."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GUICHET_")}
    env |= {
        "DJANGO_SETTINGS_MODULE": "guichet.conf.settings",
        "GUICHET_STATE": str(tmp_path),
        "GUICHET_HOST": "guichet.example.fr",
        "GUICHET_ENVIRONMENT": "production",
    }
    program = Path(sys.executable).parent / "django-admin"
    told = subprocess.run(
        [program, "check", "--deploy", "--fail-level", "WARNING"],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert "no issues" in told.stdout
