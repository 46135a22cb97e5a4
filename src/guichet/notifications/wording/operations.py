"""Writing a version of an e-mail's text, trying it, putting it in force, going back."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from guichet.domain.refusals import Code, Refusal
from guichet.domain.wording import VERSIONS, VersionAct, VersionState, require_another
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.notifications.lengths import LABEL_AT_MOST, NOTE_AT_MOST, SUBJECT_AT_MOST
from guichet.notifications.models import MailText, OutboxMail
from guichet.notifications.wording import checking
from guichet.notifications.wording.catalogue import LANGUAGES, MailKind, find


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who writes: as the journal names them, as pages do, their accounts and their address."""

    ref: str
    label: str
    account_id: int
    accounts: frozenset[int]
    email: str


def write(*, template: str, language: str, text: str, note: str, by: Writer, at: datetime) -> int:
    """Keep a new version, which another person will put in force; returns its number.

    Raises Refusal: TEXT_UNKNOWN, TEXT_UNCHANGED, and every objection to the text.
    """
    kind = kind_of(template, language)
    kept = text.replace("\r\n", "\n").strip() + "\n"
    if found := checking.objections(kind, language, kept):
        raise Refusal(found[0].code, all=found)
    with transaction.atomic():
        rows = MailText.objects.select_for_update().filter(template=template, language=language)
        current = rows.filter(state=VersionState.IN_FORCE.value).first()
        if kept.strip() == (current.text if current else kind.default(language)).strip():
            raise Refusal(Code.TEXT_UNCHANGED, field="text")
        row = MailText.objects.create(
            template=template,
            language=language,
            number=(rows.aggregate(last=Max("number"))["last"] or 0) + 1,
            text=kept,
            note=note.strip()[:NOTE_AT_MOST],
            author=by.account_id,
            author_label=by.label[:LABEL_AT_MOST],
            written_at=at,
        )
        _record(Event.MAIL_TEXT_WRITTEN, row, by, at)
    return row.number


@transaction.atomic
def enforce(*, template: str, language: str, number: int, by: Writer, at: datetime) -> None:
    """Put a version in force in place of the one that is.

    What was never in force takes somebody else than its author; its text is checked again, since
    its e-mail may have changed. Raises Refusal: TEXT_UNKNOWN, MOVE_FORBIDDEN, TEXT_SAME_PERSON,
    and every objection to the text.
    """
    row = _locked(template, language, number)
    require_another(VersionState(row.state), row.author, by.accounts)
    if found := checking.objections(kind_of(template, language), language, row.text):
        raise Refusal(found[0].code, all=found)
    _retire(template, language, at)
    row.state = VERSIONS.next(VersionState(row.state), VersionAct.ENFORCE).value
    row.enforced_by, row.enforced_at, row.ended_at = by.label[:LABEL_AT_MOST], at, None
    row.fault, row.broken_at = "", None
    row.save()
    _record(Event.MAIL_TEXT_ENFORCED, row, by, at)


@transaction.atomic
def back_to_default(*, template: str, language: str, by: Writer, at: datetime) -> None:
    """Let the text that came with the counter be sent again; one person may do it at once.

    Raises Refusal: TEXT_UNKNOWN when no version is in force.
    """
    row = _retire(template, language, at)
    if row is None:
        raise Refusal(Code.TEXT_UNKNOWN)
    _record(Event.MAIL_TEXT_RETIRED, row, by, at)


@transaction.atomic
def drop(*, template: str, language: str, number: int, by: Writer, at: datetime) -> None:
    """Set aside a version that was never in force. Raises Refusal: TEXT_UNKNOWN, MOVE_FORBIDDEN."""
    row = _locked(template, language, number)
    row.state = VERSIONS.next(VersionState(row.state), VersionAct.DROP).value
    row.ended_at = at
    row.save(update_fields=["state", "ended_at"])
    _record(Event.MAIL_TEXT_DROPPED, row, by, at)


def try_out(*, template: str, language: str, text: str, by: Writer, at: datetime) -> int:
    """Send a text, with each of its samples, to who asks; returns how many e-mails leave.

    Raises Refusal: TEXT_UNKNOWN, EMAIL_INVALID without an address, every objection to the text.
    """
    kind = kind_of(template, language)
    if not by.email:
        raise Refusal(Code.EMAIL_INVALID, text="")
    previews = checking.previews(kind, language, text)
    about = f"mail-text:{template}.{language}"
    with transaction.atomic():
        for preview in previews:
            OutboxMail.objects.create(
                dedupe_key=f"{about}:try:{uuid4()}",
                to=[by.email],
                subject=f"[essai] {preview.subject}"[:SUBJECT_AT_MOST],
                text=preview.text,
                language=language,
                about=about,
                created_at=at,
                next_try_at=at,
            )
        facts = {"mails": len(previews)}
        journal.record(Event.MAIL_TEXT_TRIED, subject=about, actor=by.ref, at=at, facts=facts)
    return len(previews)


def kind_of(template: str, language: str) -> MailKind:
    """The e-mail that is written of. Raises Refusal(TEXT_UNKNOWN)."""
    kind = find(template)
    if kind is None or language not in LANGUAGES:
        raise Refusal(Code.TEXT_UNKNOWN)
    return kind


def _locked(template: str, language: str, number: int) -> MailText:
    rows = MailText.objects.select_for_update().filter(template=template, language=language)
    row = rows.filter(number=number).first()
    if row is None:
        raise Refusal(Code.TEXT_UNKNOWN)
    return row


def _retire(template: str, language: str, at: datetime) -> MailText | None:
    rows = MailText.objects.select_for_update().filter(template=template, language=language)
    row = rows.filter(state=VersionState.IN_FORCE.value).first()
    if row is not None:
        row.state = VERSIONS.next(VersionState(row.state), VersionAct.RETIRE).value
        row.ended_at = at
        row.save(update_fields=["state", "ended_at"])
    return row


def _record(event: Event, row: MailText, by: Writer, at: datetime) -> None:
    journal.record(
        event, subject=str(row), actor=by.ref, at=at, facts={"sha256": fingerprint(row.text)}
    )


def fingerprint(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
