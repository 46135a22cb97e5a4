"""The documents: the digest of each is told by an entry of its kind, in the fact `document`."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from guichet_verify import canonical, pem
from guichet_verify.entries import Proved
from guichet_verify.findings import Code, Finding, Step, bad, good, note
from guichet_verify.notes import decoded

FACT: Final = "document"
SAFE: Final = 2**53
"""Below it, whole numbers are the same to every reader of JSON."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: the events whose entries name its digest, and whether it may lack.

    One with an `origin` is missed only of habilitations that come from there.
    """

    events: frozenset[str]
    is_needed: bool = True
    origin: str = ""


KINDS: Final[Mapping[str, Kind]] = {
    "dossier": Kind(frozenset({"dossier-deposited", "dossier-changed"}), is_needed=False),
    "decision": Kind(frozenset({"dossier-accepted"}), is_needed=False),
    "delegation": Kind(frozenset({"delegation-accepted"}), is_needed=False, origin="delegation"),
    "habilitation": Kind(frozenset({"right-granted"}), is_needed=False),
    "carrying": Kind(frozenset({"right-carried-over"}), is_needed=False, origin="renewal"),
    "order": Kind(frozenset({"order-placed"})),
    "intent": Kind(frozenset({"signing-planned"})),
    "certificate": Kind(frozenset({"certificate-issued"})),
    "withdrawal": Kind(frozenset({"order-withdrawn"})),
}
"""In the order in which they usually come to be: the story says which must."""

OTHER_TIES: Final = {"habilitation": ("order-placed", "habilitation")}
"""The order names its habilitation too, for readers to whom that one's own entry stays sealed."""


@dataclass(frozen=True, slots=True)
class Tied:
    """A document that an entry names: its octets' digest, its content, and that entry."""

    name: str
    sha256: str
    content: Mapping[str, Any]
    octets: bytes
    entry: Proved
    is_own: bool = True

    def told(self, name: str) -> str:
        """A value of the content as text; empty when it is not there."""
        found = self.content.get(name)
        if isinstance(found, str):
            return found
        return "" if found is None else json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def check(
    documents: Mapping[str, str], entries: Sequence[Proved]
) -> tuple[Mapping[str, Tied], tuple[Finding, ...]]:
    """The documents that stand, by name, and what was found of each."""
    standing = {name: _tied(name, documents[name], entries) for name in KINDS if name in documents}
    tied = {name: one for name, one in standing.items() if one is not None}
    origin = tied["habilitation"].told("origin").partition(":")[0] if "habilitation" in tied else ""
    found: list[Finding] = []
    for name, kind in KINDS.items():
        found += _missing_entry(kind, entries)
        if name not in documents:
            found += _lacking(name, kind, origin)
        elif name not in tied:
            found.append(bad(Step.DOCUMENTS, Code.DOCUMENT_ALTERED, document=name))
        else:
            index = tied[name].entry.index
            found.append(good(Step.DOCUMENTS, Code.DOCUMENT_GOOD, document=name, index=index))
    return tied, tuple(found)


def _missing_entry(kind: Kind, entries: Sequence[Proved]) -> Iterator[Finding]:
    if kind.is_needed and not any(entry.event in kind.events for entry in entries):
        yield bad(Step.ENTRIES, Code.ENTRY_MISSING, event=min(kind.events))


def _lacking(name: str, kind: Kind, origin: str) -> Iterator[Finding]:
    if kind.is_needed:
        yield bad(Step.DOCUMENTS, Code.DOCUMENT_MISSING, document=name)
    elif kind.origin in {"", origin}:
        yield note(Step.DOCUMENTS, Code.DOCUMENT_ABSENT, document=name)


def _tied(name: str, text: str, entries: Sequence[Proved]) -> Tied | None:
    try:
        octets = _octets(name, text)
        content = {} if name in {"certificate", "intent"} else canonical.parsed(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not all(_is_told(value) for value in content.values()):
        return None
    sha256 = hashlib.sha256(octets).hexdigest()
    for entry in entries:
        if entry.event in KINDS[name].events and entry.fact(FACT) == sha256:
            return Tied(name, sha256, content, octets, entry)
    event, fact = OTHER_TIES.get(name, ("", ""))
    for entry in entries:
        if entry.event == event and entry.fact(fact) == sha256:
            return Tied(name, sha256, content, octets, entry, is_own=False)
    return None


def _is_told(value: Any) -> bool:
    """What documents hold: texts, whole numbers (RFC 7493 2.2), nothing, and lists of texts."""
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    if type(value) is int:
        return abs(value) < SAFE
    return value is None or isinstance(value, str)


def _octets(name: str, text: str) -> bytes:
    """What is hashed: DER of a certificate or an intent, else the text. Raises ValueError."""
    if name == "certificate":
        (der,) = pem.ders(text)
        return der
    if name == "intent":
        return decoded(text)
    return text.encode()
