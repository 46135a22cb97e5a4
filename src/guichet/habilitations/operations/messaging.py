"""Messages between the applicants of a dossier and its instructors."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from guichet.domain.dossier.permissions import Act, Standing
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import unhidden
from guichet.habilitations import mails, standing
from guichet.habilitations.models import Attachment, Message
from guichet.habilitations.operations import attachments
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event

BODY_AT_MOST: Final = 10_000


@transaction.atomic
def send(
    *,
    number: int,
    body: str,
    uploads: "Sequence[UploadedFile[bytes]]" = (),
    token: UUID | None = None,
    by: Actor,
    at: datetime,
) -> int:
    """Write to the other side; returns the message's id. The same `token` sends once.

    A message of the staff is mailed to the applicants; instructors have their own news.
    Raises Refusal: FIELD_MISSING (neither words nor file), MESSAGE_TOO_LONG, ATTACHMENT_*,
    DOSSIER_UNKNOWN, DOSSIER_FROZEN (a draft), DOSSIER_ACT_FORBIDDEN.
    """
    row = standing.lock(number, by, Act.MESSAGE)
    known = Message.objects.filter(dossier=row, author_id=by.account_id, token=token)
    if token is not None and (sent := known.first()) is not None:
        return int(sent.pk)
    message = Message(
        dossier=row,
        kind=Message.FREE,
        author_id=by.account_id,
        author_label=by.label,
        from_staff=standing.standing(row, by) not in standing.APPLICANTS,
        body=_written(body, has_files=bool(uploads)),
        sent_at=at,
        token=token,
    )
    for upload in uploads:
        attachments.examine(upload)
    attachments.require_room(row, len(uploads))
    message.save()
    kind = Attachment.MESSAGE
    for upload in uploads:
        attachments.attach(number=number, kind=kind, upload=upload, by=by, at=at, message=message)
    row.active_at = at
    row.save(update_fields=["active_at"])
    _tell(message, len(uploads), by, at)
    return int(message.pk)


def mark_read(*, number: int, by: Actor, at: datetime) -> int:
    """Note that one side has read what the other wrote; returns how many messages were new.

    An auditor reads without a trace on the messages; a page that has nothing new writes nothing.
    Raises Refusal: DOSSIER_UNKNOWN.
    """
    row = standing.find(number, by, Act.READ)
    side = standing.standing(row, by)
    if side is Standing.AUDITOR:
        return 0
    written_by_staff = side in standing.APPLICANTS
    unread = Message.objects.filter(dossier=row, from_staff=written_by_staff, read_at=None)
    return unread.update(read_at=at) if unread.exists() else 0


def _written(body: str, *, has_files: bool) -> str:
    """The words as they are kept: one kind of line end, and nothing that hides (unhidden)."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n")
    text = unhidden(lines).strip()
    if not text and not has_files:
        raise Refusal(Code.FIELD_MISSING, field="body")
    if len(text) > BODY_AT_MOST:
        raise Refusal(Code.MESSAGE_TOO_LONG, length=len(text), most=BODY_AT_MOST, field="body")
    return text


def _tell(message: Message, count: int, by: Actor, at: datetime) -> None:
    facts = {"message": message.pk, "files": count}
    about = mails.about(message.dossier.number)
    journal.record(Event.DOSSIER_MESSAGE, subject=about, actor=by.ref, at=at, facts=facts)
    if message.from_staff:
        _mail(message, at)


def _mail(message: Message, at: datetime) -> None:
    files = list(message.attachments.order_by("pk").values_list("name", flat=True))
    context = {"author": message.author_label, "body": message.body, "files": files}
    row = message.dossier
    mails.tell(row, mails.applicants(row), "message", str(message.pk), at, context)
