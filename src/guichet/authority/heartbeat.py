"""A sign of life: a file whose age tells /readyz and the watchdog that a process works."""

import time

from django.conf import settings


def beat(name: str) -> None:
    """Say that the process of this name ("signer", "publisher") just made a round."""
    file = settings.GUICHET.state / "run" / f"{name}.heartbeat"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{time.time():.0f}\n")
