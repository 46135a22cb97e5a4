"""What a backup says of itself: its files by digest, the database's standing, what is not in it.

It comes last in the archive and is signed (Ed25519, RFC 8032) by the key of the installation: who
knows the public key to encrypt to could otherwise make a backup that looks like ours.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from guichet.processes.backup.owners import Owner
from guichet.processes.backup.refusals import BackupError

FORMAT: Final = 1
NAME: Final = "manifest.json"
SEAL: Final = "manifest.sig"
KIND: Final = b"guichet-backup-1\n"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file of the archive: octets, SHA-256 in hexadecimal, who may read it."""

    name: str
    size: int
    sha256: str
    owner: Owner = field(default_factory=Owner)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFacts:
    """The database at the instant of the copy.

    `tables` counts rows, `migrations` are "app.name", `lists` the highest CRL numbers by scope.
    """

    vendor: str
    tables: Mapping[str, int]
    migrations: tuple[str, ...]
    seq: int
    digest: str
    lists: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All a backup says of itself. `left_out` tells why what is not in it is not."""

    made_at: datetime
    host: str
    keystore: str
    database: DatabaseFacts
    left_out: Mapping[str, str]
    folders: tuple[tuple[str, Owner], ...]
    files: tuple[FileFacts, ...]

    def body(self) -> bytes:
        """As it is signed: JSON."""
        said = asdict(self) | {"format": FORMAT, "made_at": self.made_at.isoformat()}
        return json.dumps(said, indent=1, sort_keys=True).encode()

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Raises BackupError."""
        try:
            said: dict[str, Any] = json.loads(body)
            if said["format"] != FORMAT:
                raise BackupError(f"This backup is of format {said['format']}: a newer Guichet's")
            return cls(
                made_at=datetime.fromisoformat(said["made_at"]).astimezone(UTC),
                host=str(said["host"]),
                keystore=str(said["keystore"]),
                database=_database(said["database"]),
                left_out={str(name): str(why) for name, why in said["left_out"].items()},
                folders=tuple((str(name), Owner(**owner)) for name, owner in said["folders"]),
                files=tuple(
                    FileFacts(**(one | {"owner": Owner(**one["owner"])})) for one in said["files"]
                ),
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BackupError("The manifest of this backup cannot be read") from error


def _database(said: Mapping[str, Any]) -> DatabaseFacts:
    return DatabaseFacts(
        vendor=str(said["vendor"]),
        tables={str(name): int(count) for name, count in said["tables"].items()},
        migrations=tuple(map(str, said["migrations"])),
        seq=int(said["seq"]),
        digest=str(said["digest"]),
        lists=tuple((str(code), int(shard), int(n)) for code, shard, n in said["lists"]),
    )


def seal(body: bytes, key: Ed25519PrivateKey) -> bytes:
    """The signature of a manifest, after the public key it verifies under."""
    public = base64.b64encode(key.public_key().public_bytes_raw())
    return public + b"\n" + base64.b64encode(key.sign(KIND + body)) + b"\n"


def signer(body: bytes, sealed: bytes) -> Ed25519PublicKey:
    """The key that signed a manifest. Raises BackupError when none did."""
    try:
        public, signature = (base64.b64decode(line, validate=True) for line in sealed.splitlines())
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(signature, KIND + body)
    except (ValueError, binascii.Error, InvalidSignature) as error:
        raise BackupError("The signature of the manifest does not verify") from error
    return key
