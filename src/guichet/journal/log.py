"""The published log, read again: a proof of any entry that it holds, for whoever asks."""

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from guichet.journal import merkle, notes, queries, tiles
from guichet.journal.chain import Fact, Kept
from guichet.journal.notes import NoteError, TreeHead, VerifierKey
from guichet.journal.tiles import TileError, Tiles, reader

FOLDER: Final = "journal"
CHECKPOINT: Final = tiles.CHECKPOINT
VKEY: Final = "vkey"


class LogError(Exception):
    """No proof can be made; the message says why."""


class NotIntegratedError(LogError):
    """The log does not hold this yet: it follows the journal within seconds."""


class LogDamagedError(LogError):
    """What is published does not agree with itself or with the journal: operators must look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Included:
    """An entry, what opens its seals, and its audit path (base64, from the leaf upwards).

    `seq` - 1 is its index. `leaf` is the text whose SHA-256 is the leaf's data. A salt that is ""
    was erased with its part, unless both are and the leaf has no "sealed": such an entry was
    written before seals, and its leaf tells actor, subject and facts itself.
    """

    seq: int
    leaf: str
    actor_salt: str
    content_salt: str
    actor: str
    subject: str
    facts: Mapping[str, Fact]
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LogProof:
    """Entries and the checkpoint that they are proved under: `checkpoint` is its signed note."""

    checkpoint: str
    size: int
    root: str
    vkey: str
    entries: tuple[Included, ...]


def proofs_of(seqs: Collection[int]) -> LogProof:
    """Prove entries by their numbers, in order, under the checkpoint that is published now.

    Raises NotIntegratedError when the log does not hold one of them yet, or nothing is published;
    LogDamagedError when a proof cannot be made although it should.
    """
    folder = published()
    checkpoint, vkey, head = _published_head(folder)
    found = queries.stored(seqs)
    missing = set(seqs) - {kept.link.seq for kept in found}
    if missing or max(seqs, default=0) > head.size:
        raise NotIntegratedError(f"the log holds {head.size} entries, not {max(seqs, default=0)}")
    nodes = Tiles(reader(folder), head.size)
    entries = tuple(_included(kept, nodes, head) for kept in found)
    root = base64.b64encode(head.root).decode()
    return LogProof(checkpoint, head.size, root, str(vkey), entries)


def published() -> Path:
    """The folder that relying parties are given, beneath that of all published artefacts."""
    folder: Path = settings.GUICHET.published / FOLDER
    return folder


def _published_head(folder: Path) -> tuple[str, VerifierKey, TreeHead]:
    read = reader(folder)
    content, key = read(CHECKPOINT), read(VKEY)
    if content is None or key is None:
        raise NotIntegratedError("no checkpoint of the journal is published yet")
    try:
        vkey = VerifierKey.parse(key.decode())
        _, head = notes.opened(content.decode(), vkey)
    except (NoteError, UnicodeDecodeError) as error:
        raise LogDamagedError(f"the published checkpoint: {error}") from error
    return content.decode(), vkey, head


def _included(kept: Kept, nodes: Tiles, head: TreeHead) -> Included:
    link, index = kept.link, kept.link.seq - 1
    try:
        hashed = merkle.leaf_hash(bytes.fromhex(kept.digest))
        path = merkle.inclusion(nodes, index, head.size)
        merkle.require_included(hashed, index, path, size=head.size, root=head.root)
    except (TileError, ValueError) as error:
        raise LogDamagedError(f"entry {link.seq}: {error}") from error
    return Included(
        seq=link.seq,
        leaf=kept.leaf().decode(),
        actor_salt=kept.seal.actor_salt if kept.seal else "",
        content_salt=kept.seal.content_salt if kept.seal else "",
        actor=link.actor,
        subject=link.subject,
        facts=dict(link.facts),
        path=tuple(base64.b64encode(one).decode() for one in path),
    )
