"""Bringing a state folder up to date: folders, database schema, static files. Safe to repeat."""

import os

from django.conf import settings
from django.core.management import call_command


def bring_up_to_date() -> None:
    """Create the state folders (0700), migrate the database and collect static files."""
    state = settings.GUICHET.state
    for name in ("", "secrets", "run", "log", "journal", "published", "responder"):
        (state / name).mkdir(parents=True, exist_ok=True)
    for private in ("secrets", "responder"):
        (state / private).chmod(0o700)
    os.umask(0o027)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
