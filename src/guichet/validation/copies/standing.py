"""How a copy, or the shipping to copies, stands: a small file beside what is published."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from guichet.validation import files

COPY: Final = "copy.json"
OUTLET: Final = "outlet.json"
LATE: Final = timedelta(hours=1)
"""How far behind its publisher a copy may be before it says that it is not ready."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`published_at`: instant of the last head taken, or shipped; None before the first.

    `refused` says why a copy takes nothing more, `trouble` why nothing can be read or written.
    """

    sequence: int
    published_at: datetime | None
    refused: str = ""
    trouble: str = ""

    def write(self, path: Path) -> None:
        """Replace the file. Raises OSError."""
        said = {
            "sequence": self.sequence,
            "published_at": self.published_at and self.published_at.isoformat(),
            "refused": self.refused,
            "trouble": self.trouble,
        }
        files.replace(path, json.dumps(said).encode() + b"\n")


def read(path: Path) -> Standing | None:
    """What the file says; None where there is none, or it cannot be read."""
    try:
        said = json.loads(path.read_bytes())
        at = said["published_at"]
        return Standing(
            int(said["sequence"]),
            datetime.fromisoformat(at) if at else None,
            str(said["refused"]),
            str(said["trouble"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def unreadiness(published: Path, at: datetime) -> str:
    """Why a copy should not be asked while others can be; empty when it may, or is no copy."""
    found = read(published / COPY)
    if found is None:
        return ""
    if found.refused:
        return f"the publication is refused: {found.refused}"
    if found.published_at is None or found.published_at + LATE < at.astimezone(UTC):
        since = f"{found.published_at:%Y-%m-%dT%H:%M:%SZ}" if found.published_at else "the start"
        return f"nothing was copied since {since}: {found.trouble or 'the publisher is silent'}"
    return ""
