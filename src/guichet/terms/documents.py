"""A version of a text that people agree to, as a frozen value, and how its text is laid out."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.utils.translation import get_language

from guichet.domain.wording import VersionState

NUMBER_AT_MOST: Final = 20


class Kind(StrEnum):
    """What people agree to, or what a certificate refers to."""

    TERMS = "terms"
    POLICY = "policy"
    PRACTICE = "practice"


# What accepting means: who withdraws agrees to the terms and to the policy.
AGREED: Final = (Kind.TERMS, Kind.POLICY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version. `enforced_at` is None for the one that came with the counter."""

    kind: Kind
    number: str
    oid: str
    text_fr: str
    text_en: str
    changes_fr: str
    changes_en: str
    in_force_from: datetime
    state: VersionState = VersionState.IN_FORCE
    author_id: int = 0
    author: str = ""
    written_at: datetime | None = None
    enforced_by: str = ""
    enforced_at: datetime | None = None

    @property
    def sha256(self) -> str:
        """SHA-256 of what is agreed to, as canonical JSON, in hexadecimal."""
        content = {
            "kind": self.kind.value,
            "number": self.number,
            "oid": self.oid,
            "en": self.text_en,
            "fr": self.text_fr,
        }
        written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(written.encode()).hexdigest()

    def text(self, language: str) -> str:
        """The text in a language; French when there is no other."""
        return self.text_en if language.startswith("en") else self.text_fr

    @property
    def laid_out(self) -> tuple["Block", ...]:
        """The text in the active language, as pages draw it."""
        return tuple(blocks(self.text(get_language() or "fr")))

    def changes(self, language: str) -> str:
        """What this version changes."""
        return self.changes_en if language.startswith("en") else self.changes_fr

    @property
    def changed(self) -> str:
        """What this version changes, in the active language."""
        return self.changes(get_language() or "fr")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody agrees to: versions and digests of the terms and of the policy."""

    terms: str
    terms_sha256: str
    policy: str
    policy_sha256: str

    @property
    def shown(self) -> str:
        """How a page says which versions it showed."""
        return f"{self.terms} {self.policy}"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a laid-out text: a "title", a "paragraph" or the lines of a "list"."""

    kind: str
    lines: tuple[str, ...]


def blocks(text: str) -> Iterator[Block]:
    """Lay a plain text out: "# " begins a title, "- " a line of a list; empty lines part blocks."""
    for part in text.replace("\r\n", "\n").split("\n\n"):
        lines = tuple(line.strip() for line in part.strip().split("\n") if line.strip())
        if not lines:
            continue
        if all(line.startswith("- ") for line in lines):
            yield Block("list", tuple(line[2:] for line in lines))
        elif len(lines) == 1 and lines[0].startswith("# "):
            yield Block("title", (lines[0][2:],))
        else:
            yield Block("paragraph", lines)
