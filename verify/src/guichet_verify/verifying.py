"""The whole verification of one file: every check, in order, none left out for another's fault."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from guichet_verify import certificates, documents, entries, merkle, reading, story, tiles
from guichet_verify.findings import Code, Finding, Level, Step, bad, good, note
from guichet_verify.notes import Checkpoint, VerifierKey
from guichet_verify.reading import Evidence, LaterFormatError, UnreadableError

CHECKPOINT_AT_MOST: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the reader knows from elsewhere; what is None is taken from the file, and said so.

    `checkpoint` is where another checkpoint of the log stands, its tiles beside it.
    """

    key: VerifierKey | None = None
    roots: str | None = None
    checkpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict: what was found, in order."""

    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing refuses the file."""
        return all(finding.level is not Level.BAD for finding in self.findings)

    @property
    def is_compared(self) -> bool:
        """False when another checkpoint was asked for and could not be read."""
        return all(finding.code is not Code.CONSISTENCY_UNREAD for finding in self.findings)


def verify(data: bytes, trust: Trust) -> Report:
    """Check an evidence file. Reads the network only where `trust.checkpoint` is an address."""
    try:
        evidence = reading.read(data)
    except UnreadableError as error:
        return Report((bad(Step.FORMAT, Code.FORMAT_BAD, place=error.place),))
    except LaterFormatError as error:
        return Report((bad(Step.FORMAT, Code.FORMAT_LATER, format=error.named),))
    return Report((good(Step.FORMAT, Code.FORMAT_GOOD), *_verify(evidence, trust)))


def _verify(evidence: Evidence, trust: Trust) -> Iterator[Finding]:
    try:
        contained = VerifierKey.parse(evidence.vkey)
    except ValueError:
        yield bad(Step.LOG, Code.KEY_BAD, name=evidence.vkey[:100])
        return
    key = trust.key or contained
    if key != contained:
        yield bad(Step.LOG, Code.KEY_BAD, name=contained.name)
        return
    code, level = (Code.KEY_GIVEN, good) if trust.key else (Code.KEY_CONTAINED, note)
    yield level(Step.LOG, code, name=key.name)
    try:
        checkpoint = Checkpoint.parse(evidence.checkpoint)
    except ValueError:
        yield bad(Step.LOG, Code.SIGNATURE_BAD, name=key.name)
        return
    is_signed = key.verifies(checkpoint.text, checkpoint.signatures)
    if not is_signed or checkpoint.origin != evidence.origin or key.name != evidence.origin:
        yield bad(Step.LOG, Code.SIGNATURE_BAD, name=key.name)
    else:
        yield good(Step.LOG, Code.SIGNATURE_GOOD, name=key.name, size=checkpoint.size)
    proved, found = entries.check(evidence.entries, checkpoint)
    yield from found
    tied, found = documents.check(evidence.documents, proved)
    yield from found
    yield from certificates.check(evidence.documents, tied, trust.roots)
    yield from story.check(tied, proved)
    if trust.checkpoint is not None:
        yield _consistency(checkpoint, trust.checkpoint, key)


def _consistency(own: Checkpoint, place: str, key: VerifierKey) -> Finding:
    try:
        other = Checkpoint.parse(tiles.fetched(place, CHECKPOINT_AT_MOST).decode())
        if other.origin != own.origin or not key.verifies(other.text, other.signatures):
            return bad(Step.CONSISTENCY, Code.INCONSISTENT, size=own.size, other=other.size)
        small, great = sorted((own, other), key=lambda one: one.size)
        found = tiles.Tiles(tiles.base_of(place), great.size)
        proof = found.consistency(small.size) if small.size else []
    except (tiles.TilesMissingError, ValueError):
        return note(Step.CONSISTENCY, Code.CONSISTENCY_UNREAD, place=place)
    sizes, roots = (small.size, great.size), (small.root, great.root)
    if merkle.is_consistent(sizes, roots, proof):
        return good(Step.CONSISTENCY, Code.CONSISTENT, size=own.size, other=other.size)
    return bad(Step.CONSISTENCY, Code.INCONSISTENT, size=own.size, other=other.size)
