"""The `guichet` command. Each module here adds its verbs; a verb imports what it needs."""

from guichet.cli import (
    demo,
    directory,
    doctor,
    habilitation,
    journal,
    revocation,
    running,
)
from guichet.cli.base import app

__all__ = [
    "app",
    "demo",
    "directory",
    "doctor",
    "habilitation",
    "journal",
    "revocation",
    "running",
]
