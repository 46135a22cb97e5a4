"""Bringing a state folder up to date: folders, database schema, static files. Safe to repeat."""

import os
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from guichet.database import grants
from guichet.processes.hardening import OTHERS_READ
from guichet.processes.state import FOLDERS

PRIVATE: Final = frozenset({"secrets", "responder"})
OWNER_ALONE: Final = 0o700


def bring_up_to_date() -> None:
    """Create the state folders, migrate the database, give its roles their rights, collect files.

    Folders that another user owns were made by the administrator (deploy/systemd): they are left.
    Raises ConfigurationError, before it changes anything, where the files of the theme are missing.
    """
    settings.GUICHET.dressing.require_files()
    os.umask(0o027)
    for name in ("", *FOLDERS):
        _make(settings.GUICHET.state / name, is_private=name in PRIVATE)
    call_command("migrate", verbosity=0, interactive=False)
    grants.apply(connection)
    kept = os.umask(OTHERS_READ)  # nginx and the users of three processes serve these files
    try:
        call_command("collectstatic", verbosity=0, interactive=False)
    finally:
        os.umask(kept)


def _make(folder: Path, *, is_private: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if is_private and folder.stat().st_uid == os.geteuid():
        folder.chmod(OWNER_ALONE)
