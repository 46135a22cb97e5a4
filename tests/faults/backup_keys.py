"""Keys that open backups, for tests."""

from dataclasses import dataclass
from pathlib import Path

from guichet.processes.backup import encryption, verifying
from guichet.processes.backup.keys import make_key
from guichet.processes.backup.verifying import Opening, Verified


@dataclass(frozen=True)
class Key:
    """The private key's file, and its public half."""

    file: Path
    recipient: str

    def verify(self, path: Path, key: str = "") -> Verified:
        identities = encryption.read_identities(self.file)
        return verifying.verify(path, Opening(identities=identities, key=key))


def made_key(folder: Path, name: str) -> Key:
    """As `guichet backup keygen` makes it."""
    said: list[str] = []
    make_key(folder / name, "", said.append)
    assert (folder / name).stat().st_mode & 0o777 == 0o600
    return Key(folder / name, said[0].partition("=")[2])
