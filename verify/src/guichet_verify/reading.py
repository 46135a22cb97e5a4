"""Reading an evidence file strictly, before anything is believed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from guichet_verify import canonical
from guichet_verify.notes import decoded

FORMAT: Final = "guichet-evidence/1"
FORMAT_BEHIND: Final = "guichet-evidence/2"
"""Of a file that shows what stands behind a habilitation that no dossier opened itself."""
LATER: Final = re.compile(r"guichet-evidence/(?:[3-9]|[1-9][0-9]{1,8})")
OCTETS_AT_MOST: Final = 4_000_000
ENTRIES_AT_MOST: Final = 1000
PATH_AT_MOST: Final = 63
SALT: Final = 16
BEHIND: Final = frozenset(("delegation", "carrying"))
DOCUMENTS: Final = BEHIND | {
    *("dossier", "decision", "habilitation"),
    *("order", "intent", "certificate", "chain", "withdrawal"),
}
PARTS: Final = {"actor": {"salt", "value"}, "content": {"salt", "subject", "facts"}}


class UnreadableError(Exception):
    """What is wrong with the file, by the place in it."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


class LaterFormatError(Exception):
    """The file is of a format that came after this program."""

    def __init__(self, named: str) -> None:
        super().__init__(named)
        self.named = named


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an entry that is opened: its salt, and the text that was sealed with it."""

    salt: bytes
    value: Any

    @property
    def text(self) -> str:
        """What was hashed behind the salt."""
        return canonical.text_of(self.value)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as the file gives it; nothing of it is believed yet."""

    leaf: str
    index: int
    path: tuple[bytes, ...]
    parts: Mapping[str, Part]


@dataclass(frozen=True, slots=True)
class Evidence:
    """An evidence file, read."""

    made_at: str
    origin: str
    vkey: str
    checkpoint: str
    entries: tuple[Entry, ...]
    documents: Mapping[str, str]


def read(data: bytes) -> Evidence:
    """Raises UnreadableError, naming the place; LaterFormatError."""
    if len(data) > OCTETS_AT_MOST:
        raise UnreadableError("size")
    try:
        content = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise UnreadableError("JSON") from error
    _known(content)
    top = _object(content, "", {"format", "made_at", "log", "entries", "documents"})
    documents = _documents(top["documents"])
    if (top["format"] == FORMAT_BEHIND) != bool(BEHIND & documents.keys()):
        raise UnreadableError("format")
    log = _object(top["log"], "log", {"origin", "vkey", "checkpoint"})
    if not isinstance(top["entries"], list) or len(top["entries"]) > ENTRIES_AT_MOST:
        raise UnreadableError("entries")
    return Evidence(
        _text(top["made_at"], "made_at"),
        _text(log["origin"], "log.origin"),
        _text(log["vkey"], "log.vkey"),
        _text(log["checkpoint"], "log.checkpoint"),
        tuple(_entry(found, f"entries.{n}") for n, found in enumerate(top["entries"])),
        documents,
    )


def _known(content: Any) -> None:
    """Asked before all else: what came later may hold what is unknown here.

    Raises UnreadableError, LaterFormatError.
    """
    named = content.get("format") if isinstance(content, dict) else None
    if isinstance(named, str) and LATER.fullmatch(named):
        raise LaterFormatError(named)
    if named not in (FORMAT, FORMAT_BEHIND):
        raise UnreadableError("format")


def _entry(found: Any, place: str) -> Entry:
    entry = _object(found, place, {"leaf", "index", "path", "opened"})
    index, path, opened = entry["index"], entry["path"], entry["opened"]
    if type(index) is not int or index < 0:
        raise UnreadableError(f"{place}.index")
    if not isinstance(path, list) or len(path) > PATH_AT_MOST:
        raise UnreadableError(f"{place}.path")
    if not isinstance(opened, dict) or not opened.keys() <= PARTS.keys():
        raise UnreadableError(f"{place}.opened")
    steps = tuple(_octets(step, f"{place}.path") for step in path)
    parts = {name: _part(name, part, f"{place}.opened.{name}") for name, part in opened.items()}
    return Entry(_text(entry["leaf"], f"{place}.leaf"), index, steps, parts)


def _part(name: str, found: Any, place: str) -> Part:
    part = _object(found, place, PARTS[name])
    salt = _text(part["salt"], place)
    if len(salt) != 2 * SALT or not set(salt) <= set("0123456789abcdef"):
        raise UnreadableError(f"{place}.salt")
    if name == "actor":
        return Part(bytes.fromhex(salt), _text(part["value"], place))
    facts = part["facts"]
    if not isinstance(facts, dict) or not all(_is_fact(fact) for fact in facts.values()):
        raise UnreadableError(f"{place}.facts")
    content = {"facts": facts, "subject": _text(part["subject"], place)}
    return Part(bytes.fromhex(salt), content)


def _documents(found: Any) -> dict[str, str]:
    if not isinstance(found, dict) or not found.keys() <= DOCUMENTS:
        raise UnreadableError("documents")
    return {name: _text(text, f"documents.{name}") for name, text in found.items()}


def _is_fact(value: Any) -> bool:
    return value is None or type(value) in {str, int}


def _object(found: Any, place: str, names: set[str]) -> dict[str, Any]:
    if not isinstance(found, dict) or found.keys() != names:
        raise UnreadableError(place or "JSON")
    return found


def _text(found: Any, place: str) -> str:
    if not isinstance(found, str):
        raise UnreadableError(place)
    try:
        found.encode()
    except UnicodeEncodeError as error:
        raise UnreadableError(place) from error
    return found


def _octets(found: Any, place: str) -> bytes:
    try:
        data = decoded(_text(found, place))
    except ValueError as error:
        raise UnreadableError(place) from error
    if len(data) != 32:
        raise UnreadableError(place)
    return data
