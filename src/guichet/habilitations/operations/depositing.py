"""Depositing a dossier, the first time and after changes: an immutable, hashed revision."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guichet.domain import evidence
from guichet.domain.dossier import parsing
from guichet.domain.dossier.declaration import Declaration
from guichet.domain.dossier.permissions import Act
from guichet.domain.dossier.states import DOSSIERS, DossierAct, DossierState
from guichet.domain.dossier.typed import Typed
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import chosen, consent, mails, readiness, tokens
from guichet.habilitations.evidence import text_of_revision
from guichet.habilitations.models import (
    AdministratorConfirmation,
    Correction,
    Dossier,
    Revision,
)
from guichet.habilitations.operations import attachments
from guichet.habilitations.operations.drafting import search_text
from guichet.habilitations.standing import lock
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.terms import queries as terms
from guichet.terms.documents import Kind


@dataclass(frozen=True, slots=True)
class Deposit:
    """A revision deposited: its rank from 1, its hash and the code that verifies its receipt."""

    number: int
    n: int
    sha256: str
    code: str


@transaction.atomic
def deposit(*, number: int, by: Actor, at: datetime) -> Deposit:
    """Deposit what is typed; the second time and later, the changes.

    Raises Refusal: every objection to the form, MANDATE_MISSING, COMPANY_CLOSED,
    NOTHING_CHANGED, DOSSIER_UNKNOWN, DOSSIER_FROZEN, DOSSIER_ACT_FORBIDDEN.
    """
    row = lock(number, by, Act.DEPOSIT)
    typed = consent.standing(row, Typed.from_json(row.draft), at)
    readiness.require(row, typed)
    declared = parsing.parse(typed)
    is_first = row.state == DossierState.DRAFT.value
    if not is_first and not row.draft_differs:
        raise Refusal(Code.NOTHING_CHANGED, number=number)
    act = DossierAct.DEPOSIT if is_first else DossierAct.DEPOSIT_CHANGES
    row.state = DOSSIERS.next(DossierState(row.state), act).value
    row.filed_at = row.filed_at or at
    row.active_at, row.draft_differs, row.trashed_at = at, False, None
    chosen.settle(row)
    row.search_text = search_text(row, typed)
    revision = _revision(row, typed, by, at)
    row.save()
    _resolve_correction(row, revision, at)
    event = Event.DOSSIER_DEPOSITED if is_first else Event.DOSSIER_CHANGED
    facts: dict[str, str | int | None] = {
        "revision": revision.n,
        "sha256": revision.sha256,
        "siret": row.siret,
        "terms": revision.terms_version,
        "terms_sha256": revision.terms_sha256,
        evidence.FACT: evidence.digest(text_of_revision(revision)),
    }
    journal.record(event, subject=mails.about(number), actor=by.ref, at=at, facts=facts)
    _tell(row, revision, at)
    _ask_confirmations(row, declared, at)
    return Deposit(number, revision.n, revision.sha256, revision.code)


def _revision(row: Dossier, typed: Typed, by: Actor, at: datetime) -> Revision:
    content = typed.to_json()
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    last = row.revisions.order_by("-n").first()
    agreed = terms.in_force(Kind.TERMS, at)
    return Revision.objects.create(
        dossier=row,
        n=last.n + 1 if last else 1,
        content=content,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        code=tokens.reference(),
        terms_version=agreed.number,
        terms_sha256=agreed.sha256,
        deposited_by=by.label,
        deposited_at=attachments.moment_of_deposit(row, at),
    )


def _resolve_correction(row: Dossier, revision: Revision, at: datetime) -> None:
    pending = Correction.objects.filter(dossier=row, resolved_at=None)
    pending.update(resolved_at=at, resolved_by=revision)


def _tell(row: Dossier, revision: Revision, at: datetime) -> None:
    template = "deposited" if revision.n == 1 else "changed"
    mails.tell_applicant(row, template, str(revision.n), at, {"code": revision.code})


def _ask_confirmations(row: Dossier, declared: Declaration, at: datetime) -> None:
    """Each administrator is told once of each card and address, with a link to confirm them."""
    for who in declared.administrators:
        token, kept = tokens.fresh()
        asked, is_new = AdministratorConfirmation.objects.get_or_create(
            dossier=row,
            row=who.row,
            card_number=who.card_number.value,
            email=who.email.value,
            defaults={"token_sha256": kept, "asked_at": at},
        )
        if is_new:
            context = {"name": who.name, "card_number": who.card_number.value, "token": token}
            mails.tell(row, [who.email.value], "designated", str(asked.pk), at, context)
