"""What a command did with one certificate: for people in words, for programs in JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from guichet_client.errors import Exit


@dataclass(frozen=True, slots=True)
class Outcome:
    """`action` is stable, for programs; `words` are for people."""

    name: str
    action: str
    words: str
    code: Exit = Exit.DONE
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As --json prints it."""
        told = {"name": self.name, "action": self.action, "message": self.words}
        return told | {"exit_code": int(self.code)} | dict(self.facts)
