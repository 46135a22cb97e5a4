"""The clerk's rounds over attached files: the antivirus, and files that no row knows."""

import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from guichet.habilitations import antivirus, files, mails
from guichet.habilitations.antivirus import AntivirusUnavailable, ScanFailed
from guichet.habilitations.models import Attachment
from guichet.habilitations.policy import policy
from guichet.identities import queries as identities
from guichet.journal import operations as journal
from guichet.journal.events import Event

logger = logging.getLogger(__name__)
BATCH: Final = 20
TRY_AGAIN: Final = timedelta(seconds=30)
SWEEP_EVERY: Final = timedelta(hours=1)
LEFT_AFTER: Final = timedelta(hours=1)
SWEPT: Final = ".swept"


def scan_pending(at: datetime) -> int:
    """Have the antivirus examine what waits; returns how many files were told of.

    Without an antivirus nothing waits. One that does not answer is asked again later.
    """
    waiting = Q(scanned_at=None) | Q(scanned_at__lte=at - TRY_AGAIN)
    pending = Attachment.objects.filter(waiting, scan="pending", removed_at=None)
    address = policy().clamd
    if not address:
        return pending.update(scan="off")
    told = 0
    for row in pending.order_by("sent_at", "pk")[:BATCH]:
        try:
            told += _scan(address, row, at)
        except AntivirusUnavailable as fault:
            logger.warning("the antivirus does not answer, to be tried again: %s", fault)
            pending.update(scanned_at=at)
            break
    return told


def sweep(at: datetime) -> int:
    """Once an hour, delete files that no row needs any more; returns how many.

    They are left by a crash between the file and its row, by deletions and by purges.
    """
    marker = files.folder() / SWEPT
    if marker.exists() and _written_at(marker) > at - SWEEP_EVERY:
        return 0
    marker.touch()
    swept, left = 0, files.older_than(at - LEFT_AFTER)
    while batch := list(islice(left, 500)):
        keys = [key for key, _path in batch if key is not None]
        needed = set(_needed().filter(key__in=keys).values_list("key", flat=True))
        for key, path in batch:
            if key not in needed:
                path.unlink(missing_ok=True)
                swept += 1
    return swept


def _needed() -> QuerySet[Attachment]:
    """Rows whose file is kept: not infected, nor withdrawn before anything was deposited."""
    withdrawn = Q(removed_at__isnull=False) & (
        Q(dossier__filed_at=None) | Q(removed_at__lt=F("dossier__filed_at"))
    )
    return Attachment.objects.exclude(scan="infected").exclude(withdrawn)


def _scan(address: str, row: Attachment, at: datetime) -> bool:
    try:
        with files.path_of(row.key).open("rb") as stream:
            signature = antivirus.scan(address, stream)
    except (ScanFailed, FileNotFoundError) as fault:
        logger.error("attachment %s could not be examined: %s", row.key, fault)  # noqa: TRY400
        Attachment.objects.filter(pk=row.pk, scan="pending").update(scanned_at=at)
        return False
    _settle(row, signature, at)
    return True


@transaction.atomic
def _settle(row: Attachment, signature: str, at: datetime) -> None:
    """Write what the antivirus said, once; an infected file is deleted and its sender told."""
    pending = Attachment.objects.filter(pk=row.pk, scan="pending")
    if not pending.update(scan="infected" if signature else "clean", scanned_at=at):
        return
    if signature:
        transaction.on_commit(partial(files.erase, row.key))
        facts = {"key": str(row.key), "because": "infected", "signature": signature}
        about = mails.about(row.dossier.number)
        journal.record(
            Event.DOSSIER_ATTACHMENT_REMOVED, subject=about, actor="clerk", at=at, facts=facts
        )
        _tell(row, signature, at)


def _tell(row: Attachment, signature: str, at: datetime) -> None:
    context = {"name": row.name, "signature": signature}
    key = str(row.key)
    if row.message is not None and row.message.from_staff:
        author = identities.contact(row.message.author_id or 0)
        mails.tell(row.dossier, [author[1]] if author else [], "infected", key, at, context)
    elif row.dossier.filed_at is None:
        mails.tell(row.dossier, mails.applicants(row.dossier), "infected", key, at, context)
    else:
        mails.tell_applicant(row.dossier, "infected", key, at, context)


def _written_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
