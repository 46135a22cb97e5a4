"""One act on many dossiers: each in its own transaction, rehearsed first, run once.

A batch is journalled when it begins and when it ends, with what became of each dossier; the
journal is also what keeps one batch from being run twice.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db import transaction

from guichet.domain.dossier import parsing
from guichet.domain.dossier.checks import Level
from guichet.domain.dossier.permissions import Act, Standing
from guichet.domain.dossier.states import DossierAct, DossierState
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.domain.texts import whole_number
from guichet.habilitations import reasons
from guichet.habilitations.models import Dossier
from guichet.habilitations.operations import deciding, instructing, messaging
from guichet.habilitations.operations.deciding import Choice
from guichet.habilitations.operations.stamps import stamp_of, unchanged
from guichet.habilitations.outlook import Outlook, outlook
from guichet.habilitations.standing import find, standing
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal import queries as told
from guichet.journal.events import Event

AT_MOST: Final = 200
DONE: Final = "done"
PROPOSED: Final = "proposed"


class BatchAct(StrEnum):
    """What may be done to many dossiers at once."""

    FOLLOW = "follow"
    TAKE = "take"
    MESSAGE = "message"
    ACCEPT = "accept"
    CLOSE = "close"
    ARCHIVE = "archive"


SPEAKS: Final = frozenset({BatchAct.MESSAGE, BatchAct.CLOSE})


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchAsked:
    """An act, and for those that speak to applicants the text they read.

    Without a text, a reason of the catalogue speaks to each in their language.
    """

    act: BatchAct
    text: str = ""
    reason: str = ""

    def text_for(self, row: Dossier) -> str:
        """What the applicants of one dossier read."""
        return self.text or reasons.text_of(self.reason, row.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What would become of one dossier: DONE, PROPOSED, or why not; its stamp when it was read."""

    number: int
    legal_name: str
    outcome: str
    objections: tuple[Objection, ...] = ()
    stamp: str = ""

    @property
    def is_possible(self) -> bool:
        """Whether anything would happen."""
        return not self.objections


def numbers_of(texts: Iterable[str]) -> tuple[int, ...]:
    """The dossiers of a selection, each once. Raises Refusal(REQUEST_MALFORMED) past AT_MOST."""
    found = dict.fromkeys(number for text in texts if (number := whole_number(text)))
    if not found or len(found) > AT_MOST:
        raise Refusal(Code.REQUEST_MALFORMED, field="numero")
    return tuple(found)


def rehearse(
    *, asked: BatchAsked, numbers: Iterable[int], by: Actor, at: datetime
) -> tuple[Foreseen, ...]:
    """What would become of each dossier: the act itself, each time rolled back."""
    return tuple(_foreseen(asked, number, by, at) for number in numbers)


def run(
    *, key: UUID, asked: BatchAsked, stamps: Mapping[int, str], by: Actor, at: datetime
) -> bool:
    """Do the act to each dossier that has not moved since its stamp was taken.

    False, and nothing is done, when a batch of this key was begun before: a form sent twice.
    What became of each dossier is read from `results`.
    """
    if not _begin(key, asked, len(stamps), by, at):
        return False
    outcomes = {str(n): _done(asked, n, stamp, by, at) for n, stamp in stamps.items()}
    with transaction.atomic():
        journal.record(
            Event.BATCH_ENDED, subject=_subject(key), actor=by.ref, at=at, facts=outcomes
        )
    return True


def results(key: UUID, by: Actor) -> tuple[str, Mapping[int, str] | None]:
    """The act of one's own batch and what became of each dossier; None while it is running.

    Raises Refusal(DOSSIER_UNKNOWN) for a batch of nobody or of another.
    """
    entries = [e for e in told.entries_about(_subject(key)) if e.actor == by.ref]
    if not entries:
        raise Refusal(Code.DOSSIER_UNKNOWN)
    act = str(entries[0].facts["act"])
    ended = next((e for e in entries if e.event == Event.BATCH_ENDED.value), None)
    return act, {int(n): str(found) for n, found in ended.facts.items()} if ended else None


def _begin(key: UUID, asked: BatchAsked, count: int, by: Actor, at: datetime) -> bool:
    """Whether this is the first time: the journal is written one entry after the other."""
    facts = {"act": asked.act.value, "count": count}
    with transaction.atomic():
        journal.record(Event.BATCH_BEGUN, subject=_subject(key), actor=by.ref, at=at, facts=facts)
        is_first = len(told.entries_about(_subject(key))) == 1
        transaction.set_rollback(not is_first)
    return is_first


def _done(asked: BatchAsked, number: int, stamp: str, by: Actor, at: datetime) -> str:
    try:
        with unchanged(number=number, stamp=stamp, by=by):
            return _act(asked, number, by, at)
    except Refusal as refusal:
        return refusal.code.value


def _foreseen(asked: BatchAsked, number: int, by: Actor, at: datetime) -> Foreseen:
    name, stamp = "", ""
    try:
        row = find(number, by, Act.READ)
        name, stamp = row.company.get("legal_name", "") or row.siret, stamp_of(row)
        with transaction.atomic():
            outcome = _act(asked, number, by, at)
            transaction.set_rollback(True)
    except Refusal as refusal:
        return Foreseen(
            number=number,
            legal_name=name,
            outcome=refusal.code.value,
            objections=refusal.all,
            stamp=stamp,
        )
    return Foreseen(number=number, legal_name=name, outcome=outcome, stamp=stamp)


def _act(asked: BatchAsked, number: int, by: Actor, at: datetime) -> str:
    row = find(number, by, Act.INSTRUCT)
    if standing(row, by) in {Standing.OWNER, Standing.CO_WRITER}:
        raise Refusal(Code.OWN_DOSSIER)
    return ACTS[asked.act](asked, row, by, at)


def _follow(_asked: BatchAsked, row: Dossier, by: Actor, at: datetime) -> str:
    instructing.follow(number=row.number, by=by, follows=True, at=at)
    return DONE


def _take(_asked: BatchAsked, row: Dossier, by: Actor, at: datetime) -> str:
    instructing.take(number=row.number, by=by, at=at)
    return DONE


def _close(asked: BatchAsked, row: Dossier, by: Actor, at: datetime) -> str:
    choice = Choice(act=DossierAct.CLOSE, reason=asked.text_for(row))
    return _decide(row, choice, by, at)


def _archive(_asked: BatchAsked, row: Dossier, by: Actor, at: datetime) -> str:
    instructing.archive(number=row.number, by=by, at=at)
    return DONE


def _accept(_asked: BatchAsked, row: Dossier, by: Actor, at: datetime) -> str:
    """Accept the whole of a dossier that has nothing but green; taken first if nobody had."""
    found = outlook(row, at)
    _require_green(found)
    if row.state == DossierState.FILED.value:
        instructing.take(number=row.number, by=by, at=at)
    declared = parsing.parse(found.typed)
    choice = Choice(
        act=DossierAct.ACCEPT,
        rows=frozenset(who.row for who in declared.administrators),
        types=frozenset(asked.type for asked in declared.types),
    )
    return _decide(row, choice, by, at)


def _require_green(found: Outlook) -> None:
    if found.is_proposed:
        return
    red = [v for v in found.verdicts if v.level is not Level.OK]
    objections = tuple(
        Objection(
            Code.CHECKS_BLOCKING,
            (("field", v.path), ("rule", v.rule.value), ("finding", v.finding), *v.facts),
        )
        for v in red
    )
    unknown = Objection(Code.CHECKS_BLOCKING, (("field", "representative.card_number"),))
    raise Refusal(Code.CHECKS_BLOCKING, all=objections or (unknown,))


def _decide(row: Dossier, choice: Choice, by: Actor, at: datetime) -> str:
    is_done = deciding.decide(number=row.number, choice=choice, by=by, at=at)
    return DONE if is_done else PROPOSED


def _message(asked: BatchAsked, row: Dossier, by: Actor, at: datetime) -> str:
    messaging.send(number=row.number, body=asked.text_for(row), by=by, at=at)
    return DONE


ACTS: Final[Mapping[BatchAct, Callable[[BatchAsked, Dossier, Actor, datetime], str]]] = {
    BatchAct.FOLLOW: _follow,
    BatchAct.TAKE: _take,
    BatchAct.MESSAGE: _message,
    BatchAct.ACCEPT: _accept,
    BatchAct.CLOSE: _close,
    BatchAct.ARCHIVE: _archive,
}


def _subject(key: UUID) -> str:
    return f"batch:{key}"
