"""Typing a dossier: begun from a SIRET, saved at each change, cloned, thrown away, taken back."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from guichet.domain.dossier.permissions import Act
from guichet.domain.dossier.states import DossierState
from guichet.domain.dossier.typed import ADMINISTRATORS, Typed
from guichet.domain.identifiers import Siret
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import folded
from guichet.habilitations import chosen, consent, numbers
from guichet.habilitations.models import Dossier
from guichet.habilitations.operations import attachments
from guichet.habilitations.operations.noting import note
from guichet.habilitations.standing import find, lock
from guichet.identities.actors import Actor
from guichet.journal.events import Event

NOT_CLONED = ("terms", "accuracy")


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved draft: its version, and the form as it now is (others may have typed too).

    `before` is the version that this save found: another than the one last seen tells of others.
    """

    version: int
    typed: Typed
    before: int


@transaction.atomic
def begin(
    *,
    siret: Siret,
    company: Mapping[str, Any],
    by: Actor,
    language: str,
    at: datetime,
    prefilled: Mapping[str, str] | None = None,
) -> int:
    """Start a draft for a structure; what is known of the applicant, or `prefilled`, is there."""
    texts = {
        **(prefilled or {}),
        "siret": siret.value,
        "representative.surname": by.surname,
        "representative.given_names": by.given_names,
        "representative.email": by.email,
        "representative.card_number": by.card_number or "",
    }
    typed = Typed().with_texts(texts).with_row(ADMINISTRATORS, new_row())
    return _create(typed, siret.value, company, by, language, at).number


@transaction.atomic
def clone(*, number: int, by: Actor, at: datetime, company: Mapping[str, Any] | None = None) -> int:
    """Start a draft from another dossier: everything but the boxes that certify.

    `company` is what the registers say now of its SIRET, instead of what they said then.
    """
    source = find(number, by, Act.READ)
    typed = content_of(source)
    typed = typed.with_texts(dict.fromkeys(NOT_CLONED, ""))
    known = company or chosen.deposited(source)
    row = _create(typed, source.siret, known, by, source.language, at)
    row.cloned_from = source.number
    row.save(update_fields=["cloned_from"])
    return row.number


@transaction.atomic
def save(*, number: int, changes: Mapping[str, str], by: Actor, at: datetime) -> Saved:
    """Keep what was typed since the last save: the paths given, and no other.

    Two people may type at once: each saves the paths they touched.
    Raises Refusal: DOSSIER_UNKNOWN, DOSSIER_FROZEN, DOSSIER_ACT_FORBIDDEN.
    """
    row = lock(number, by, Act.WRITE)
    typed = Typed.from_json(row.draft)
    allowed = {path: text for path, text in changes.items() if path != "siret"}
    consent.note(row, allowed, at)
    return _keep(row, typed.with_texts(allowed), at)


@transaction.atomic
def add_row(*, number: int, block: str, by: Actor, at: datetime) -> str:
    """Add an empty row to a repeated block; returns its identifier. Raises as `save`."""
    row = lock(number, by, Act.WRITE)
    identifier = new_row()
    _keep(row, Typed.from_json(row.draft).with_row(block, identifier), at)
    return identifier


@transaction.atomic
def remove_row(*, number: int, block: str, identifier: str, by: Actor, at: datetime) -> None:
    """Remove a row and what was typed in it. Raises as `save`."""
    row = lock(number, by, Act.WRITE)
    _keep(row, Typed.from_json(row.draft).without_row(block, identifier), at)


@transaction.atomic
def change_structure(
    *, number: int, siret: Siret, company: Mapping[str, Any], by: Actor, at: datetime
) -> None:
    """Use another SIRET ("Modifier le SIRET"). Raises as `save`."""
    row = lock(number, by, Act.WRITE)
    chosen.choose(row, siret.value, company)
    row.save(update_fields=["siret", "company"])
    _keep(row, Typed.from_json(row.draft).with_texts({"siret": siret.value}), at)


@transaction.atomic
def abandon_changes(*, number: int, by: Actor, at: datetime) -> None:
    """Go back to what was deposited, texts and files. Raises as `save`, and NOTHING_CHANGED."""
    row = lock(number, by, Act.WRITE)
    last = row.revisions.order_by("-n").first()
    if last is None or not row.draft_differs:
        raise Refusal(Code.NOTHING_CHANGED, number=number)
    chosen.forget(row)
    withdrawn, restored = attachments.put_back(row, last, at)
    row.draft_differs = False
    row.save(update_fields=["company", "draft_differs"])
    _keep(row, Typed.from_json(last.content), at)
    facts = {"withdrawn": withdrawn, "restored": restored}
    _journal(Event.DOSSIER_CHANGES_ABANDONED, row, by, at, facts)


@transaction.atomic
def trash(*, number: int, by: Actor, at: datetime) -> None:
    """Put a dossier in the owner's bin; a draft is purged after a delay. Safe to repeat."""
    row = lock(number, by, Act.DELETE)
    if row.trashed_at is None:
        row.trashed_at = at
        row.save(update_fields=["trashed_at"])
        _journal(Event.DOSSIER_TRASHED, row, by, at)


@transaction.atomic
def restore(*, number: int, by: Actor, at: datetime) -> None:
    """Take a dossier back from the bin. Safe to repeat."""
    row = lock(number, by, Act.DELETE)
    if row.trashed_at is not None:
        row.trashed_at = None
        row.save(update_fields=["trashed_at"])
        _journal(Event.DOSSIER_RESTORED, row, by, at)


def new_row() -> str:
    """An identifier for a row of a repeated block."""
    return secrets.token_hex(4)


def content_of(row: Dossier) -> Typed:
    """What was deposited last, or the draft when nothing was."""
    last = row.revisions.order_by("-n").first()
    return Typed.from_json(last.content if last else row.draft)


def search_text(row: Dossier, typed: Typed) -> str:
    """What a search finds a dossier by: numbers (in one piece), names, cards, e-mails."""
    people = [p for p in typed.paths() if p.startswith(("representative.", "administrators."))]
    others = ("structure.legal_name", "structure.finess", "use.solution")
    texts = (_one_piece(typed.get(path)) for path in (*people, *others))
    parts = (str(row.number), row.siret, row.company.get("legal_name", ""))
    return folded(" ".join((*parts, *texts)))


def _one_piece(text: str) -> str:
    """A number typed with spaces, without them; another text as it is."""
    squeezed = "".join(text.split())
    return squeezed if squeezed.isdigit() else text


def _keep(row: Dossier, typed: Typed, at: datetime) -> Saved:
    content, before = typed.to_json(), row.version
    if content != row.draft:
        last = row.revisions.order_by("-n").first()
        row.draft, row.saved_at, row.version = content, at, row.version + 1
        row.draft_differs = attachments.differs(row, last)
        if last is None:
            row.search_text = search_text(row, typed)
        row.save(update_fields=["draft", "saved_at", "version", "draft_differs", "search_text"])
    return Saved(row.version, typed, before)


def _create(
    typed: Typed, siret: str, company: Mapping[str, Any], by: Actor, language: str, at: datetime
) -> Dossier:
    row = Dossier(
        number=numbers.take(),
        state=DossierState.DRAFT.value,
        owner_id=by.account_id,
        siret=siret,
        company=dict(company),
        draft=typed.to_json(),
        language=language,
        created_at=at,
        saved_at=at,
        active_at=at,
    )
    row.search_text = search_text(row, typed)
    row.save(force_insert=True)
    _journal(Event.DOSSIER_BEGUN, row, by, at)
    return row


def _journal(
    event: Event, row: Dossier, by: Actor, at: datetime, more: Mapping[str, int] | None = None
) -> None:
    note(event, row, by, at, {"siret": row.siret, **(more or {})})
