"""What Django thinks of the settings of a counter in production."""

import os
import re
import subprocess
import sys
from pathlib import Path

from django.test import Client

NGINX = Path(__file__).resolve().parents[3] / "deploy/nginx/guichet-portal.conf"


def test_nginx_gives_static_files_the_policy_of_the_pages(db: None) -> None:
    """It serves them itself, among them the worker that makes keys."""
    files = NGINX.read_text().partition("location ^~ /static/")[2]
    told = re.search(r'add_header Content-Security-Policy "([^"]+)"', files)
    assert told
    ours = Client().get("/aide/", secure=True)["Content-Security-Policy"]
    assert sorted(told[1].split("; ")) == sorted(ours.split("; "))


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
