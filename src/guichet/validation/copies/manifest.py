"""What a publication says of itself: its head, and the lists of objects that the head names.

All of it is JSON of known shape; what has another shape is refused whole.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from guichet.validation.copies.refusals import PublicationRefusedError

PAGE: Final = 64
"""Batches that a head names itself; older ones are named by pages of as many."""
SHA256_DIGITS: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Ref:
    """An object by its digest, in hexadecimal, and its size in octets."""

    sha256: str
    size: int

    def __post_init__(self) -> None:
        if len(self.sha256) != 64 or not SHA256_DIGITS.issuperset(self.sha256) or self.size < 0:
            raise ValueError("no reference of an object")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A batch of changes by its number, or a page of batches by the number of its last."""

    number: int
    ref: Ref


@dataclass(frozen=True, slots=True)
class Source:
    """How far into which store the publisher had shipped."""

    identity: str
    change: int


@dataclass(frozen=True, slots=True)
class Previous:
    """The head before: its sequence number and its digest."""

    sequence: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """All there is of a publication at an instant.

    `snapshot` holds everything up to the batch of its number; `pages`, then `batches`, name all the
    batches since, without a gap. Numbers are told within a `lineage`: another begins them again.
    """

    sequence: int
    at: datetime
    previous: Previous | None
    lineage: str
    source: Source
    is_complete: bool
    delegates: Ref
    files: Ref
    snapshot: Numbered
    pages: tuple[Numbered, ...]
    batches: tuple[Numbered, ...]

    @property
    def last(self) -> int:
        """Number of the last batch."""
        named = self.batches or self.pages or (self.snapshot,)
        return named[-1].number

    def body(self) -> bytes:
        """As it is sealed."""
        return _json(
            {
                "sequence": self.sequence,
                "at": self.at.astimezone(UTC).isoformat(timespec="milliseconds"),
                "previous": self.previous and [self.previous.sequence, self.previous.sha256],
                "lineage": self.lineage,
                "source": [self.source.identity, self.source.change],
                "complete": self.is_complete,
                "delegates": _of_ref(self.delegates),
                "files": _of_ref(self.files),
                "snapshot": _of_numbered(self.snapshot),
                "pages": [_of_numbered(page) for page in self.pages],
                "batches": [_of_numbered(batch) for batch in self.batches],
            }
        )

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Raises PublicationRefusedError."""
        try:
            said = json.loads(body)
            return cls(
                sequence=int(said["sequence"]),
                at=datetime.fromisoformat(said["at"]).astimezone(UTC),
                previous=Previous(*said["previous"]) if said["previous"] else None,
                lineage=str(said["lineage"]),
                source=Source(*said["source"]),
                is_complete=bool(said["complete"]),
                delegates=Ref(*said["delegates"]),
                files=Ref(*said["files"]),
                snapshot=_numbered(said["snapshot"]),
                pages=tuple(map(_numbered, said["pages"])),
                batches=tuple(map(_numbered, said["batches"])),
            )
        except (ValueError, TypeError, KeyError) as error:
            raise PublicationRefusedError("the head of the publication cannot be read") from error


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal, by which objects and heads are named."""
    return hashlib.sha256(content).hexdigest()


def page(batches: Sequence[Numbered]) -> bytes:
    """An object that names batches."""
    return _json([_of_numbered(batch) for batch in batches])


def read_page(content: bytes) -> tuple[Numbered, ...]:
    """Its batches. Raises PublicationRefusedError."""
    return tuple(_numbered(one) for one in _listed(content))


def parts(refs: Sequence[Ref]) -> bytes:
    """An object that names the parts of a snapshot."""
    return _json([_of_ref(ref) for ref in refs])


def read_parts(content: bytes) -> tuple[Ref, ...]:
    """Its parts. Raises PublicationRefusedError."""
    return tuple(_ref(one) for one in _listed(content))


def files(refs: Mapping[str, Ref]) -> bytes:
    """An object that names published files."""
    return _json([[name, *_of_ref(ref)] for name, ref in sorted(refs.items())])


def read_files(content: bytes) -> Mapping[str, Ref]:
    """Files by name, such as "crl/X.crl". Raises PublicationRefusedError."""
    return {str(name): _ref(ref) for name, *ref in _listed(content)}


def _json(said: Any) -> bytes:
    return json.dumps(said, separators=(",", ":")).encode()


def _listed(content: bytes) -> list[list[Any]]:
    try:
        found = json.loads(content)
    except ValueError as error:
        raise PublicationRefusedError("a list of objects cannot be read") from error
    if not isinstance(found, list) or not all(isinstance(one, list) and one for one in found):
        raise PublicationRefusedError("a list of objects cannot be read")
    return found


def _of_ref(ref: Ref) -> list[str | int]:
    return [ref.sha256, ref.size]


def _of_numbered(one: Numbered) -> list[str | int]:
    return [one.number, *_of_ref(one.ref)]


def _ref(said: Sequence[Any]) -> Ref:
    try:
        return Ref(*said)
    except (ValueError, TypeError) as error:
        raise PublicationRefusedError("a list of objects cannot be read") from error


def _numbered(said: Sequence[Any]) -> Numbered:
    if not isinstance(said[0], int):
        raise PublicationRefusedError("a list of objects cannot be read")
    return Numbered(said[0], _ref(said[1:]))
