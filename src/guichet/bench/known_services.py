"""Which declared services a certificate is associated with, by the registry's published file."""

import json
from base64 import urlsafe_b64encode
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from guichet.bench.provider.associations import Service

FILE: Final = "associations.json"


def services_of(
    published: Path, certificate_der: bytes, at: datetime
) -> tuple[Service, ...] | None:
    """The services that it stands for at an instant; None when the registry tells nothing."""
    path = published / FILE
    try:
        stamp = path.stat()
    except OSError:
        return None
    known = _read(path, stamp.st_mtime_ns, stamp.st_size)
    digest = sha256(certificate_der).digest()
    thumbprint = urlsafe_b64encode(digest).rstrip(b"=").decode()
    return None if known is None else tuple(s for s in known if s.owns(thumbprint, at))


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int, _size: int) -> tuple[Service, ...] | None:
    """What the file holds; it is replaced whole, so that it is read once a change."""
    try:
        return tuple(map(Service.read, json.loads(path.read_bytes())["services"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
