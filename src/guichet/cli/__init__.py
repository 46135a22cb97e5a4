"""The `guichet` command. Each module here adds its verbs; a verb imports what it needs."""

from guichet.cli import (
    backup,
    demo,
    directory,
    doctor,
    habilitation,
    journal,
    keystore,
    revocation,
    running,
)
from guichet.cli.base import app

__all__ = [
    "app",
    "backup",
    "demo",
    "directory",
    "doctor",
    "habilitation",
    "journal",
    "keystore",
    "revocation",
    "running",
]
