"""Files that come with a dossier or a message: received, read, withdrawn."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q

from guichet.domain.dossier.permissions import Act
from guichet.domain.dossier.states import DossierState
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import contents, files, mails, standing
from guichet.habilitations.contents import Kind
from guichet.habilitations.models import Attachment, Dossier, Message
from guichet.habilitations.policy import policy
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event

PIECES = (Attachment.MANDATE, Attachment.SUPPORTING)


@dataclass(frozen=True, slots=True)
class Download:
    """A file that may be given, as a download and in no other way."""

    path: Path
    name: str
    media_type: str


@transaction.atomic
def attach(
    *,
    number: int,
    kind: str,
    upload: "UploadedFile[bytes]",
    by: Actor,
    at: datetime,
    message: Message | None = None,
) -> UUID:
    """Keep a file of kind mandate, supporting or message; returns its key.

    What it is is told by its bytes. The same mandate or supporting document twice is one.
    Raises Refusal: ATTACHMENT_EMPTY, ATTACHMENT_TOO_LARGE, ATTACHMENT_TYPE, ATTACHMENTS_TOO_MANY,
    DOSSIER_UNKNOWN, DOSSIER_FROZEN, DOSSIER_ACT_FORBIDDEN.
    """
    row = standing.lock(number, by, Act.WRITE if kind in PIECES else Act.MESSAGE)
    found = examine(upload)
    require_room(row, 1)
    key = uuid4()
    kept = files.keep(key, upload.chunks())
    if kind in PIECES and (same := _same(row, kind, kept.sha256)) is not None:
        files.erase(key)
        return same
    kept_row = Attachment.objects.create(
        key=key,
        dossier=row,
        message=message,
        kind=kind,
        name=contents.clean_name(upload.name or "", found),
        media_type=found.media_type,
        size=kept.size,
        sha256=kept.sha256,
        scan="pending" if policy().clamd else "off",
        sent_by=by.label,
        sent_at=at,
    )
    _received(kept_row, by, at)
    return key


@transaction.atomic
def remove(*, key: UUID, by: Actor, at: datetime) -> None:
    """Withdraw a mandate or a supporting document. Safe to repeat.

    What was deposited once stays on file for the instructors. Raises Refusal: ATTACHMENT_UNKNOWN,
    DOSSIER_FROZEN, DOSSIER_ACT_FORBIDDEN (also for what a message carried).
    """
    found = _reachable(key, by)
    if found.kind not in PIECES:
        raise Refusal(Code.DOSSIER_ACT_FORBIDDEN, number=found.dossier.number)
    row = standing.lock(found.dossier.number, by, Act.WRITE)
    if found.removed_at is not None:
        return
    found.removed_at = at
    found.save(update_fields=["removed_at"])
    _pieces_changed(row)
    if row.state == DossierState.DRAFT.value:
        transaction.on_commit(partial(files.erase, key))
    _journal(Event.DOSSIER_ATTACHMENT_REMOVED, found, by.ref, at, {"key": str(key)})


@transaction.atomic
def read(*, key: UUID, by: Actor, at: datetime) -> Download:
    """A file for somebody of its dossier; reading by the staff is journalled.

    Raises Refusal: ATTACHMENT_UNKNOWN (strangers too), ATTACHMENT_UNSCANNED, ATTACHMENT_INFECTED.
    """
    found = _reachable(key, by)
    is_staff = standing.standing(found.dossier, by) not in standing.APPLICANTS
    path = files.path_of(key)
    if (found.removed_at is not None and not is_staff) or not path.exists():
        code = Code.ATTACHMENT_INFECTED if found.scan == "infected" else Code.ATTACHMENT_UNKNOWN
        raise Refusal(code)
    if found.scan not in {"clean", "off"}:
        raise Refusal(Code.ATTACHMENT_UNSCANNED)
    if is_staff:
        _journal(Event.DOSSIER_READ, found, by.ref, at, {"attachment": str(key)})
    return Download(path, found.name, found.media_type)


def examine(upload: "UploadedFile[bytes]") -> Kind:
    """What an upload is. Raises Refusal: ATTACHMENT_EMPTY, _TOO_LARGE, _TYPE."""
    if not upload.size:
        raise Refusal(Code.ATTACHMENT_EMPTY, name=upload.name or "")
    if upload.size > policy().attachment_bytes:
        raise Refusal(Code.ATTACHMENT_TOO_LARGE, name=upload.name or "", size=upload.size)
    kind = contents.kind_of(cast("BinaryIO", upload.file), upload.name or "")
    if kind is None:
        raise Refusal(Code.ATTACHMENT_TYPE, name=upload.name or "")
    upload.seek(0)
    return kind


def require_room(row: Dossier, for_more: int) -> None:
    """Raise Refusal ATTACHMENTS_TOO_MANY when the dossier cannot keep that many more files."""
    most = policy().attachments_per_dossier
    held = Attachment.objects.filter(dossier=row, removed_at=None).exclude(scan="infected").count()
    if held + for_more > most:
        raise Refusal(Code.ATTACHMENTS_TOO_MANY, most=most)


def pieces_differ(row: Dossier) -> bool:
    """Whether mandates or supporting documents changed since the last deposit."""
    last = row.revisions.order_by("-n").first()
    if last is None:
        return False
    since = Q(sent_at__gt=last.deposited_at) | Q(removed_at__gt=last.deposited_at)
    return Attachment.objects.filter(since, dossier=row, kind__in=PIECES).exists()


def _received(found: Attachment, by: Actor, at: datetime) -> None:
    if found.kind in PIECES:
        _pieces_changed(found.dossier)
    told = {"kind": found.kind, "size": found.size, "sha256": found.sha256}
    _journal(Event.DOSSIER_ATTACHMENT, found, by.ref, at, {"key": str(found.key), **told})


def _same(row: Dossier, kind: str, sha256: str) -> UUID | None:
    """The key of a piece that is the same file, not withdrawn."""
    rows = Attachment.objects.filter(dossier=row, kind=kind, sha256=sha256, removed_at=None)
    return rows.exclude(scan="infected").values_list("key", flat=True).first()


def _pieces_changed(row: Dossier) -> None:
    """A deposited dossier has changes to deposit, were they files alone."""
    if row.filed_at is not None and not row.draft_differs:
        row.draft_differs = True
        row.save(update_fields=["draft_differs"])


def _reachable(key: UUID, by: Actor) -> Attachment:
    found = Attachment.objects.select_related("dossier").filter(key=key).first()
    if found is None or standing.standing(found.dossier, by) is None:
        raise Refusal(Code.ATTACHMENT_UNKNOWN)
    return found


def _journal(event: Event, found: Attachment, by: str, at: datetime, facts: dict[str, Any]) -> None:
    journal.record(event, subject=mails.about(found.dossier.number), actor=by, at=at, facts=facts)
