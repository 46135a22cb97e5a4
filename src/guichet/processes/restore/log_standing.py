"""Whether the log of a restored journal goes on under its key, or begins anew under another.

It goes on only where what was published of it is seen to be a beginning of the restored journal:
one entry that was published and lost would make two logs under one key, which is a fork.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Final

from guichet.conf.environment import Environment
from guichet.journal import log, notes, publishing, queries
from guichet.journal.notes import NoteError, SignerKey, TreeHead, VerifierKey
from guichet.journal.tiles import CHECKPOINT, Edge, reader
from guichet.processes.backup.contents import ASIDE
from guichet.validation.copies.places import Place
from guichet.validation.copies.refusals import PlaceError

FORMER: Final = "log"


class Verdict(StrEnum):
    """What becomes of the log, and why."""

    CONTINUES = "continues"
    KEYLESS = "keyless"
    UNSEEN = "unseen"
    LOST = "lost"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class LogStanding:
    """The verdict, and the size of the longest log that was seen published (0: none)."""

    verdict: Verdict
    size: int = 0


def of(environment: Environment, folders: Sequence[Path], seq: int) -> LogStanding:
    """Look at what is published here and shipped, and in folders kept elsewhere; changes nothing.

    `seq` ends the journal of the backup. A folder kept elsewhere may be old, and what was shipped
    late: alone they do not show that nothing was published since.
    """
    keys = environment.state / publishing.FOLDER
    key = _key(keys)
    if key is None:
        return LogStanding(Verdict.KEYLESS)
    live = list(_heads([reader(environment.published / log.FOLDER)(CHECKPOINT)], key))
    kept = [reader(folder / log.FOLDER)(CHECKPOINT) for folder in folders]
    seen = [*live, *_heads((*kept, *_shipped(environment), reader(keys)(CHECKPOINT)), key)]
    longest = max(seen, key=lambda head: head.size, default=None)
    if longest is not None and longest.size > seq:
        return LogStanding(Verdict.LOST, longest.size)
    if not live or longest is None:
        return LogStanding(Verdict.UNSEEN, longest.size if longest else 0)
    verdict = Verdict.CONTINUES if _begins_with(seen) else Verdict.OTHER
    return LogStanding(verdict, longest.size)


def settle(environment: Environment, standing: LogStanding, at: datetime) -> None:
    """Leave the key where the log goes on; keep it aside otherwise, and another is made.

    Safe to repeat.
    """
    keys = environment.state / publishing.FOLDER
    if standing.verdict is not Verdict.CONTINUES and keys.is_dir():
        keys.rename(environment.state / f"{ASIDE}{at:%Y%m%dT%H%M%SZ}-{FORMER}")


def _key(keys: Path) -> VerifierKey | None:
    written = reader(keys)(publishing.KEY)
    return SignerKey.parse(written.decode()).verifier if written else None


def _shipped(environment: Environment) -> Iterator[bytes | None]:
    if environment.publication:
        try:
            yield Place(environment.publication).log(CHECKPOINT)
        except PlaceError:
            return  # told already, among the sources that could not be read


def _heads(contents: Iterable[bytes | None], key: VerifierKey) -> Iterator[TreeHead]:
    """Those signed by this key: another log's say nothing of this one."""
    for content in contents:
        try:
            if content:
                yield notes.opened(content.decode(), key)[1]
        except (NoteError, UnicodeDecodeError):
            continue


def _begins_with(heads: Sequence[TreeHead]) -> bool:
    """Whether the journal begins with every one of these trees; it holds as many entries."""
    edge, digests = Edge(), queries.every_digest()
    for head in sorted(heads, key=lambda one: one.size):
        for digest in islice(digests, head.size - edge.size):
            edge.add(bytes.fromhex(digest), _nowhere)
        if edge.size != head.size or edge.root() != head.root:
            return False
    return True


def _nowhere(_name: str, _content: bytes) -> None:
    """Tiles are not needed to compare roots."""
