"""The decision on a dossier: accept in whole or in part, refuse, close, approve, reopen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from guichet.domain import evidence
from guichet.domain.dossier import checks, parsing
from guichet.domain.dossier.checks import Level, Rule, Verdict
from guichet.domain.dossier.declaration import CertificateType, Declaration
from guichet.domain.dossier.permissions import Act
from guichet.domain.dossier.states import DECISIONS, DOSSIERS, DossierAct, DossierState
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.habilitations import mails, registers, tokens
from guichet.habilitations.evidence import text_of_decision
from guichet.habilitations.models import Decision, Dossier, Revision
from guichet.habilitations.operations import granting
from guichet.habilitations.operations.drafting import content_of
from guichet.habilitations.operations.noting import note
from guichet.habilitations.outcomes import outcome
from guichet.habilitations.policy import policy
from guichet.habilitations.queries import people
from guichet.habilitations.standing import lock
from guichet.identities.actors import Actor
from guichet.journal.events import Event

EVENTS: Final = {
    DossierAct.ACCEPT: Event.DOSSIER_ACCEPTED,
    DossierAct.REFUSE: Event.DOSSIER_REFUSED,
    DossierAct.CLOSE: Event.DOSSIER_CLOSED,
}
NEW_DOMAIN: Final = "new-domain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What an instructor decides. `refused` maps rows and types left out to reasons."""

    act: DossierAct
    reason: str = ""
    rows: frozenset[str] = frozenset()
    types: frozenset[CertificateType] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def decide(*, number: int, choice: Choice, by: Actor, at: datetime) -> bool:
    """Decide on the last revision; False when a second instructor must approve first.

    Raises Refusal: REASON_MISSING (refusing, closing, leaving something out), NOTHING_ACCEPTED,
    CHECKS_BLOCKING (all of them), OWN_DOSSIER, DECISION_PENDING, MOVE_FORBIDDEN, DOSSIER_*.
    """
    row = lock(number, by, Act.DECIDE)
    DOSSIERS.next(DossierState(row.state), choice.act)
    if Decision.objects.filter(dossier=row, replaced_at=None, withdrawn_at=None).exists():
        raise Refusal(Code.DECISION_PENDING, number=number)
    declared = parsing.parse(content_of(row))
    _require_stranger(declared, by)
    found = checks.verdicts(declared, registers.facts_about(declared, at), at.date())
    _require(choice, declared, found)
    because = _second_because(choice, found)
    decision = _propose(row, choice, found, because, by, at)
    if because:
        facts = {"kind": choice.act.value, "because": because}
        note(Event.DOSSIER_DECISION_PROPOSED, row, by, at, facts)
        return False
    _apply(row, decision, declared, by, at)
    return True


@transaction.atomic
def approve(*, number: int, by: Actor, at: datetime) -> None:
    """Approve another instructor's decision, which takes effect now.

    Another person's, whichever of their accounts they use.

    Raises Refusal: DECISION_MISSING, SECOND_APPROVAL_SAME, OWN_DOSSIER, CHECKS_BLOCKING,
    MOVE_FORBIDDEN.
    """
    row = lock(number, by, Act.DECIDE)
    decision = _waiting(row)
    DOSSIERS.next(DossierState(row.state), DossierAct(decision.kind))
    if decision.by_id in by.accounts:
        raise Refusal(Code.SECOND_APPROVAL_SAME, number=number)
    declared = parsing.parse(content_of(row))
    _require_stranger(declared, by)
    found = checks.verdicts(declared, registers.facts_about(declared, at), at.date())
    _require(_choice_of(decision), declared, found)
    decision.second_id, decision.second_label = by.account_id, by.label
    _apply(row, decision, declared, by, at)


@transaction.atomic
def withdraw_proposal(*, number: int, by: Actor, at: datetime) -> None:
    """Take back a decision that waits for approval. Raises Refusal(DECISION_MISSING)."""
    row = lock(number, by, Act.DECIDE)
    decision = _waiting(row)
    decision.withdrawn_at = at
    decision.save(update_fields=["withdrawn_at"])
    note(Event.DOSSIER_DECISION_WITHDRAWN, row, by, at)


@transaction.atomic
def reopen(*, number: int, reason: str, by: Actor, at: datetime) -> None:
    """Back to instruction; the decision stays, replaced, and the rights it gave are suspended.

    Certificates already issued are untouched. Raises Refusal: REASON_MISSING, MOVE_FORBIDDEN.
    """
    row = lock(number, by, Act.REOPEN)
    row.state = DOSSIERS.next(DossierState(row.state), DossierAct.REOPEN).value
    if not reason.strip():
        raise Refusal(Code.REASON_MISSING, field="reason")
    row.active_at, row.archived_at = at, None
    row.save()
    Decision.objects.filter(dossier=row, replaced_at=None).update(replaced_at=at)
    granting.suspend_all(number=number, because=reason, by=by.ref, at=at)
    note(Event.DOSSIER_REOPENED, row, by, at, {"reason": reason.strip()})
    mails.tell_applicant(row, "reopened", at.isoformat(), at, {"reason": reason.strip()})


def _require_stranger(declared: Declaration, by: Actor) -> None:
    """Nobody decides on a dossier that names a card of theirs, also when another one logged in."""
    cards = {who.card_number.value for who in declared.administrators}
    if people.own_cards(by) & (cards | {declared.representative.card_number.value}):
        raise Refusal(Code.OWN_DOSSIER)


def _require(choice: Choice, declared: Declaration, found: tuple[Verdict, ...]) -> None:
    if choice.act is not DossierAct.ACCEPT:
        if not choice.reason.strip():
            raise Refusal(Code.REASON_MISSING, field="reason")
        return
    rows = {who.row for who in declared.administrators}
    types = {asked.type for asked in declared.types}
    if not choice.rows & rows or not choice.types & types:
        raise Refusal(Code.NOTHING_ACCEPTED)
    left_out = {*(rows - choice.rows), *(kind.value for kind in types - choice.types)}
    silent = [name for name in sorted(left_out) if not choice.refused.get(name, "").strip()]
    if silent:
        raise Refusal(Code.REASON_MISSING, field=f"refused.{silent[0]}")
    standing = [v for v in checks.blocking(found) if _concerns(v, choice)]
    if standing:
        objections = tuple(
            Objection(Code.CHECKS_BLOCKING, (("field", v.path), ("rule", v.rule.value)))
            for v in standing
        )
        raise Refusal(Code.CHECKS_BLOCKING, all=objections)


def _concerns(verdict: Verdict, choice: Choice) -> bool:
    """Whether a verdict is about something accepted; the structure always is."""
    block, _, rest = verdict.path.partition(".")
    return block != "administrators" or rest.partition(".")[0] in choice.rows


def _second_because(choice: Choice, found: tuple[Verdict, ...]) -> str:
    """Why a second instructor is needed; empty when none is."""
    if choice.act is not DossierAct.ACCEPT or not policy().second_approval_for_new_domains:
        return ""
    new = [v for v in found if v.rule is Rule.DOMAIN and v.level is not Level.OK]
    serv = {"types.ssl_domain", "types.ssl_server", "types.serv_mail_domain"}
    is_serv = choice.types & {CertificateType.SERV_SSL, CertificateType.SERV_MAIL}
    return NEW_DOMAIN if is_serv and any(v.path in serv for v in new) else ""


def _propose(
    row: Dossier,
    choice: Choice,
    found: tuple[Verdict, ...],
    because: str,
    by: Actor,
    at: datetime,
) -> Decision:
    return Decision.objects.create(
        dossier=row,
        revision=_last(row),
        kind=choice.act.value,
        reason=choice.reason.strip()[:4000],
        rows=sorted(choice.rows),
        types=sorted(kind.value for kind in choice.types),
        refused=dict(choice.refused),
        verdicts=[[v.rule.value, v.finding, v.level.value, v.path, v.facts] for v in found],
        code=tokens.reference(),
        by_id=by.account_id,
        by_label=by.label,
        proposed_at=at,
        second_because=because,
    )


def _last(row: Dossier) -> Revision:
    return row.revisions.latest("n")


def _waiting(row: Dossier) -> Decision:
    found = Decision.objects.filter(
        dossier=row, approved_at=None, withdrawn_at=None, replaced_at=None
    ).first()
    if found is None:
        raise Refusal(Code.DECISION_MISSING, number=row.number)
    return found


def _choice_of(decision: Decision) -> Choice:
    return Choice(
        act=DossierAct(decision.kind),
        reason=decision.reason,
        rows=frozenset(decision.rows),
        types=frozenset(map(CertificateType, decision.types)),
        refused=decision.refused,
    )


def _apply(
    row: Dossier, decision: Decision, declared: Declaration, by: Actor, at: datetime
) -> None:
    choice = _choice_of(decision)
    row.state = DECISIONS[choice.act].value
    row.decided_at, row.active_at = at, at
    row.save()
    decision.approved_at = at
    decision.save()
    facts = {
        "decision": decision.code,
        "revision": str(decision.revision.n),
        evidence.FACT: evidence.digest(text_of_decision(decision)),
    }
    note(EVENTS[choice.act], row, by, at, facts)
    if choice.act is DossierAct.ACCEPT:
        granting.grant_all(row=row, decision=decision, declared=declared, by=by.ref, at=at)
    else:
        granting.close_all(number=row.number, by=by.ref, at=at)
    told = outcome(declared, rows=choice.rows, types=decision.types, refused=choice.refused)
    context = {"reason": decision.reason, "code": decision.code, "outcome": told}
    mails.tell_applicant(row, choice.act.value, decision.code, at, context)
