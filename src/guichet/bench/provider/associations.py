"""The services that may log people in and the certificates attached to each, as published."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final, Self

log: Final = logging.getLogger(__name__)
Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A certificate of a service (x5t#S256, RFC 8705 §3.1), from an instant to another or none."""

    thumbprint: str
    starts_at: datetime
    ends_at: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether the association is in force at an instant."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A client of the provider: where it may be sent back to, which certificates are its own.

    `secret_sha256` (hexadecimal) is told of the demo's own services alone.
    """

    client_id: str
    name: str
    structure_name: str
    environment: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    certificates: tuple[Attachment, ...]
    secret_sha256: str = ""

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """From an entry of associations.json. Raises KeyError, TypeError or ValueError."""
        return cls(
            client_id=str(told["client_id"]),
            name=str(told["name"]),
            structure_name=str(told["structure_name"]),
            environment=str(told["environment"]),
            redirect_uris=tuple(map(str, told["redirect_uris"])),
            post_logout_redirect_uris=tuple(map(str, told["post_logout_redirect_uris"])),
            certificates=tuple(map(_attachment, told["certificates"])),
            secret_sha256=str(told.get("secret_sha256", "")),
        )

    def owns(self, thumbprint: str, at: datetime) -> bool:
        """Whether a certificate is attached to this service at an instant; several may be."""
        return any(one.thumbprint == thumbprint and one.holds(at) for one in self.certificates)


def _attachment(told: Mapping[str, Any]) -> Attachment:
    until = told["until"]
    return Attachment(
        thumbprint=str(told["x5t#S256"]),
        starts_at=datetime.fromisoformat(told["from"]),
        ends_at=datetime.fromisoformat(until) if until else None,
    )


class Associations:
    """Services of one environment, read again when one of the files has changed.

    A file that cannot be read names no service: who is not known to be associated is refused.
    """

    def __init__(self, paths: Sequence[Path], environment: str) -> None:
        self._paths = tuple(paths)
        self._environment = environment
        self._lock = Lock()
        self._stamps: tuple[Stamp | None, ...] = ()
        self._services: Mapping[str, Service] = {}

    def service(self, client_id: str) -> Service | None:
        """The service of an identifier, in this environment."""
        with self._lock:
            stamps = tuple(map(_stamp, self._paths))
            if stamps != self._stamps:
                found = {one.client_id: one for path in self._paths for one in _services(path)}
                self._services, self._stamps = found, stamps
            service = self._services.get(client_id)
        return service if service and service.environment == self._environment else None


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _services(path: Path) -> Iterable[Service]:
    try:
        return [Service.read(told) for told in json.loads(path.read_text())["services"]]
    except FileNotFoundError:
        return []
    except (OSError, KeyError, TypeError, ValueError) as error:
        log.warning("%s names no service: %r", path, error)
        return []
