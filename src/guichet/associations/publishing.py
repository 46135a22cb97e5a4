"""The file that relying parties are fed by: every open service and what it may present.

It is replaced whole as soon as the journal tells of something that changes it, when a certificate
comes to its end, and now and then, so that a reader sees that its writer lives.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from guichet.associations import queries, signing, statements
from guichet.associations.facts import AttachmentFacts, ServiceFacts
from guichet.journal import queries as journal
from guichet.validation.files import replace

NAME: Final = "associations.json"
WHOLE: Final = "associations.jws"
REFRESHED_EVERY: Final = timedelta(hours=1)
Content = dict[str, Any]


class Bulletin:
    """Keeps `associations.json` of a folder up to date, and what is signed beside it.

    One writer at a time. `associations.jws` says the same, signed, and so does
    `associations/<key>.jws` of each service; they are there once a key is certified.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / NAME
        self._signed = Signed(folder)
        self._seq = -1
        self._services: list[Content] | None = None
        self._made_at: datetime | None = None
        self._changes_at: datetime | None = None

    def publish(self, at: datetime) -> int:
        """Write the files if what they say changed, or grew old; returns 1 when they were."""
        head = journal.head().seq
        if head == self._seq and not self._is_due(at):
            return 0
        found = queries.open_services()
        services = [told(service, at) for service in found]
        self._changes_at = _next_change(found, at)
        self._seq = head
        is_new = services != self._services or self._is_old(at)
        if is_new:
            content = {"made_at": at.isoformat(), "services": services}
            replace(self.file, json.dumps(content, ensure_ascii=False, indent=1).encode())
            self._services, self._made_at = services, at
        if is_new or self._signed.is_behind():
            keys = [str(service.key) for service in found]
            self._signed.write(dict(zip(keys, services, strict=True)), at)
        return int(is_new)

    def _is_due(self, at: datetime) -> bool:
        changes = self._changes_at is not None and self._changes_at <= at
        return changes or self._is_old(at) or self._signed.is_behind()

    def _is_old(self, at: datetime) -> bool:
        is_there = self._made_at is not None and self.file.exists()
        return not is_there or at - (self._made_at or at) >= REFRESHED_EVERY


class Signed:
    """The signed files of a folder: written again when their content, or the key, changes."""

    def __init__(self, folder: Path) -> None:
        self._whole = folder / WHOLE
        self._folder = folder / statements.FOLDER
        self._mark = 0
        self._told: dict[str, tuple[Content, datetime]] = {}

    def is_behind(self) -> bool:
        """Whether another key is in use since."""
        return signing.mark() != self._mark

    def write(self, services: Mapping[str, Content], at: datetime) -> None:
        """Sign what is published, by key of service; nothing while there is no key."""
        pen = signing.pen()
        if pen is None:
            return
        if pen.mark != self._mark:
            self._told = {}
        for key, content in services.items():
            before = self._told.get(key)
            if before is None or before[0] != content or at - before[1] >= REFRESHED_EVERY:
                claims = {"sub": content["client_id"], "service": content}
                replace(self._folder / f"{key}.jws", pen.signed(claims, at))
                self._told[key] = (content, at)
        replace(self._whole, pen.signed({"services": list(services.values())}, at))
        self._sweep(services.keys())
        self._mark = pen.mark

    def _sweep(self, keys: Collection[str]) -> None:
        for file in self._folder.glob("*.jws"):
            if file.stem not in keys:
                file.unlink(missing_ok=True)
                self._told.pop(file.stem, None)


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


def _next_change(services: tuple[ServiceFacts, ...], at: datetime) -> datetime | None:
    """When time alone first changes what is accepted: one begins, or ends.

    One begins after `at` if it was attached while this round was under way.
    """
    bounds = (
        bound
        for service in services
        for found in service.certificates
        for bound in (found.since, min(filter(None, (found.until, found.not_after))))
        if bound > at
    )
    return min(bounds, default=None)
