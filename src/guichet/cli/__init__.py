"""The `guichet` command. Each module here adds its verbs; a verb imports what it needs."""

from guichet.cli import (
    authorities,
    backup,
    ceremony,
    demo,
    directory,
    doctor,
    habilitation,
    incident,
    journal,
    keys,
    keystore,
    queue,
    revocation,
    running,
)
from guichet.cli.base import app

__all__ = [
    "app",
    "authorities",
    "backup",
    "ceremony",
    "demo",
    "directory",
    "doctor",
    "habilitation",
    "incident",
    "journal",
    "keys",
    "keystore",
    "queue",
    "revocation",
    "running",
]
