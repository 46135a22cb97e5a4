"""The entries: each is in the log at its place, and what is opened of it is what was sealed."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from guichet_verify import canonical, merkle
from guichet_verify.findings import Code, Fact, Finding, Step, bad, good, note
from guichet_verify.notes import Checkpoint
from guichet_verify.reading import Entry

SEALED: Final = {"at", "event", "previous", "sealed", "seq"}
OPEN: Final = {"actor", "at", "event", "facts", "previous", "seq", "subject"}


@dataclass(frozen=True, slots=True)
class Proved:
    """An entry that is proved: what it tells, as far as it is opened."""

    index: int
    event: str
    at: str
    subject: str = ""
    facts: Mapping[str, Fact | None] = field(default_factory=dict)

    def fact(self, name: str) -> str:
        """A fact as text; empty when it is not told."""
        found = self.facts.get(name)
        return "" if found is None else str(found)


def check(
    entries: Sequence[Entry], checkpoint: Checkpoint
) -> tuple[tuple[Proved, ...], tuple[Finding, ...]]:
    """The entries that are proved, and what was found of each."""
    proved: list[Proved] = []
    found: list[Finding] = []
    for entry in entries:
        faults = list(_faults(entry, checkpoint))
        found += faults
        if not faults:
            one = _proved(entry)
            proved.append(one)
            code = Code.ENTRY_GOOD if one.subject else Code.ENTRY_SEALED
            level = good if one.subject else note
            found.append(level(Step.ENTRIES, code, index=one.index, event=one.event, at=one.at))
    places = [entry.index for entry in entries]
    if places != sorted(set(places)):
        found.append(bad(Step.ENTRIES, Code.ENTRY_ORDER))
    return tuple(proved), tuple(found)


def _faults(entry: Entry, checkpoint: Checkpoint) -> Iterator[Finding]:
    index = entry.index
    try:
        leaf = _leaf(entry.leaf)
    except (ValueError, RecursionError):
        yield bad(Step.ENTRIES, Code.ENTRY_LEAF, index=index)
        return
    if leaf["seq"] != index + 1:
        yield bad(Step.ENTRIES, Code.ENTRY_PLACE, index=index)
    hashed = merkle.leaf_hash(hashlib.sha256(entry.leaf.encode()).digest())
    if not merkle.is_included(hashed, index, checkpoint.size, entry.path, checkpoint.root):
        yield bad(Step.ENTRIES, Code.ENTRY_PATH, index=index)
    for name, part in entry.parts.items():
        sealed = hashlib.sha256(part.salt + part.text.encode()).hexdigest()
        if leaf.get("sealed", {}).get(name) != sealed:
            yield bad(Step.ENTRIES, Code.ENTRY_OPENED, index=index, part=name)


def _leaf(text: str) -> dict[str, Any]:
    """The leaf, sealed or, as entries were written before, open. Raises ValueError."""
    leaf = canonical.parsed(text)
    if not isinstance(leaf, dict) or leaf.keys() not in (SEALED, OPEN):
        raise ValueError("not a leaf")
    sealed = leaf.get("sealed", {"actor": "", "content": ""})
    if not isinstance(sealed, dict) or sealed.keys() != {"actor", "content"}:
        raise ValueError("not a leaf")
    if type(leaf["seq"]) is not int or not all(isinstance(leaf[n], str) for n in ("event", "at")):
        raise ValueError("not a leaf")
    kinds = {"facts": dict, "subject": str}
    if any(not isinstance(leaf[name], kind) for name, kind in kinds.items() if name in leaf):
        raise ValueError("not a leaf")
    return leaf


def _proved(entry: Entry) -> Proved:
    leaf = _leaf(entry.leaf)
    content = entry.parts["content"].value if "content" in entry.parts else leaf
    subject, facts = content.get("subject", ""), content.get("facts", {})
    return Proved(entry.index, leaf["event"], leaf["at"], subject, facts)
