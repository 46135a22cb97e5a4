"""The folder and the environment of a rehearsal, set before Django and the catalogue are read."""

import os
import tempfile
import tomllib
from pathlib import Path
from typing import Final

KEPT_APART: Final = (
    "GUICHET_DATABASE_URL",
    "GUICHET_KEYSTORE",
    "GUICHET_KEYSTORE_PASSPHRASE_FILE",
    "GUICHET_SECRET_FILE",
    "CREDENTIALS_DIRECTORY",
)
"""Each by its value, or by the file that holds it (guichet.conf.environment)."""


def prepare(plan: Path) -> "tempfile.TemporaryDirectory[str]":
    """Point this process at a state folder of its own, in the environment that the plan names.

    A plan that cannot be read is told of later, by its reading.
    """
    folder = tempfile.TemporaryDirectory(prefix="guichet-rehearsal-")
    for name in KEPT_APART:
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    try:
        named = tomllib.loads(plan.read_text(encoding="utf-8")).get("environment")
    except (OSError, ValueError):
        named = None
    os.environ["GUICHET_STATE"] = folder.name
    os.environ["GUICHET_ENVIRONMENT"] = "production" if named == "production" else "test"
    return folder
