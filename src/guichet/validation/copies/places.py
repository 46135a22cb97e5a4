"""Where a publication is shipped to: a shared folder, or object storage through fsspec.

Objects are named by their SHA-256 and never change; `head`, which names them, is replaced whole.
The journal's log stands beside them, under its own signature.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from guichet.validation import files
from guichet.validation.copies.refusals import PlaceError, PublicationRefusedError

HEAD: Final = "head"
OBJECTS: Final = "objects"
LOG: Final = "journal"
LOG_AT_MOST: Final = 1 << 16
HEAD_AT_MOST: Final = 1 << 18


class Place:
    """One address. Every call raises PlaceError when the place cannot be reached."""

    def __init__(self, address: str) -> None:
        """Raises PlaceError for an address that nothing installed here can open."""
        try:
            self._files, self._root = url_to_fs(address)
        except (ImportError, ValueError) as error:
            raise PlaceError(f"{address}: {error}") from error
        self._root = self._root.rstrip("/")
        self._folder = Path(self._root) if isinstance(self._files, LocalFileSystem) else None

    def head(self) -> bytes | None:
        """The head, as it is; None before the first."""
        try:
            return self._read(HEAD, HEAD_AT_MOST)
        except FileNotFoundError:
            return None

    def put_head(self, content: bytes) -> None:
        """Replace the head; what it names must be there."""
        self._write(HEAD, content)

    def object(self, sha256: str, size: int) -> bytes:
        """An object, whole. Raises PublicationRefusedError: missing, cut, or changed."""
        try:
            # Object storage has no octet of an empty object to give, and says so by an error.
            content = self._read(f"{OBJECTS}/{sha256}", size) if size else b""
        except FileNotFoundError as error:
            raise PublicationRefusedError(f"the object {sha256} is missing") from error
        if len(content) != size or hashlib.sha256(content).hexdigest() != sha256:
            raise PublicationRefusedError(f"the object {sha256} is not what its publisher signed")
        return content

    def put_object(self, content: bytes) -> str:
        """Store an object and return its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        self._write(f"{OBJECTS}/{sha256}", content)
        return sha256

    def objects(self) -> frozenset[str]:
        """Names of all objects, and of what a writer that was killed left beside them."""
        with _reaching(f"{self._root}/{OBJECTS}"):
            try:
                found = self._files.ls(f"{self._root}/{OBJECTS}", detail=False, refresh=True)
            except FileNotFoundError:
                return frozenset()
            return frozenset(name.rpartition("/")[2] for name in found)

    def remove_object(self, name: str) -> None:
        """Remove an object, if it is there."""
        with _reaching(name):
            try:
                self._files.rm_file(f"{self._root}/{OBJECTS}/{name}")
            except FileNotFoundError:
                return

    def log(self, name: str) -> bytes | None:
        """A file of the journal's log, as it is; None while it is not there."""
        try:
            return self._read(f"{LOG}/{name}", LOG_AT_MOST)
        except FileNotFoundError:
            return None

    def put_log(self, name: str, content: bytes) -> None:
        """Replace a file of the journal's log."""
        self._write(f"{LOG}/{name}", content)

    def _read(self, name: str, at_most: int) -> bytes:
        """At most one octet more than allowed, so that too many show. Raises FileNotFoundError."""
        with _reaching(name):
            found: Any = self._files.cat_file(f"{self._root}/{name}", start=0, end=at_most + 1)
            return bytes(found)

    def _write(self, name: str, content: bytes) -> None:
        with _reaching(name):
            if self._folder is not None:
                files.replace(self._folder / name, content)
            else:
                self._files.pipe_file(f"{self._root}/{name}", content)


@contextmanager
def _reaching(what: str) -> Iterator[None]:
    """Each kind of storage has errors of its own: they are one here, but for what is not there."""
    try:
        yield
    except FileNotFoundError:
        raise
    except Exception as error:
        raise PlaceError(f"{what}: {error or type(error).__name__}") from error
