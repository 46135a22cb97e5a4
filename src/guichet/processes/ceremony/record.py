"""What was done of a ceremony, kept in the state folder: a step is there once it is done."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from guichet.domain.ceremonies.steps import Step
from guichet.domain.ceremonies.transcript import GENESIS, chained

NAME: Final = "record.json"
Fact = str | int


def write_whole(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file whole or not at all, on the disk when this returns."""
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        os.fchmod(stream.fileno(), mode)  # whatever the umask
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def written(at: datetime) -> str:
    """An instant in UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


class Record:
    """The steps done, chained; written again whole after each one."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        self._path = folder / NAME
        self.steps: list[dict[str, Any]] = []
        self.certificates: list[dict[str, str]] = []
        self.intents: dict[str, str] = {}
        if self._path.exists():
            found = json.loads(self._path.read_bytes())
            self.steps, self.certificates = found["steps"], found["certificates"]
            self.intents = found["intents"]

    def is_done(self, step: Step) -> bool:
        """Whether a step was done, by this run or an earlier one."""
        return any(found["step"] == step.key for found in self.steps)

    def facts(self, key: str) -> Mapping[str, Fact]:
        """What a step that was done told; nothing of one that was not."""
        found = (step["facts"] for step in self.steps if step["step"] == key)
        return next(found, {})

    def quoted(self) -> set[int]:
        """Numbers of the journal's entries that steps have told of already."""
        told = (str(step["facts"].get("journal", "")) for step in self.steps)
        return {int(number) for numbers in told for number in numbers.split(", ") if number}

    def add(self, step: Step, begun: datetime, ended: datetime, facts: Mapping[str, Fact]) -> None:
        """Keep a step that is done."""
        content = {
            "step": step.key,
            "french": step.french,
            "english": step.english,
            "begun": written(begun),
            "ended": written(ended),
            "facts": dict(facts),
        }
        previous = self.steps[-1]["digest"] if self.steps else GENESIS
        self.steps.append(chained(content, previous))
        self._write()

    def add_certificate(self, certificate: dict[str, str]) -> None:
        """Keep a certificate that a step made or installed; once."""
        if certificate not in self.certificates:
            self.certificates.append(certificate)
            self._write()

    def intend(self, key: str, code: str) -> str:
        """What a step is about to make, fixed before it is made: a step cut short makes no second.

        Returns what an earlier run intended, else `code`.
        """
        if key not in self.intents:
            self.intents[key] = code
            self._write()
        return self.intents[key]

    def _write(self) -> None:
        content = {
            "steps": self.steps,
            "certificates": self.certificates,
            "intents": self.intents,
        }
        write_whole(self._path, json.dumps(content, ensure_ascii=False).encode())
