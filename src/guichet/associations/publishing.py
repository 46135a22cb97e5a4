"""The file that relying parties are fed by: every open service and what it may present.

It is replaced whole as soon as the journal tells of something that changes it, when a certificate
comes to its end, and now and then, so that a reader sees that its writer lives.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from guichet.associations import queries
from guichet.associations.facts import AttachmentFacts, ServiceFacts
from guichet.journal import queries as journal
from guichet.validation.files import replace

NAME: Final = "associations.json"
REFRESHED_EVERY: Final = timedelta(hours=1)
Content = dict[str, Any]


class Bulletin:
    """Keeps `associations.json` of a folder up to date; one writer at a time."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / NAME
        self._seq = -1
        self._services: list[Content] | None = None
        self._made_at: datetime | None = None
        self._ends_at: datetime | None = None

    def publish(self, at: datetime) -> int:
        """Write the file if what it says changed, or grew old; returns 1 when it was written."""
        head = journal.head().seq
        if head == self._seq and not self._is_due(at):
            return 0
        found = queries.open_services()
        services = [told(service, at) for service in found]
        self._ends_at = _first_end(found, at)
        self._seq = head
        if services == self._services and not self._is_old(at):
            return 0
        content = {"made_at": at.isoformat(), "services": services}
        replace(self.file, json.dumps(content, ensure_ascii=False, indent=1).encode())
        self._services, self._made_at = services, at
        return 1

    def _is_due(self, at: datetime) -> bool:
        return self._is_old(at) or (self._ends_at is not None and self._ends_at <= at)

    def _is_old(self, at: datetime) -> bool:
        is_there = self._made_at is not None and self.file.exists()
        return not is_there or at - (self._made_at or at) >= REFRESHED_EVERY


def told(service: ServiceFacts, at: datetime) -> Content:
    """What relying parties are told of one service: what they accept now, and nothing else."""
    return {
        "client_id": service.client_id,
        "name": service.name,
        "structure": service.structure_id,
        "structure_name": service.structure_name,
        "environment": service.environment.value,
        "redirect_uris": list(service.redirect_uris),
        "post_logout_redirect_uris": list(service.post_logout_redirect_uris),
        "certificates": [dict(_told(found)) for found in service.accepted(at)],
    }


def _told(found: AttachmentFacts) -> Mapping[str, str | None]:
    return {
        "x5t#S256": found.thumbprint,
        "sha256": found.sha256,
        "subject_dn": found.subject,
        "serial": found.serial_hex,
        "not_after": found.not_after.isoformat(),
        "from": found.since.isoformat(),
        "until": found.until.isoformat() if found.until else None,
    }


def _first_end(services: tuple[ServiceFacts, ...], at: datetime) -> datetime | None:
    """When the first of what is accepted now is accepted no more."""
    ends = [
        min(filter(None, (found.until, found.not_after)))
        for service in services
        for found in service.accepted(at)
    ]
    return min(ends, default=None)
