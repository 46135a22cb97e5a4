"""What a backup that cannot be made, read or believed says, each by a sentence."""

import errno
import fcntl
import io
import os
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyrage
import pytest

from guichet.conf.environment import Environment
from guichet.processes.backup import archive, contents, databases, encryption, making, verifying
from guichet.processes.backup.archive import Member
from guichet.processes.backup.refusals import BackupError

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PRIVATE, PUBLIC = encryption.make_identity()


def identities(folder: Path) -> list[object]:
    (folder / "key").write_text(PRIVATE)
    return encryption.read_identities(folder / "key")


def encrypted(folder: Path, *chunks: bytes) -> Path:
    path = folder / "backup.age"
    with path.open("wb") as stream:
        encryption.encrypt(iter(chunks), stream, [PUBLIC])
    return path


def test_what_was_encrypted_is_read_again(tmp_path: Path) -> None:
    """An empty chunk among the others is no end."""
    path = encrypted(tmp_path, b"one", b"", b"two" * 100_000)
    with encryption.decrypted(path, identities(tmp_path)) as stream:
        assert stream.read() == b"one" + b"two" * 100_000


@pytest.mark.parametrize(
    ("given", "words"),
    [((), "No key to encrypt to"), (("age1nonsense",), "GUICHET_BACKUP_RECIPIENT: age1")],
)
def test_no_public_key(given: tuple[str, ...], words: str) -> None:
    with pytest.raises(BackupError, match=words):
        encryption.recipients(given)


def test_what_is_copied_fails_on_the_way(tmp_path: Path) -> None:
    """The fault of the source is told, not that of the library which it stopped."""

    def chunks() -> Iterator[bytes]:
        yield b"one"
        raise BackupError("it was cut while it was read")

    with (tmp_path / "x").open("wb") as stream, pytest.raises(BackupError, match="it was cut"):
        encryption.encrypt(chunks(), stream, [PUBLIC])


def test_a_full_disk(tmp_path: Path) -> None:
    """The kernel's own full device."""
    full = Path("/dev/full")
    assert stat.S_ISCHR(full.stat().st_mode)
    with full.open("wb", buffering=0) as stream, pytest.raises(BackupError, match="No space left"):
        encryption.encrypt(iter([b"one" * 10**6]), stream, [PUBLIC])


def test_there_is_no_backup(tmp_path: Path) -> None:
    missing = tmp_path / "none.age"
    with (
        pytest.raises(BackupError, match=r"none\.age cannot be read: No such file"),
        encryption.decrypted(missing, identities(tmp_path)) as stream,
    ):
        stream.read()


def test_it_is_for_another_key(tmp_path: Path) -> None:
    path = encrypted(tmp_path, b"one")
    other = [pyrage.x25519.Identity.generate()]
    with (
        pytest.raises(BackupError, match="encrypted to another public key"),
        encryption.decrypted(path, other) as stream,
    ):
        stream.read()


def test_it_was_cut(tmp_path: Path) -> None:
    path = encrypted(tmp_path, os.urandom(400_000))
    path.write_bytes(path.read_bytes()[:-1])
    with (
        pytest.raises(BackupError, match="was cut or altered"),
        encryption.decrypted(path, identities(tmp_path)) as stream,
    ):
        shutil.copyfileobj(stream, io.BytesIO())


def test_who_stops_reading_says_why(tmp_path: Path) -> None:
    """The thread that decrypts ends, and adds nothing to what was said."""

    def reads_a_little(path: Path) -> None:
        with encryption.decrypted(path, identities(tmp_path)) as stream:
            raise LookupError(len(stream.read(10)))

    with pytest.raises(LookupError, match="10"):
        reads_a_little(encrypted(tmp_path, os.urandom(4_000_000)))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "The identity cannot be read from .*: No such file"),
        (b"nothing", "holds no private key"),
        (b"AGE-SECRET-KEY-1NONSENSE", "holds a private key that cannot be read"),
    ],
)
def test_a_private_key_that_is_none(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BackupError, match=words):
        encryption.read_identities(path)


def test_a_private_key_under_another_passphrase(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(encryption.protected(PRIVATE, "one"))
    with pytest.raises(BackupError, match="This passphrase does not open"):
        encryption.read_identities(path, lambda _question: "two")


def packed(*names: str, kind: bytes = tarfile.REGTYPE) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as written:
        for name in names:
            info = tarfile.TarInfo(name)
            info.type = kind
            written.addfile(info, io.BytesIO())
    return held.getvalue()


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (packed("guichet.db"), "The archive ends before its manifest"),
        (packed("guichet.db", "guichet.db"), "The archive holds guichet.db twice"),
        (packed("state/../../etc/passwd"), "which no backup holds"),
        (packed("/etc/passwd"), "which no backup holds"),
        (packed("guichet.db", kind=tarfile.SYMTYPE), "which no backup holds"),
        (b"no archive" * 1000, "The archive inside this backup cannot be read"),
    ],
)
def test_an_archive_that_is_none_of_ours(tmp_path: Path, held: bytes, words: str) -> None:
    """Anybody may encrypt to a public key: what is inside is believed in nothing."""
    path = encrypted(tmp_path, held)
    opening = verifying.Opening(identities=identities(tmp_path))
    with pytest.raises(BackupError, match=words):
        verifying.unpack(path, opening, lambda _name: None, tmp_path)


def test_a_file_grows_shorter_while_it_is_archived(tmp_path: Path) -> None:
    """One that went away altogether is passed over."""
    (tmp_path / "short").write_bytes(b"x" * archive.CHUNK * 3)
    members = [Member(name, tmp_path / name) for name in ("gone", "short")]
    octets = archive.written(members, lambda _facts: (), lambda _octets: None)
    assert tarfile.TarInfo.frombuf(next(octets), "utf-8", "strict").name == "short"
    next(octets)
    os.truncate(tmp_path / "short", archive.CHUNK)
    with pytest.raises(BackupError, match=r"short was cut while it was read"):
        list(octets)


def test_a_database_that_cannot_be_copied(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"There is no database in .*: run “guichet init”"):
        databases.copy_sqlite(tmp_path / "none", tmp_path / "copy")
    (tmp_path / "text").write_bytes(b"no database" * 1000)
    with pytest.raises(BackupError, match="text cannot be copied: file is not a database"):
        databases.copy_sqlite(tmp_path / "text", tmp_path / "copy")
    with pytest.raises(BackupError, match="cannot be read: file is not a database"):
        databases.sqlite_facts(tmp_path / "text")


def test_a_copy_that_is_damaged(tmp_path: Path) -> None:
    """A page of an index overwritten: the file opens, and its own check objects."""
    path = tmp_path / "copy"
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE t (a TEXT)")
        made.execute("CREATE INDEX i ON t (a)")
        made.executemany("INSERT INTO t VALUES (?)", [(f"{n:0100}",) for n in range(1000)])
        made.commit()
        root, size = made.execute(
            "SELECT rootpage, page_size FROM sqlite_master, pragma_page_size WHERE name = 'i'"
        ).fetchone()
    content = bytearray(path.read_bytes())
    content[(root - 1) * size + 8 : root * size] = bytes(size - 8)
    path.write_bytes(content)
    with pytest.raises(BackupError, match="The copy of the database is damaged: "):
        databases.sqlite_facts(path)


@pytest.mark.parametrize(
    ("to", "words"),
    [("old.age", "old.age exists already: it is never replaced"), ("no/new.age", "There is no")],
)
def test_where_no_backup_can_be_put(tmp_path: Path, to: str, words: str) -> None:
    """Said before anything is copied."""
    (tmp_path / "old.age").touch()
    asked = making.Asked(to=tmp_path / to, recipients=[PUBLIC])
    with pytest.raises(BackupError, match=words):
        making.make(Environment.read({"GUICHET_STATE": str(tmp_path)}), asked, NOW)
    assert not (tmp_path / "backup").exists()


@pytest.mark.parametrize("closed", ["keystore", "attachments/ab"])
def test_a_folder_that_this_user_may_not_read(
    closed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED: a backup without its keys would pass for whole. What is made again is not read.

    Root may read everything: what the system answers another user is played.
    """
    for name in ("keystore", "attachments/ab", "published"):
        (tmp_path / name).mkdir(parents=True)
    scan = os.scandir

    def refuse(path: str) -> Any:
        if Path(path) in {tmp_path / closed, tmp_path / "published"}:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    places = contents.Places.of(Environment.read({"GUICHET_STATE": str(tmp_path)}))
    with pytest.raises(PermissionError, match=closed):
        list(contents.members(places, contents.Choice()))


def test_two_backups_at_once(tmp_path: Path) -> None:
    """The lock is the system's: it ends with whoever holds it."""
    environment = Environment.read({"GUICHET_STATE": str(tmp_path)})
    asked = making.Asked(to=tmp_path / "new.age", recipients=[PUBLIC])
    (tmp_path / "backup").mkdir()
    with (tmp_path / "backup" / f"{making.WORK}lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(BackupError, match="Another backup is being made: wait"):
            making.make(environment, asked, NOW)


def test_a_key_that_is_none() -> None:
    with pytest.raises(BackupError, match="--key: what “guichet backup key” prints"):
        verifying._require_signer("signer", "nonsense")
