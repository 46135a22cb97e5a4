"""One deposited form confronted with the registers: what both the pages and the acts look at."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from guichet.directories.values import CardHolder
from guichet.domain.dossier import checks, parsing
from guichet.domain.dossier.checks import Level, RegisterFacts, Verdict
from guichet.domain.dossier.declaration import Declaration
from guichet.domain.dossier.typed import Typed
from guichet.domain.person_names import Match, compare
from guichet.domain.refusals import Objection, Refusal
from guichet.habilitations import registers
from guichet.habilitations.models import Dossier, Representation, Revision

ORDER: Final = (Level.OK, Level.UNVERIFIED, Level.WARNING, Level.BLOCKING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a revision declares and what is known of it.

    `declared` is None, and `objections` says why, for a form that today's rules would refuse.
    `representative` is the holder of the representative's card where its register knows it.
    """

    n: int
    typed: Typed
    declared: Declaration | None
    objections: tuple[Objection, ...]
    facts: RegisterFacts | None
    verdicts: tuple[Verdict, ...]
    representative: CardHolder | None
    represents_already: bool
    on: date

    @property
    def level(self) -> Level:
        """The worst of the verdicts."""
        if self.declared is None:
            return Level.BLOCKING
        return worst(self.verdicts)

    @property
    def representative_is_known(self) -> bool:
        """Whether a valid card bears the representative's name, or the owner represents already."""
        if self.represents_already:
            return True
        who, card = self.declared and self.declared.representative, self.representative
        if not who or card is None or not card.is_valid(self.on):
            return False
        return compare(who.name, f"{card.given_names} {card.surname}") is Match.SAME

    @property
    def is_proposed(self) -> bool:
        """Whether accepting may be proposed as it is: every check green, representative known."""
        green = self.declared is not None and checks.all_green(self.verdicts)
        return green and self.representative_is_known


def outlook(row: Dossier, at: datetime) -> Outlook:
    """The last revision of a dossier confronted with the registers now."""
    return outlook_of(row, row.revisions.latest("n"), at)


def outlook_of(row: Dossier, revision: Revision, at: datetime) -> Outlook:
    """A revision already read, confronted with the registers now."""
    typed = Typed.from_json(revision.content)
    declared, objections = _parsed(typed)
    facts = registers.facts_about(declared, at) if declared else None
    found = checks.verdicts(declared, facts, at.date()) if declared and facts else ()
    known = registers.card_of(declared.representative.card_number.value) if declared else None
    return Outlook(
        n=revision.n,
        typed=typed,
        declared=declared,
        objections=objections,
        facts=facts,
        verdicts=found,
        representative=known,
        represents_already=declared is not None and _represents(row, declared),
        on=at.date(),
    )


def worst(verdicts: tuple[Verdict, ...]) -> Level:
    """The gravest level among verdicts; none is OK."""
    return max((v.level for v in verdicts), key=ORDER.index, default=Level.OK)


def _represents(row: Dossier, declared: Declaration) -> bool:
    return Representation.objects.filter(
        account_id=row.owner_id, structure__national_id=declared.national_id
    ).exists()


def _parsed(typed: Typed) -> tuple[Declaration | None, tuple[Objection, ...]]:
    try:
        return parsing.parse(typed), ()
    except Refusal as refusal:
        return None, refusal.all
