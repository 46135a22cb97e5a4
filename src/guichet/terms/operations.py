"""Writing a version of the terms, and deciding that it takes effect: two persons."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from guichet.domain.refusals import Code, Refusal
from guichet.domain.wording import VERSIONS, VersionAct, VersionState, require_another
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.terms import queries
from guichet.terms.documents import NUMBER_AT_MOST, Kind
from guichet.terms.models import TermsVersion
from guichet.terms.originals import NUMBER

LABEL_AT_MOST: Final = 200
TEXT_AT_MOST: Final = 100_000
NUMBER_FORM: Final = re.compile(rf"[0-9A-Za-z][0-9A-Za-z.-]{{0,{NUMBER_AT_MOST - 1}}}")
OID_FORM: Final = re.compile(r"[0-2](\.(0|[1-9]\d{0,18})){1,30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who writes or decides: as the journal names them, as pages do, and their accounts."""

    ref: str
    label: str
    account_id: int
    accounts: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A version as it is typed; `in_force_from` is when it takes effect."""

    kind: Kind
    number: str
    oid: str = ""
    text_fr: str
    text_en: str
    changes_fr: str
    changes_en: str
    in_force_from: datetime


@transaction.atomic
def write(*, written: Written, by: Author, at: datetime) -> None:
    """Keep a version, which another person will publish.

    Raises Refusal: TERMS_NUMBER_TAKEN, FIELD_UNEXPECTED (number or OID), DATE_PAST, TEXT_UNCHANGED.
    """
    if not NUMBER_FORM.fullmatch(written.number):
        raise Refusal(Code.FIELD_UNEXPECTED, field="number")
    if written.oid and not OID_FORM.fullmatch(written.oid):
        raise Refusal(Code.FIELD_UNEXPECTED, field="oid")
    _require_to_come(written.in_force_from, at)
    rows = TermsVersion.objects.filter(kind=written.kind.value, number=written.number)
    if written.number == NUMBER or rows.exists():
        raise Refusal(Code.TERMS_NUMBER_TAKEN, field="number", version=written.number)
    row = TermsVersion(
        kind=written.kind.value,
        number=written.number,
        oid=written.oid,
        text_fr=_tidy(written.text_fr),
        text_en=_tidy(written.text_en),
        changes_fr=written.changes_fr.strip(),
        changes_en=written.changes_en.strip(),
        in_force_from=written.in_force_from,
        author=by.account_id,
        author_label=by.label[:LABEL_AT_MOST],
        written_at=at,
    )
    found, current = queries.document_of(row), queries.in_force(written.kind, at)
    if (found.text_fr, found.text_en) == (current.text_fr, current.text_en):
        raise Refusal(Code.TEXT_UNCHANGED, field="text_fr")
    row.sha256 = found.sha256
    row.save()
    _record(Event.TERMS_WRITTEN, row, by, at)


@transaction.atomic
def publish(*, kind: Kind, number: str, by: Author, at: datetime) -> None:
    """Decide that a version takes effect on its day; somebody else than its author.

    Raises Refusal: TEXT_UNKNOWN, MOVE_FORBIDDEN, TEXT_SAME_PERSON, DATE_PAST.
    """
    row = _locked(kind, number)
    require_another(VersionState(row.state), row.author, by.accounts)
    _require_to_come(row.in_force_from, at)
    row.state = VERSIONS.next(VersionState(row.state), VersionAct.ENFORCE).value
    row.enforced_by, row.enforced_at, row.ended_at = by.label[:LABEL_AT_MOST], at, None
    row.save(update_fields=["state", "enforced_by", "enforced_at", "ended_at"])
    _record(Event.TERMS_PUBLISHED, row, by, at)


@transaction.atomic
def give_up(*, kind: Kind, number: str, by: Author, at: datetime) -> None:
    """Set aside a version that is not in force yet. Raises Refusal: TEXT_UNKNOWN, MOVE_FORBIDDEN.

    What was in force once stays readable: people agreed to it.
    """
    row = _locked(kind, number)
    state = VersionState(row.state)
    if state is VersionState.IN_FORCE and row.in_force_from <= at:
        raise Refusal(Code.MOVE_FORBIDDEN, state=state.value, act=VersionAct.RETIRE.value)
    act = VersionAct.RETIRE if state is VersionState.IN_FORCE else VersionAct.DROP
    row.state, row.ended_at = VERSIONS.next(state, act).value, at
    row.save(update_fields=["state", "ended_at"])
    _record(Event.TERMS_GIVEN_UP, row, by, at)


def _locked(kind: Kind, number: str) -> TermsVersion:
    rows = TermsVersion.objects.select_for_update().filter(kind=kind.value, number=number)
    row = rows.first()
    if row is None:
        raise Refusal(Code.TEXT_UNKNOWN)
    return row


def _require_to_come(day: datetime, at: datetime) -> None:
    """Nobody agreed to what would have been in force yesterday, in the site's time zone."""
    if timezone.localdate(day) < timezone.localdate(at):
        raise Refusal(Code.DATE_PAST, field="in_force_from")


def _tidy(text: str) -> str:
    return (
        "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n")) + "\n"
    )


def _record(event: Event, row: TermsVersion, by: Author, at: datetime) -> None:
    facts = {"sha256": row.sha256, "in_force_from": row.in_force_from.isoformat()}
    journal.record(event, subject=str(row), actor=by.ref, at=at, facts=facts)
