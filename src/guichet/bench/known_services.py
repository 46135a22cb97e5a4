"""Which declared services a certificate is associated with, by the registry's published file."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

FILE: Final = "associations.json"


@dataclass(frozen=True, slots=True)
class KnownService:
    """A service that may present the certificate now."""

    client_id: str
    name: str
    environment: str


def services_of(published: Path, certificate_der: bytes, at: datetime) -> list[KnownService] | None:
    """The services that it stands for at an instant; None when the registry tells nothing."""
    told = _told(published / FILE)
    if told is None:
        return None
    digest = sha256(certificate_der).hexdigest()
    return [
        KnownService(service["client_id"], service["name"], service["environment"])
        for service in told
        if any(_stands(entry, digest, at) for entry in service["certificates"])
    ]


def _stands(entry: dict[str, Any], digest: str, at: datetime) -> bool:
    said = str(entry["sha256"]).replace(":", "").lower()
    until = entry.get("until")
    return (
        said == digest
        and datetime.fromisoformat(entry["from"]) <= at
        and (until is None or at < datetime.fromisoformat(until))
    )


def _told(path: Path) -> list[dict[str, Any]] | None:
    try:
        stamp = path.stat()
    except OSError:
        return None
    return _read(path, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int, _size: int) -> list[dict[str, Any]] | None:
    """What the file holds; it is replaced whole, so that it is read once a change."""
    try:
        found: list[dict[str, Any]] = json.loads(path.read_bytes())["services"]
    except (OSError, ValueError, KeyError):
        return None
    return found
