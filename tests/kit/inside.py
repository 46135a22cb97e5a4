"""Python run with the settings of a product that runs, for what has no page and no command."""

import subprocess
import sys
from collections.abc import Mapping

SETTINGS = {"DJANGO_SETTINGS_MODULE": "guichet.conf.settings", "GUICHET_DEMO": "1"}
BEGINNING = """
from guichet.processes.collecting import collect_seldom

collect_seldom()
import django

django.setup()
"""


def inside(environment: Mapping[str, str], source: str, *arguments: str) -> str:
    """What a program prints, run on the database of the product of this environment."""
    done = subprocess.run(
        [sys.executable, "-c", BEGINNING + source, *arguments],
        env={**environment, **SETTINGS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
