"""How an entry is written and chained: canonical JSON, SHA-256 over it and over what precedes.

What an entry tells of people is sealed: its leaf holds two salted digests, one of the actor and one
of the subject with the facts. Whoever holds a salt and what it seals can show that they belong to
the leaf; once both are erased, the leaf and the chain stand and tell nothing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from pydantic_core import to_json

GENESIS: Final = "0" * 64
"""The digest that the first entry names as its predecessor's."""
SALT: Final = 16
"""Octets of a salt."""
HELD_AT_MOST: Final = 64

Fact = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The content of one entry. `at` is an aware instant."""

    seq: int
    event: str
    subject: str
    actor: str
    at: datetime
    facts: Mapping[str, Fact]
    previous: str

    def canonical(self) -> bytes:
        """The leaf of an entry written before seals: one JSON text for one content.

        Sorted names, no space, UTC instant, UTF-8.
        """
        content = {
            "actor": self.actor,
            "at": told_at(self.at),
            "event": self.event,
            "facts": dict(sorted(self.facts.items())),
            "previous": self.previous,
            "seq": self.seq,
            "subject": self.subject,
        }
        return to_json(content)

    def digest(self) -> str:
        """SHA-256 of that text, in hexadecimal; it covers the previous digest too."""
        return hashlib.sha256(self.canonical()).hexdigest()


@dataclass(frozen=True, slots=True)
class Seal:
    """What the leaf holds of the two sealed parts, and their salts, "" once erased; in hex."""

    actor: str
    content: str
    actor_salt: str
    content_salt: str

    @classmethod
    def of(cls, actor: str, subject: str, facts: Mapping[str, Fact], salts: bytes) -> "Seal":
        """Seal the parts of an entry with 32 random octets: the actor's salt, then the other."""
        first, second = salts[:SALT], salts[SALT:]
        return cls(
            sealed_actor(first, actor),
            sealed_content(second, subject, facts),
            first.hex(),
            second.hex(),
        )

    def leaf(self, seq: int, event: str, at: datetime, previous: str) -> bytes:
        """The canonical JSON text that is hashed and chained; it holds nothing of the parts."""
        content = {
            "at": told_at(at),
            "event": event,
            "previous": previous,
            "sealed": {"actor": self.actor, "content": self.content},
            "seq": seq,
        }
        return to_json(content)


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry as it is stored; `seal` is None for one written before seals."""

    link: Link
    digest: str
    seal: Seal | None

    def leaf(self) -> bytes:
        """The text that the digest is of."""
        link = self.link
        if self.seal is None:
            return link.canonical()
        return self.seal.leaf(link.seq, link.event, link.at, link.previous)

    def is_erased(self) -> bool:
        """Whether a part was taken out."""
        return self.seal is not None and not (self.seal.actor_salt and self.seal.content_salt)

    def is_true(self) -> bool:
        """Whether leaf and digest agree, and each part is what was sealed, or empty once erased."""
        if hashlib.sha256(self.leaf()).hexdigest() != self.digest:
            return False
        return self.seal is None or (self._is_actor(self.seal) and self._is_content(self.seal))

    def _is_actor(self, seal: Seal) -> bool:
        if not seal.actor_salt:
            return not self.link.actor
        return sealed_actor(_salt(seal.actor_salt), self.link.actor) == seal.actor

    def _is_content(self, seal: Seal) -> bool:
        subject, facts = self.link.subject, self.link.facts
        if not seal.content_salt:
            return not subject and not facts
        return sealed_content(_salt(seal.content_salt), subject, facts) == seal.content


@lru_cache(maxsize=HELD_AT_MOST)
def told_at(at: datetime) -> str:
    """An aware instant as it is hashed: UTC, to the microsecond; all of a batch have one."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def sealed_actor(salt: bytes, actor: str) -> str:
    """SHA-256 of the salt and of the actor as JSON, in hexadecimal."""
    return hashlib.sha256(salt + to_json(actor)).hexdigest()


def sealed_content(salt: bytes, subject: str, facts: Mapping[str, Fact]) -> str:
    """SHA-256 of the salt and of {"facts":…,"subject":…} as canonical JSON, in hexadecimal."""
    content = {"facts": dict(sorted(facts.items())), "subject": subject}
    return hashlib.sha256(salt + to_json(content)).hexdigest()


def _salt(text: str) -> bytes:
    """What somebody who edits entries may have written there never stops a verification."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
