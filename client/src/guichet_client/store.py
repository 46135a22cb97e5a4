"""What is kept of each certificate, under /var/lib/guichet-client.

    <name>/versions/0002/  key.pem (or key.uri), cert.pem, chain.pem, fullchain.pem, facts.json
    <name>/live            -> versions/0002; servers are configured with the files below it
    <name>/pending/        key, request and progress of what the server has not answered yet
    <name>/state.json      plan of the renewal, hooks that are due, last error

A key and its certificate change together, by one link; the version before stays.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from guichet_client import files, keys
from guichet_client.errors import ClientError, Exit
from guichet_client.files import PUBLIC, SECRET, Owner
from guichet_client.wording import Say

DEFAULT: Final = Path("/var/lib/guichet-client")
KEPT: Final = 2
LIVE: Final = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A certificate just obtained: the key in PEM, or its URI in a token; leaf and issuers."""

    key_pem: bytes | None
    key_uri: str
    chain: list[x509.Certificate]
    facts: Mapping[str, Any]
    combined: bool


@dataclass(frozen=True, slots=True)
class Version:
    """One certificate of the store, with its key beside it."""

    folder: Path
    chain: tuple[x509.Certificate, ...]
    facts: Mapping[str, Any]

    @property
    def leaf(self) -> x509.Certificate:
        """The certificate itself."""
        return self.chain[0]

    @property
    def number(self) -> int:
        """1 for the first that was installed."""
        return int(self.folder.name)

    @property
    def fullchain(self) -> Path:
        """Leaf and issuers."""
        return self.folder / "fullchain.pem"

    @property
    def key(self) -> Path:
        """The key on disk; there is none when it lives in a token."""
        return self.folder / "key.pem"

    @property
    def key_uri(self) -> str:
        """Where the key is in its token; empty for a key on disk."""
        told = self.folder / "key.uri"
        return told.read_text().strip() if told.exists() else ""


class Store:
    """The folder of one certificate."""

    def __init__(self, root: Path, name: str) -> None:
        self.folder = root / name
        self.pending = self.folder / "pending"

    @property
    def live(self) -> Path:
        """The link that servers are configured with."""
        return self.folder / LIVE

    def current(self) -> Version | None:
        """What servers use; None before the first enrolment. Raises ClientError (FILES)."""
        return _version(self.live.resolve()) if self.live.is_symlink() else None

    def newest(self) -> Version | None:
        """The last version made, which a failed test of a server's settings may keep from use."""
        found = self._versions()
        return _version(found[-1]) if found else None

    def add(self, made: Made, owner: Owner) -> Version:
        """Store a version beside the others; servers do not see it before `use`."""
        last = self._versions()
        folder = self.folder / "versions" / f"{int(last[-1].name) + 1 if last else 1:04}"
        files.make_folder(folder.parent)
        fullchain, leaf = keys.pem_chain(made.chain), keys.pem_chain(made.chain[:1])
        contents = {
            "cert.pem": (leaf, PUBLIC),
            "chain.pem": (keys.pem_chain(made.chain[1:]), PUBLIC),
            "fullchain.pem": (fullchain, PUBLIC),
            "facts.json": (_json(made.facts), PUBLIC),
        }
        if made.key_pem is None:
            contents["key.uri"] = (made.key_uri.encode(), SECRET)
        else:
            contents["key.pem"] = (made.key_pem, SECRET)
            if made.combined:
                contents["haproxy.pem"] = (fullchain + made.key_pem, SECRET)
        files.write_folder(folder, contents, owner)
        return _version(folder)

    def use(self, version: Version) -> None:
        """Have servers see a version."""
        files.point(self.live, f"versions/{version.folder.name}")

    def prune(self) -> list[str]:
        """Remove versions older than the one before, and what an interrupted run left half made.

        Returns the URIs of keys in tokens that no certificate is of any more.
        """
        for left in (*self.folder.glob(".*"), *(self.folder / "versions").glob(".*")):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            else:
                left.unlink()
        current = self.current()
        older = [f for f in self._versions() if current and int(f.name) < current.number]
        removed = set()
        for folder in older[: -(KEPT - 1)]:
            removed.add(_version(folder).key_uri)
            shutil.rmtree(folder)
        return sorted(removed - {_version(folder).key_uri for folder in self._versions()} - {""})

    def state(self) -> dict[str, Any]:
        """What `remember` kept; empty when there is nothing, or nothing that can be read."""
        return _read_json(self.folder / "state.json")

    def remember(self, **facts: Any) -> None:
        """Keep facts; None forgets one."""
        kept = self.state() | facts
        files.make_folder(self.folder)
        told = {key: value for key, value in kept.items() if value is not None}
        files.write(self.folder / "state.json", _json(told))

    def begin(self, contents: Mapping[str, bytes]) -> None:
        """Keep a key and its request before they are sent: an answer may come in a later run."""
        self.forget_pending()
        files.make_folder(self.folder)
        told = {name: (data, SECRET) for name, data in contents.items()}
        files.write_folder(self.pending, told, Owner(), files.CLOSED)

    def progress(self) -> dict[str, Any]:
        """How far a pending request came."""
        return _read_json(self.pending / "progress.json")

    def note(self, **facts: Any) -> None:
        """Keep how far a pending request came."""
        data = _json(self.progress() | facts)
        files.write(self.pending / "progress.json", data, mode=SECRET)

    def forget_pending(self) -> None:
        """Give a pending request up, or have done with it."""
        if self.pending.exists():
            shutil.rmtree(self.pending)

    def _versions(self) -> list[Path]:
        found = (self.folder / "versions").glob("[0-9]" * 4)
        return sorted(path for path in found if path.is_dir())


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """One run at a time over the whole store. Raises ClientError (BUSY, FILES)."""
    files.make_folder(root)
    try:
        handle = os.open(root / ".lock", os.O_RDWR | os.O_CREAT, SECRET)
    except OSError as error:
        raise ClientError(Exit.FILES, Say.CANNOT_WRITE, path=root, error=error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise ClientError(Exit.BUSY, Say.BUSY) from None
    try:
        yield
    finally:
        os.close(handle)


def _version(folder: Path) -> Version:
    path = folder / "fullchain.pem"
    try:
        chain = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ClientError(Exit.FILES, Say.CANNOT_READ, path=path, error=error) from error
    return Version(folder, tuple(chain), _read_json(folder / "facts.json"))


def _json(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts, indent=2, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
