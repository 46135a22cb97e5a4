"""Keys that open backups, for tests."""

from dataclasses import dataclass
from pathlib import Path

from guichet.processes.backup import encryption, verifying
from guichet.processes.backup.keys import make_key
from guichet.processes.backup.verifying import Opening, Verified

# No key, under “une phrase” as age writes it, where scrypt costs nothing: ours costs seconds.
PROTECTED = """\
-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBmalNYYnFnOWhxeitYdHhU
eGZkcnNnIDEKTTZ0clB2WXcwb21vc1Z4UU4xTm9sWVEvT1l3b2czWUlIeTB2S2xF
Ny83QQotLS0gTmZMNk9YMGhRcDlNM29YRHJTdENjanRQd2hTU3EwMStQdm5xbjhU
UXk0RQoJstCZb0rw9KPFaHCy9eKYL2O7qkimxUGruW0CKPBhqIR5lyqfewin
-----END AGE ENCRYPTED FILE-----
"""


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
