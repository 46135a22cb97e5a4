"""What a verification finds: one finding a thing checked, its code the same in every language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Fact = str | int


class Level(StrEnum):
    """How a finding counts: a note is a limit of what was proved, not a fault."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


class Step(StrEnum):
    """The part of the verification that a finding belongs to, in the order they are done."""

    FORMAT = "format"
    LOG = "log"
    ENTRIES = "entries"
    DOCUMENTS = "documents"
    CERTIFICATE = "certificate"
    STORY = "story"
    CONSISTENCY = "consistency"


class Code(StrEnum):
    """What was found. The words stand in words/*.toml; programs read the codes."""

    FORMAT_GOOD = "format-good"
    FORMAT_BAD = "format-bad"
    FORMAT_LATER = "format-later"
    KEY_GIVEN = "key-given"
    KEY_CONTAINED = "key-contained"
    KEY_BAD = "key-bad"
    SIGNATURE_GOOD = "signature-good"
    SIGNATURE_BAD = "signature-bad"
    ENTRY_GOOD = "entry-good"
    ENTRY_SEALED = "entry-sealed"
    ENTRY_LEAF = "entry-leaf"
    ENTRY_PLACE = "entry-place"
    ENTRY_PATH = "entry-path"
    ENTRY_OPENED = "entry-opened"
    ENTRY_ORDER = "entry-order"
    ENTRY_MISSING = "entry-missing"
    DOCUMENT_GOOD = "document-good"
    DOCUMENT_ALTERED = "document-altered"
    DOCUMENT_MISSING = "document-missing"
    DOCUMENT_ABSENT = "document-absent"
    CERTIFICATE_GOOD = "certificate-good"
    CERTIFICATE_BAD = "certificate-bad"
    CHAIN_GOOD = "chain-good"
    CHAIN_BAD = "chain-bad"
    CHAIN_UNREAD = "chain-unread"
    ROOT_GIVEN = "root-given"
    ROOT_CONTAINED = "root-contained"
    ROOT_OTHER = "root-other"
    STORY_GOOD = "story-good"
    STORY_ORDER = "story-order"
    STORY_LINK = "story-link"
    REVOKED = "revoked"
    CONSISTENT = "consistent"
    INCONSISTENT = "inconsistent"
    CONSISTENCY_UNREAD = "consistency-unread"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked, and the facts its sentence needs."""

    step: Step
    level: Level
    code: Code
    facts: Mapping[str, Fact] = field(default_factory=dict)


def good(step: Step, code: Code, **facts: Fact) -> Finding:
    """A finding in favour."""
    return Finding(step, Level.GOOD, code, facts)


def note(step: Step, code: Code, **facts: Fact) -> Finding:
    """A finding that limits what is proved."""
    return Finding(step, Level.NOTE, code, facts)


def bad(step: Step, code: Code, **facts: Fact) -> Finding:
    """A finding that refuses the file."""
    return Finding(step, Level.BAD, code, facts)
