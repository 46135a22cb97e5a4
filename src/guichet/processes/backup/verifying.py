"""Verifying a backup without touching what runs: every digest, the database, the journal."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from guichet.journal import checkpoints
from guichet.journal.checkpoints import Checkpoint
from guichet.journal.queries import Position
from guichet.journal.verify import Report, verify_copy
from guichet.processes.backup import (
    archive,
    chains,
    contents,
    databases,
    encryption,
    manifest,
    postgresql,
)
from guichet.processes.backup.manifest import DatabaseFacts, Manifest
from guichet.processes.backup.refusals import BackupError
from guichet.validation.copies import seals

NEEDED: Final = frozenset({*databases.FILES.values(), contents.CHECKPOINTS})
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Verified:
    """A backup that holds what it says; `signer` is the public key that signed its manifest."""

    manifest: Manifest
    signer: str
    journal: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How to open backups: `key`, when given, is the public key that must have signed them."""

    identities: Sequence[Any]
    key: str = ""
    work: Path | None = None
    advance: Advance = lambda _octets: None


def verify(path: Path, opening: Opening) -> Verified:
    """Read a backup whole. Raises BackupError, which says what is wrong.

    The database is written in clear under `work` (the system's temporary folder when None), in a
    folder that its owner alone can read, and removed.
    """
    with _folder(opening.work) as folder:
        return unpack(path, opening, lambda name: folder / name if name in NEEDED else None, folder)


def unpack(
    path: Path, opening: Opening, wanted: Callable[[str], Path | None], copied: Path
) -> Verified:
    """Verify a backup and write those of its files that `wanted` says where; it may write more.

    `copied` is the folder where it wrote the database and the checkpoints. Raises BackupError.
    """
    with encryption.decrypted(path, opening.identities) as stream:
        read = archive.read(stream, wanted, opening.advance)
        while stream.read(archive.CHUNK):
            continue  # to the end, where a cut shows
    signer = seals.written(manifest.signer(read.body, read.seal))
    _require_signer(signer, opening.key)
    facts = read.manifest.database
    database = copied / databases.FILES.get(facts.vendor, "")
    if not database.is_file():
        raise BackupError("The backup holds no database")
    _require_facts(database, facts)
    return Verified(read.manifest, signer, _journal(database, read.manifest, copied))


def _require_signer(signer: str, key: str) -> None:
    if key and seals.written(_public(key)) != signer:
        raise BackupError(
            f"This backup was signed by another installation, whose public key is {signer}"
        )


def _public(key: str) -> Any:
    try:
        return seals.read(key)
    except ValueError as error:
        raise BackupError(f"--key: what “guichet backup key” prints: {error}") from error


def _require_facts(database: Path, facts: DatabaseFacts) -> None:
    if facts.vendor == "postgresql":
        listed = postgresql.run("pg_restore", ["--list", str(database)]).decode()
        missing = [name for name in facts.tables if f" {name} " not in listed]
        if missing:
            raise BackupError(f"The dump lacks tables: {', '.join(missing)}")
        return
    found = databases.sqlite_facts(database)
    if found != facts:
        raise BackupError("The copy of the database does not hold what the manifest counts")


def _journal(database: Path, said: Manifest, copied: Path) -> Report:
    """The head that the manifest names was signed: it is a checkpoint, also before the first."""
    facts = said.database
    try:
        points = [*checkpoints.read_file(copied / contents.CHECKPOINTS)]
        if facts.seq:
            points.append(Checkpoint(facts.seq, facts.digest, said.made_at))
        entries = chains.entries(database, facts.vendor)
        report = verify_copy(entries, Position(facts.seq, facts.digest), points)
    except (ValueError, KeyError) as error:
        raise BackupError(f"The journal of this backup cannot be read: {error}") from error
    if not report.ok:
        told = "; ".join(fault.message for fault in report.faults[:3])
        raise BackupError(f"The journal in this backup was tampered with: {told}")
    return report


@contextmanager
def _folder(work: Path | None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=work, prefix="guichet-verify-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
