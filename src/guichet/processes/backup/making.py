"""Making a backup: a snapshot aside, then one encrypted file that appears whole or not at all."""

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from django.db import transaction

from guichet.conf.environment import Environment
from guichet.journal import checkpoints
from guichet.journal import operations as journal
from guichet.journal.chain import Fact
from guichet.journal.events import Event
from guichet.processes.backup import archive, contents, databases, encryption, manifest
from guichet.processes.backup.archive import Member
from guichet.processes.backup.contents import Choice, Places
from guichet.processes.backup.databases import Snapshot
from guichet.processes.backup.manifest import FileFacts, Manifest
from guichet.processes.backup.refusals import BackupError
from guichet.processes.told import ACTOR
from guichet.validation.copies import seals

OURS: Final = re.compile(r"guichet-\d{8}T\d{6}Z\.age")
WORK: Final = ".backup-"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A backup wanted: `to` is a folder, or the file itself; `keep` 0 keeps every older one."""

    to: Path
    recipients: Sequence[str]
    choice: Choice = field(default_factory=Choice)
    keep: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup that was made, and the older ones that were removed."""

    path: Path
    size: int
    sha256: str
    manifest: Manifest
    signer: str
    removed: tuple[Path, ...]


def make(
    environment: Environment,
    asked: Asked,
    at: datetime,
    progress: Progress = lambda step, done, total: None,
) -> Made:
    """Copy everything that is needed, at one instant, into an encrypted file (0600).

    Others go on writing meanwhile. Killed at any time it leaves no file of the name; what it left
    aside is swept by the next. Raises BackupError.
    """
    encryption.recipients(asked.recipients)
    path = _path(asked.to, at)
    own = _own(environment.state)
    with _alone(own), _workshop(environment.state) as work:
        draft = _Draft(Places.of(environment), asked.choice, work, progress)
        draft.copy()
        key = seals.own_key(own)

        def close(files: tuple[FileFacts, ...]) -> Sequence[tuple[str, bytes]]:
            draft.manifest = draft.told(environment.host, files, at)
            body = draft.manifest.body()
            return (manifest.NAME, body), (manifest.SEAL, manifest.seal(body, key))

        chunks = archive.written(draft.members(), close, draft.advance)
        mark = f"{WORK}{seals.name(key.public_key())}-"
        size, sha256 = _encrypted(chunks, path, asked.recipients, mark)
    made = Made(
        path=path,
        size=size,
        sha256=sha256,
        manifest=draft.manifest,
        signer=seals.written(key.public_key()),
        removed=_rotated(path, asked.keep),
    )
    _tell(made, at)
    return made


class _Draft:
    """What goes into one backup."""

    manifest: Manifest

    def __init__(self, places: Places, choice: Choice, work: Path, progress: Progress) -> None:
        self._places, self._choice, self._work = places, choice, work
        self._progress = progress
        self._snapshot: Snapshot | None = None
        self._done = self._total = 0

    def copy(self) -> None:
        """Checkpoints first, then the database: it holds all that they tell, and maybe more."""
        with suppress(FileNotFoundError):
            shutil.copyfile(checkpoints.path(), self._work / contents.CHECKPOINTS)
        self._snapshot = databases.copy(
            self._work, lambda done, total: self._progress("Copying the database", done, total)
        )
        registers = self._places.registers
        if self._choice.registers and registers.is_file():
            databases.copy_sqlite(registers, self._work / contents.REGISTERS)

    def members(self) -> list[Member]:
        """Every file to archive, the database first."""
        copied = [
            Member(path.name, path, self._places.original_of(path.name))
            for path in sorted(self._work.iterdir())
        ]
        found = [*copied, *contents.members(self._places, self._choice)]
        self._total = sum(member.path.stat().st_size for member in found if member.path.exists())
        return found

    def advance(self, octets: int) -> None:
        """So many more octets are archived."""
        self._done += octets
        self._progress("Encrypting", self._done, self._total)

    def told(self, host: str, files: tuple[FileFacts, ...], at: datetime) -> Manifest:
        """What the backup says of itself. Raises BackupError when no database was copied."""
        if self._snapshot is None:
            raise BackupError("Nothing was copied")
        return Manifest(
            made_at=at.astimezone(UTC),
            host=host,
            keystore=self._places.keystore_name,
            database=self._snapshot.facts,
            left_out=contents.left_out(self._places, self._choice),
            folders=contents.folders(self._places, files),
            files=files,
        )


def _path(to: Path, at: datetime) -> Path:
    if to.suffix != contents.ENCRYPTED:
        to.mkdir(parents=True, exist_ok=True, mode=0o700)
        to /= f"guichet-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.age"
    if to.exists():
        raise BackupError(f"{to} exists already: it is never replaced")
    if not to.parent.is_dir():
        raise BackupError(f"There is no folder {to.parent}")
    return to


def _own(state: Path) -> Path:
    """The folder of who makes backups, which may write nothing else of the state."""
    folder = state / contents.KEY
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@contextmanager
def _alone(own: Path) -> Iterator[None]:
    """One backup at a time. Raises BackupError at once when another is being made."""
    descriptor = os.open(own / f"{WORK}lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise BackupError("Another backup is being made: wait until it has ended") from error
    finally:
        os.close(descriptor)


@contextmanager
def _workshop(state: Path) -> Iterator[Path]:
    """A folder on the state's own disk: what is in clear is nowhere else; leftovers are swept.

    An earlier version made it in the folder of the state itself.
    """
    own = _own(state)
    for left in (*own.glob(f"{WORK}*/"), *state.glob(f"{WORK}*/")):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=own, prefix=WORK) as work:
        yield Path(work)


def _encrypted(
    chunks: Iterator[bytes], path: Path, to: Sequence[str], mark: str
) -> tuple[int, str]:
    """Write the file aside, then name it: a name stands for a whole backup. Size and SHA-256.

    `mark` begins the names of what this installation writes aside, in a folder that others share.
    """
    for left in path.parent.glob(f"{mark}*"):
        left.unlink(missing_ok=True)
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=mark, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            hashing = _Hashing(stream)
            encryption.encrypt(chunks, hashing, to)  # type: ignore[arg-type]
            stream.flush()
            os.fsync(stream.fileno())
        os.link(aside, path)
    except FileExistsError as error:
        raise BackupError(f"{path} exists already: it is never replaced") from error
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        Path(aside).unlink(missing_ok=True)
    _sync(path.parent)
    return hashing.size, hashing.digest.hexdigest()


class _Hashing:
    """A file that is written and its digest taken at the same time."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, content: bytes) -> int:
        """As a file's."""
        self.digest.update(content)
        self.size += len(content)
        return self._stream.write(content)

    def flush(self) -> None:
        """As a file's."""
        self._stream.flush()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _rotated(path: Path, keep: int) -> tuple[Path, ...]:
    """Remove the oldest backups of the folder but so many, the new one among them."""
    if keep <= 0:
        return ()
    every = sorted(one for one in path.parent.iterdir() if OURS.fullmatch(one.name))
    old = [one for one in every if one != path][: max(0, len(every) - keep)]
    for one in old:
        one.unlink()
    return tuple(old)


@transaction.atomic
def _tell(made: Made, at: datetime) -> None:
    """Whoever reads the journal knows that a copy of everything exists, and up to where."""
    facts: dict[str, Fact] = {
        "sha256": made.sha256,
        "size": made.size,
        "seq": made.manifest.database.seq,
    }
    journal.record(
        Event.BACKUP_MADE, subject=f"backup:{made.path.name}", actor=ACTOR, at=at, facts=facts
    )
