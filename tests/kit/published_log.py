"""The published log in a folder of a test: what the journal tells becomes leaves."""

from pathlib import Path

from django.utils import timezone

from guichet.journal import log, publishing
from guichet.journal.publishing import Places

ORIGIN = "guichet.test/journal"


def integrate(keys: Path) -> int:
    """Let the log hold all that is told now, signed by the key in this folder; its size."""
    places = Places(published=log.published(), keys=keys, origin=ORIGIN, write=_write)
    return publishing.catch_up(places, timezone.now())


def _write(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
