"""How an entry is written and chained: canonical JSON, SHA-256 over it and over what precedes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from pydantic_core import to_json

GENESIS: Final = "0" * 64
"""The digest that the first entry names as its predecessor's."""

Fact = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The content of one entry, as it is hashed. `at` is an aware instant."""

    seq: int
    event: str
    subject: str
    actor: str
    at: datetime
    facts: Mapping[str, Fact]
    previous: str

    def canonical(self) -> bytes:
        """One JSON text for one content: sorted names, no space, UTC instant, UTF-8."""
        content = {
            "actor": self.actor,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "event": self.event,
            "facts": dict(sorted(self.facts.items())),
            "previous": self.previous,
            "seq": self.seq,
            "subject": self.subject,
        }
        return to_json(content)

    def digest(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal; it covers the previous digest too."""
        return hashlib.sha256(self.canonical()).hexdigest()
