"""Files that are whole or absent: written beside, flushed to the disk, then renamed."""

import os
import secrets
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from guichet_client.errors import ClientError, Exit
from guichet_client.wording import Say

SECRET: Final = 0o600
PUBLIC: Final = 0o644
OTHERS: Final = stat.S_IRWXO
# Of folders: others go through to the files that they may read.
OPEN: Final = 0o755
CLOSED: Final = 0o700


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a file is; an empty name leaves it to who runs the command."""

    user: str = ""
    group: str = ""

    def take(self, path: Path) -> None:
        """Give the file away. Raises ClientError (FILES)."""
        if not self.user and not self.group:
            return
        try:
            # shutil's own stubs want one of both to be given for sure.
            if self.user:
                shutil.chown(path, user=self.user)
            if self.group:
                shutil.chown(path, group=self.group)
        except (LookupError, PermissionError) as error:
            raise ClientError(Exit.FILES, Say.CANNOT_CHOWN, path=path, error=error) from error


def write(path: Path, data: bytes, *, mode: int = PUBLIC, owner: Owner = Owner()) -> None:
    """Replace a file: readers see the old one or the new one, even after a power cut.

    Raises ClientError (FILES).
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write_new(beside, data, mode, owner)
        beside.replace(path)
        flush_folder(path.parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ClientError(Exit.FILES, Say.CANNOT_WRITE, path=path, error=error) from error
    except BaseException:  # Ctrl-C too: half a key must not lie about
        beside.unlink(missing_ok=True)
        raise


def make_folder(path: Path, mode: int = OPEN) -> None:
    """Make a folder, and those above it, whatever the umask; one that is there stays as it is.

    Raises ClientError (FILES).
    """
    if path.is_dir():
        return
    make_folder(path.parent)
    try:
        path.mkdir()
        path.chmod(mode)
    except OSError as error:
        raise ClientError(Exit.FILES, Say.CANNOT_WRITE, path=path, error=error) from error


def write_folder(
    path: Path, contents: Mapping[str, tuple[bytes, int]], owner: Owner, mode: int = OPEN
) -> None:
    """Make a folder that is there with all its files, or not at all. Raises ClientError (FILES)."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        beside.mkdir()
        beside.chmod(mode)
        for name, (data, file_mode) in contents.items():
            _write_new(beside / name, data, file_mode, owner)
        flush_folder(beside)
        beside.rename(path)
        flush_folder(path.parent)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise ClientError(Exit.FILES, Say.CANNOT_WRITE, path=path, error=error) from error
    except BaseException:  # Ctrl-C too
        shutil.rmtree(beside, ignore_errors=True)
        raise


def point(link: Path, target: str) -> None:
    """Have a symbolic link point elsewhere, at once for all who open it. Raises ClientError."""
    beside = link.with_name(f".{link.name}.{secrets.token_hex(4)}")
    try:
        beside.symlink_to(target)
        beside.replace(link)
        flush_folder(link.parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ClientError(Exit.FILES, Say.CANNOT_WRITE, path=link, error=error) from error


def flush_folder(folder: Path) -> None:
    """Have the names of a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def secret(path: Path) -> str:
    """A secret in a file of its own, without its line end. Raises ClientError (FILES).

    A secret that every user of the machine may read is refused: it is one no longer.
    """
    try:
        if path.stat().st_mode & OTHERS:
            raise ClientError(Exit.FILES, Say.SECRET_OPEN, path=path)
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ClientError(Exit.FILES, Say.CANNOT_READ, path=path, error=error) from error


def _write_new(path: Path, data: bytes, mode: int, owner: Owner) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        owner.take(path)
        os.fchmod(stream.fileno(), mode)
        os.fsync(stream.fileno())
