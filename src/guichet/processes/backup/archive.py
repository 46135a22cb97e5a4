"""The archive inside a backup: a tar that is written and read in one pass, its manifest last.

`age -d -i IDENTITY FILE | tar -t` reads it too.
"""

import hashlib
import os
import re
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from guichet.processes.backup import manifest, owners
from guichet.processes.backup.manifest import FileFacts, Manifest
from guichet.processes.backup.refusals import BackupError

CHUNK: Final = 1 << 20
SMALL: Final = 64 << 20
"""Octets that a manifest may have; an archive's other members may have any number."""
SAFE: Final = re.compile(r"(?:[^/\0]+/)*[^/\0]+")
Advance = Callable[[int], None]
Close = Callable[[tuple[FileFacts, ...]], Sequence[tuple[str, bytes]]]


@dataclass(frozen=True, slots=True)
class Member:
    """A file to archive: what it is called there, where it is now, what it is a copy of."""

    name: str
    path: Path
    original: Path | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A manifest that was read, as it was signed."""

    manifest: Manifest
    body: bytes
    seal: bytes


def written(members: Sequence[Member], close: Close, advance: Advance) -> Iterator[bytes]:
    """The archive's octets. `close` makes the last members from the facts of those before.

    A file removed since it was listed is passed over. Raises BackupError for one that was cut
    while it was read.
    """
    facts: list[FileFacts] = []
    for member in members:
        try:
            stream = member.path.open("rb")
        except FileNotFoundError:
            continue
        with stream:
            size = os.fstat(stream.fileno()).st_size
            digest = hashlib.sha256()
            yield _header(member.name, size)
            for chunk in _exactly(stream, size, member.path):
                digest.update(chunk)
                advance(len(chunk))
                yield chunk
            yield _padding(size)
        owner = owners.of(member.original or member.path)
        facts.append(FileFacts(member.name, size, digest.hexdigest(), owner))
    for name, content in close(tuple(facts)):
        yield _header(name, len(content)) + content + _padding(len(content))
    yield bytes(2 * tarfile.BLOCKSIZE)


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


def _exactly(stream: IO[bytes], size: int, path: Path) -> Iterator[bytes]:
    left = size
    while left:
        chunk = stream.read(min(CHUNK, left))
        if not chunk:
            raise BackupError(f"{path} was cut while it was read: make the backup again")
        left -= len(chunk)
        yield chunk


def read(stream: IO[bytes], wanted: Callable[[str], Path | None], advance: Advance) -> Read:
    """Check every file of an archive against its manifest; write those `wanted` says where.

    Raises BackupError: a member more or less, another digest, no manifest, a name that leaves its
    folder.
    """
    found: dict[str, FileFacts] = {}
    small: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for info in tar:
                content = tar.extractfile(info) if info.isreg() else None
                if content is None or not SAFE.fullmatch(info.name) or _leaves(info.name):
                    raise BackupError(f"The archive holds {info.name!r}, which no backup holds")
                if info.name in {manifest.NAME, manifest.SEAL}:
                    small[info.name] = content.read(SMALL)
                elif info.name in found:
                    raise BackupError(f"The archive holds {info.name} twice")
                else:
                    facts = _taken(info.name, content, wanted(info.name), advance)
                    found[info.name] = facts
    except (tarfile.TarError, EOFError) as error:
        raise BackupError("The archive inside this backup cannot be read") from error
    if small.keys() != {manifest.NAME, manifest.SEAL}:
        raise BackupError("The archive ends before its manifest")
    body = small[manifest.NAME]
    said = Manifest.read(body)
    _require_same(said, found)
    return Read(said, body, small[manifest.SEAL])


def _leaves(name: str) -> bool:
    return not {"..", "."}.isdisjoint(name.split("/"))


def _taken(name: str, content: IO[bytes], path: Path | None, advance: Advance) -> FileFacts:
    digest, size = hashlib.sha256(), 0
    sink = _created(path) if path else None
    try:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            advance(len(chunk))
            if sink:
                sink.write(chunk)
        if sink:
            sink.flush()
            os.fsync(sink.fileno())
    finally:
        if sink:
            sink.close()
    return FileFacts(name, size, digest.hexdigest())


def _created(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _require_same(said: Manifest, found: dict[str, FileFacts]) -> None:
    expected = {one.name: one for one in said.files}
    for name in sorted(expected.keys() | found.keys()):
        if _octets(expected.get(name)) != _octets(found.get(name)):
            raise BackupError(f"{name} is not what the manifest says: the backup was altered")


def _octets(facts: FileFacts | None) -> tuple[int, str] | None:
    return (facts.size, facts.sha256) if facts else None
