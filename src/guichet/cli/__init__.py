"""The `guichet` command. Each module here adds its verbs; a verb imports what it needs."""

from guichet.cli import (
    access,
    authorities,
    backup,
    ceremony,
    demo,
    directory,
    doctor,
    documentation,
    habilitation,
    incident,
    journal,
    keys,
    keystore,
    personal,
    queue,
    revocation,
    running,
)
from guichet.cli.base import app

__all__ = [
    "access",
    "app",
    "authorities",
    "backup",
    "ceremony",
    "demo",
    "directory",
    "doctor",
    "documentation",
    "habilitation",
    "incident",
    "journal",
    "keys",
    "keystore",
    "personal",
    "queue",
    "revocation",
    "running",
]
