"""What two sides wrote to each other about a dossier, and the files they sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext

from guichet.domain.dossier import permissions
from guichet.domain.dossier.permissions import Act
from guichet.domain.dossier.states import DossierState
from guichet.domain.dossier.typed import Typed
from guichet.habilitations import mails, standing
from guichet.habilitations.models import Attachment, Correction, Dossier, Message
from guichet.habilitations.queries import pieces as files
from guichet.habilitations.queries.pieces import File, file_of
from guichet.habilitations.standing import APPLICANTS
from guichet.habilitations.texts import CORRECTION_REASONS, label_of
from guichet.identities.actors import Actor

PAGE_SIZE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldToCorrect:
    """A field that a correction points at."""

    path: str
    label: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionAsked:
    """What a message asks to correct; `is_pending` until a deposit answers it."""

    reason: str
    fields: tuple[FieldToCorrect, ...]
    is_pending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One message of a thread; `is_ours` when the reader's own side wrote it."""

    id: int
    kind: str
    author: str
    from_staff: bool
    is_ours: bool
    subject: str
    body: str
    sent_at: datetime
    read_at: datetime | None
    files: tuple[File, ...]
    correction: CorrectionAsked | None

    @property
    def is_automatic(self) -> bool:
        """Whether nobody in particular wrote it."""
        return self.kind == Message.AUTOMATIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A page of a dossier's messages, the newest last, and what the reader may do."""

    number: int
    state: str
    legal_name: str
    is_staff: bool
    may_write: bool
    page: Page[Any]
    messages: tuple[Written, ...]


def thread(number: int, who: Actor, page: str | int | None = None) -> Thread:
    """A page of messages, the last one unless told. Raises Refusal: DOSSIER_UNKNOWN."""
    row = standing.find(number, who, Act.READ)
    held = standing.standing(row, who)
    pages = Paginator(Message.objects.filter(dossier=row).order_by("sent_at", "pk"), PAGE_SIZE)
    found = pages.get_page(page or pages.num_pages)
    is_staff = held not in APPLICANTS
    return Thread(
        number=number,
        state=row.state,
        legal_name=mails.legal_name(row),
        is_staff=is_staff,
        may_write=permissions.may(held, Act.MESSAGE, DossierState(row.state)),
        page=found,
        messages=_written(row, list(found), is_staff=is_staff),
    )


def pieces(number: int, who: Actor) -> tuple[File, ...]:
    """Mandates and supporting documents; the staff see what deposits carried.

    Raises Refusal: DOSSIER_UNKNOWN.
    """
    row = standing.find(number, who, Act.READ)
    found = files.every(row)
    if standing.standing(row, who) in APPLICANTS:
        return files.current(found)
    return files.seen_by_staff(found, deposits_of(row))


def deposits_of(row: Dossier) -> tuple[datetime, ...]:
    """The instants of the deposits, in order."""
    return tuple(row.revisions.order_by("n").values_list("deposited_at", flat=True))


def _written(row: Dossier, found: Sequence[Message], *, is_staff: bool) -> tuple[Written, ...]:
    ids = [message.pk for message in found]
    sent: dict[int | None, list[File]] = {}
    for kept in Attachment.objects.filter(message_id__in=ids).order_by("pk"):
        sent.setdefault(kept.message_id, []).append(file_of(kept))
    asked = {c.message_id: c for c in Correction.objects.filter(message_id__in=ids)}
    typed = Typed.from_json(row.draft) if asked else Typed()
    return tuple(
        Written(
            id=message.pk,
            kind=message.kind,
            author=message.author_label,
            from_staff=message.from_staff,
            is_ours=message.from_staff is is_staff,
            subject=message.subject,
            body=message.body,
            sent_at=message.sent_at,
            read_at=message.read_at,
            files=tuple(sent.get(message.pk, ())),
            correction=_correction(asked.get(message.pk), typed),
        )
        for message in found
    )


def _correction(found: Correction | None, typed: Typed) -> CorrectionAsked | None:
    if found is None:
        return None
    words = CORRECTION_REASONS.get(found.reason)
    return CorrectionAsked(
        reason=str(words) if words else gettext("Correction demandée"),
        fields=tuple(
            FieldToCorrect(path=path, label=label_of(path, typed), comment=comment)
            for path, comment in _in_order(found.fields, typed)
        ),
        is_pending=found.resolved_at is None,
    )


def _in_order(fields: dict[str, str], typed: Typed) -> Iterable[tuple[str, str]]:
    """Fields in the order of the form; those of rows that are gone come last."""
    places = {path: place for place, path in enumerate(typed.paths())}
    return sorted(fields.items(), key=lambda pair: places.get(pair[0], len(places)))
