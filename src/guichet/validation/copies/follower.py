"""A copy: follows a publication made elsewhere into a folder that responders answer from.

Nothing is believed but the publisher's key: all that is taken is named by digest under its seal.
What is refused leaves in place what the copy holds.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from guichet.validation import files
from guichet.validation.copies import lists, manifest, seals
from guichet.validation.copies.journal_log import LogFollower
from guichet.validation.copies.manifest import Head, Ref
from guichet.validation.copies.places import Place
from guichet.validation.copies.refusals import PublicationRefusedError
from guichet.validation.copies.statuses import Statuses
from guichet.validation.store import StoreWriter

Require = Callable[[Path, str, bytes], None]
SEEN: Final = b"copy:seen"
"""Note of the key and the sequence number of the last head taken."""


class Follower:
    """Follows one place into one folder; to be used by who is alone at it (`exclusive`)."""

    def __init__(self, place: Place, key: Ed25519PublicKey, published: Path) -> None:
        self._place = place
        self._key = key
        self._published = published
        files.sweep(published, published / "ac", published / "crl")
        self._store = StoreWriter(published)
        self._statuses = Statuses(self._store, self._object, seals.name(key))
        self._log = LogFollower(place, published)
        self._digests: dict[str, tuple[int, str]] = {}
        self._taken: tuple[Head, str] | None = None

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def follow(self) -> Head | None:
        """Take what is new; return the head that is there, None before the first.

        Raises PlaceError: nothing can be read now. PublicationRefusedError, which says all that is
        refused: the rest was taken.
        """
        sealed = self._place.head()
        if sealed is None:
            return None
        digest = manifest.digest(sealed)
        if self._taken is not None and digest == self._taken[1]:
            self._log.take()
            return self._taken[0]
        head = Head.read(seals.opened(sealed, self._key))
        self._require_newer(head, digest)
        self._take(head)
        self._taken = head, digest
        said = f"{seals.name(self._key)} {head.sequence} {digest}"
        self._store.say(SEEN, said.encode())
        self._log.take()  # last: one that is refused does not unsay what was taken
        return head

    def _require_newer(self, head: Head, digest: str) -> None:
        name, sequence, seen = ((self._store.told(SEEN) or b"- 0 -").decode()).split(" ")
        if name != seals.name(self._key):
            return
        if head.sequence < int(sequence):
            raise PublicationRefusedError(
                f"the publication went back from {sequence} to {head.sequence}"
            )
        is_fork = head.sequence == int(sequence) and digest != seen
        before = head.previous
        if before is not None and before.sequence == int(sequence):
            is_fork = before.sha256 != seen
        if is_fork:
            raise PublicationRefusedError(f"there are two publications numbered {sequence}")

    def _take(self, head: Head) -> None:
        """Authorities, statuses, lists: one that is refused holds up no other."""
        named = manifest.read_files(self._object(head.files))
        steps: tuple[Callable[[], None], ...] = (
            lambda: self._take_files(named, "ac/", _as_it_is),
            lambda: self._statuses.take(head),
            lambda: self._take_files(named, "crl/", lists.require_newer),
            lambda: self._take_files(named, "journal/", _as_it_is),
        )
        refused = []
        for step in steps:
            try:
                step()
            except PublicationRefusedError as refusal:
                refused.append(str(refusal))
        if refused:
            raise PublicationRefusedError("; ".join(refused))

    def _take_files(
        self,
        named: Mapping[str, Ref],
        folder: str,
        require: Require,
    ) -> None:
        refused = []
        for name, ref in named.items():
            try:
                lists.require_name(name)
                if name.startswith(folder) and self._digest(name) != ref.sha256:
                    content = self._object(ref)
                    require(self._published, name, content)
                    files.replace(self._published / name, content)
            except PublicationRefusedError as refusal:
                refused.append(str(refusal))
        if refused:
            raise PublicationRefusedError("; ".join(refused))

    def _digest(self, name: str) -> str | None:
        """Of the file that is here, read again when it changed."""
        path = self._published / name
        try:
            stamp = path.stat().st_mtime_ns
            if self._digests.get(name, (0, ""))[0] != stamp:
                with path.open("rb") as stream:
                    self._digests[name] = stamp, hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:
            return None
        return self._digests[name][1]

    def _object(self, ref: Ref) -> bytes:
        return self._place.object(ref.sha256, ref.size)


def _as_it_is(_published: Path, _name: str, _content: bytes) -> None:
    """An authority's certificate, the log's key: the publisher's seal says that it is one."""
