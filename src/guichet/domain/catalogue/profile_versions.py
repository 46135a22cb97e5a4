"""Every version that a profile ever had, kept beside those in force: one flat TOML file each.

`python -m guichet.domain.catalogue.profile_versions` keeps the versions in force that are not kept
yet; a test fails until it was run. A version once kept is never edited.
"""

import hashlib
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from guichet.domain.catalogue import profiles

ENDING: Final = ".toml"
Lines = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its number, what it says line by line, and the SHA-256 of its file.

    `name` is that of the profile's file, `code` the profile's own.
    """

    name: str
    number: int
    lines: Lines
    sha256: str

    @property
    def code(self) -> str:
        """ "ORG/AUTH_CLI"."""
        return str(self.lines["code"])


@dataclass(frozen=True, slots=True)
class Change:
    """A line that differs; None where a side says nothing of it."""

    line: str
    before: Any
    after: Any


@cache
def every() -> Mapping[str, tuple[Version, ...]]:
    """The versions of each profile, by the name of its file, the oldest first."""
    folder = files(__package__) / "versions"
    return {
        entry.name: tuple(_read(entry.name, entry)) for entry in folder.iterdir() if entry.is_dir()
    }


def written(table: Mapping[str, Any]) -> str:
    """A profile's table as the text of its version: one line a value, sorted."""
    lines = sorted(_flat(table))
    return "".join(f"{_json(line)} = {_json(value)}\n" for line, value in lines)


def changes(before: Lines, after: Lines) -> tuple[Change, ...]:
    """The lines that differ between two versions, or two profiles."""
    names = sorted(before.keys() | after.keys())
    pairs = ((name, before.get(name), after.get(name)) for name in names)
    return tuple(Change(*pair) for pair in pairs if pair[1] != pair[2])


def unkept() -> Iterator[tuple[str, int, str]]:
    """Profiles in force whose version is not the last kept: name, next number, text."""
    for name, table in profiles.tables().items():
        kept = every().get(name, ())
        text = written(table)
        if not kept or kept[-1].sha256 != _digest(text):
            yield name, len(kept) + 1, text


def keep(folder: Path) -> int:
    """Write the versions in force that are not kept yet; how many."""
    count = 0
    for name, number, text in unkept():
        file = folder / name / f"{number}{ENDING}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        count += 1
    return count


def _read(name: str, folder: Any) -> Iterator[Version]:
    numbers = sorted(int(e.name.removesuffix(ENDING)) for e in folder.iterdir())
    for number in numbers:
        text = (folder / f"{number}{ENDING}").read_text(encoding="utf-8")
        yield Version(name, number, tomllib.loads(text), _digest(text))


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key} ")
        else:
            yield f"{above}{key}", value


def _json(value: Any) -> str:
    """Texts, numbers, booleans and lists of them are written alike in JSON and in TOML."""
    return json.dumps(value, ensure_ascii=False)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(f"{keep(Path(__file__).parent / 'versions')} kept\n")
