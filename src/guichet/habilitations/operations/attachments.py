"""Files that come with a dossier or a message: received, read, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, cast
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max

from guichet.domain.dossier.permissions import Act
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.habilitations import contents, files, mails, standing
from guichet.habilitations.contents import Kind
from guichet.habilitations.models import Attachment, Dossier, Message, Revision
from guichet.habilitations.policy import policy
from guichet.habilitations.queries import pieces
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event

PIECES = pieces.KINDS
ABOUT_A_FILE: Final = frozenset(
    {
        Code.ATTACHMENT_EMPTY,
        Code.ATTACHMENT_TOO_LARGE,
        Code.ATTACHMENT_TYPE,
        Code.ATTACHMENTS_TOO_MANY,
    }
)
TICK: Final = timedelta(microseconds=1)


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
        sent_at=_after_deposits(row, at),
    )
    _received(kept_row, by, at)
    return key


def attach_all(
    *, number: int, kind: str, uploads: "Sequence[UploadedFile[bytes]]", by: Actor, at: datetime
) -> tuple[Objection, ...]:
    """Keep several files, each by itself; what is objected to those that are not kept, by "name".

    Raises Refusal: DOSSIER_UNKNOWN, DOSSIER_FROZEN, DOSSIER_ACT_FORBIDDEN.
    """
    refused: list[Objection] = []
    for upload in uploads:
        try:
            attach(number=number, kind=kind, upload=upload, by=by, at=at)
        except Refusal as refusal:
            if refusal.code not in ABOUT_A_FILE:
                raise
            facts = {"name": upload.name or "", **refusal.facts}
            refused.append(Objection(refusal.code, tuple(facts.items())))
    return tuple(refused)


@transaction.atomic
def remove(*, key: UUID, by: Actor, at: datetime) -> str:
    """Withdraw a mandate or a supporting document. Safe to repeat.

    What was deposited once stays on file for the instructors, the rest is erased. Returns its kind.
    Raises Refusal: ATTACHMENT_UNKNOWN, DOSSIER_FROZEN, DOSSIER_ACT_FORBIDDEN (also for what a
    message carried).
    """
    found = _reachable(key, by)
    if found.kind not in PIECES:
        raise Refusal(Code.DOSSIER_ACT_FORBIDDEN, number=found.dossier.number)
    row = standing.lock(found.dossier.number, by, Act.WRITE)
    if found.removed_at is not None:
        return found.kind
    found.removed_at = _after_deposits(row, at)
    found.save(update_fields=["removed_at"])
    _pieces_changed(row)
    if not row.revisions.filter(deposited_at__gte=found.sent_at).exists():
        transaction.on_commit(partial(files.erase, key))
    _journal(Event.DOSSIER_ATTACHMENT_REMOVED, found, by.ref, at, {"key": str(key)})
    return found.kind


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


def differs(row: Dossier, last: Revision | None) -> bool:
    """Whether texts or files changed since the last deposit; nothing differs before the first."""
    if last is None:
        return False
    if row.draft != last.content:
        return True
    found = pieces.every(row)
    carried = pieces.deposited(found, last.deposited_at)
    return bool(pieces.changes(carried, pieces.current(found)))


def put_back(row: Dossier, last: Revision, at: datetime) -> tuple[int, int]:
    """Make the files those of a deposit again, in the caller's transaction.

    Returns how many were withdrawn, for they came since, and how many were taken back.
    """
    held = Attachment.objects.filter(dossier=row, kind__in=PIECES)
    added = held.filter(sent_at__gt=last.deposited_at, removed_at=None)
    for key in added.values_list("key", flat=True):
        transaction.on_commit(partial(files.erase, key))
    withdrawn = added.update(removed_at=at)
    gone = held.filter(sent_at__lte=last.deposited_at, removed_at__gt=last.deposited_at)
    return withdrawn, gone.update(removed_at=None)


def moment_of_deposit(row: Dossier, at: datetime) -> datetime:
    """The instant of a deposit: never before a file that it carries, whoever sent it meanwhile."""
    held = row.attachments.filter(kind__in=PIECES)
    told = held.aggregate(sent=Max("sent_at"), removed=Max("removed_at"))
    latest: datetime = max([at, *filter(None, told.values())])
    return latest


def _after_deposits(row: Dossier, at: datetime) -> datetime:
    """The instant of a change of files: after a deposit that overtook its request."""
    last: datetime | None = row.revisions.aggregate(at=Max("deposited_at"))["at"]
    return at if last is None or last < at else last + TICK


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
    row.draft_differs = differs(row, row.revisions.order_by("-n").first())
    row.save(update_fields=["draft_differs"])


def _reachable(key: UUID, by: Actor) -> Attachment:
    found = Attachment.objects.select_related("dossier").filter(key=key).first()
    if found is None or standing.standing(found.dossier, by) is None:
        raise Refusal(Code.ATTACHMENT_UNKNOWN)
    return found


def _journal(event: Event, found: Attachment, by: str, at: datetime, facts: dict[str, Any]) -> None:
    journal.record(event, subject=mails.about(found.dossier.number), actor=by, at=at, facts=facts)
