"""What the registers say of a declaration: one verdict a rule, with its evidence.

The registers are asked by others; here their answers are compared with what was declared.
Only what is certain blocks a decision: a register that does not answer never does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Literal

from guichet.domain.addresses import proof_of
from guichet.domain.dossier.declaration import Administrator, Declaration
from guichet.domain.person_names import Match, compare
from guichet.domain.refusals import Fact

CARD_ENDS_SOON: Final = timedelta(days=90)
FREE_MAIL: Final = frozenset(
    {
        "gmail.com", "hotmail.com", "hotmail.fr", "outlook.com", "outlook.fr", "live.fr",
        "yahoo.fr", "yahoo.com", "free.fr", "orange.fr", "wanadoo.fr", "laposte.net", "sfr.fr",
        "bbox.fr", "icloud.com", "proton.me",
    }
)  # fmt: skip


class Level(StrEnum):
    """How grave a verdict is."""

    OK = "ok"
    UNVERIFIED = "unverified"
    WARNING = "warning"
    BLOCKING = "blocking"


class Rule(StrEnum):
    """What was checked."""

    COMPANY = "company"
    FINESS = "finess"
    CARD = "card"
    HOLDER_NAME = "holder-name"
    EMAIL = "email"
    DOMAIN = "domain"
    SAME_CARD = "same-card"
    EXISTING_RIGHT = "existing-right"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule applied to one path; `finding` is the stable word of what was found."""

    rule: Rule
    finding: str
    level: Level
    path: str
    facts: tuple[tuple[str, Fact], ...] = ()

    @property
    def mapping(self) -> Mapping[str, Fact]:
        """Evidence by name."""
        return dict(self.facts)


CompanyAnswer = Literal["open", "closed", "unknown", "undisclosed", "unavailable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """A card as its register knows it; `valid_until` is the last day."""

    holder_name: str
    valid_until: date | None
    is_opposed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFacts:
    """What the registers answered about one declaration.

    `cards` holds None for a card that its register does not know; `has_cards` and `has_sites`
    tell whether those registers are there at all. `finess_siret` is the SIRET of the declared
    FINESS, "" when the site is known without one, None when the site is unknown.
    `known_domains` were granted to this structure before; `proved_domains` by a DNS record,
    which covers what is below them too.
    """

    company: CompanyAnswer
    has_sites: bool = False
    finess_siret: str | None = None
    has_cards: bool = False
    cards: Mapping[str, CardFacts | None] = field(default_factory=dict)
    known_domains: frozenset[str] = frozenset()
    proved_domains: frozenset[str] = frozenset()
    cards_with_rights: frozenset[str] = frozenset()


def verdicts(declared: Declaration, found: RegisterFacts, on: date) -> tuple[Verdict, ...]:
    """Every verdict, in the order of the form."""
    return (
        _company(found),
        *_finess(declared, found),
        *_representative(declared),
        *(v for a in declared.administrators for v in _administrator(a, found, on)),
        *_domains(declared, found),
    )


def blocking(found: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """The verdicts that forbid accepting what they are about."""
    return tuple(verdict for verdict in found if verdict.level is Level.BLOCKING)


def all_green(found: tuple[Verdict, ...]) -> bool:
    """Whether an acceptance may be proposed without a second look."""
    return all(verdict.level is Level.OK for verdict in found)


COMPANY_LEVELS: Final[Mapping[CompanyAnswer, Level]] = {
    "open": Level.OK,
    "closed": Level.BLOCKING,
    "unknown": Level.BLOCKING,
    "undisclosed": Level.WARNING,
    "unavailable": Level.UNVERIFIED,
}


def _company(found: RegisterFacts) -> Verdict:
    return Verdict(Rule.COMPANY, found.company, COMPANY_LEVELS[found.company], "siret")


def _finess(declared: Declaration, found: RegisterFacts) -> Iterator[Verdict]:
    path = "structure.finess"
    if declared.finess is None:
        return
    if not found.has_sites:
        yield Verdict(Rule.FINESS, "unverified", Level.UNVERIFIED, path)
    elif found.finess_siret is None:
        yield Verdict(Rule.FINESS, "unknown", Level.WARNING, path)
    elif not found.finess_siret:
        yield Verdict(Rule.FINESS, "known", Level.OK, path)
    elif found.finess_siret == declared.siret.value:
        yield Verdict(Rule.FINESS, "matches", Level.OK, path)
    else:
        other = (("siret", found.finess_siret),)
        same_company = found.finess_siret[:9] == declared.siret.siren.value
        finding, level = ("same-company", Level.OK) if same_company else ("other", Level.WARNING)
        yield Verdict(Rule.FINESS, finding, level, path, other)


def _representative(declared: Declaration) -> Iterator[Verdict]:
    person = declared.representative
    if person.email.domain.value in FREE_MAIL:
        yield Verdict(Rule.EMAIL, "free-mail", Level.WARNING, "representative.email")
    for administrator in declared.administrators:
        if administrator.card_number == person.card_number:
            path = f"administrators.{administrator.row}.card_number"
            yield Verdict(Rule.SAME_CARD, "representative", Level.WARNING, path)


def _administrator(who: Administrator, found: RegisterFacts, on: date) -> Iterator[Verdict]:
    path = f"administrators.{who.row}"
    number = who.card_number.value
    card = found.cards.get(number)
    if card is not None:
        yield _card(f"{path}.card_number", card, on)
        yield _name(f"{path}.name", who.name, card)
    elif found.has_cards:
        yield Verdict(Rule.CARD, "unknown", Level.BLOCKING, f"{path}.card_number")
    else:
        yield Verdict(Rule.CARD, "unverified", Level.UNVERIFIED, f"{path}.card_number")
    if number in found.cards_with_rights:
        yield Verdict(Rule.EXISTING_RIGHT, "held", Level.OK, f"{path}.card_number")
    if who.email.domain.value in FREE_MAIL:
        yield Verdict(Rule.EMAIL, "free-mail", Level.WARNING, f"{path}.email")


def _card(path: str, card: CardFacts, on: date) -> Verdict:
    ends = (("until", card.valid_until.isoformat()),) if card.valid_until else ()
    if card.is_opposed:
        return Verdict(Rule.CARD, "opposed", Level.BLOCKING, path, ends)
    if card.valid_until is not None and card.valid_until < on:
        return Verdict(Rule.CARD, "expired", Level.BLOCKING, path, ends)
    if card.valid_until is not None and card.valid_until - on < CARD_ENDS_SOON:
        return Verdict(Rule.CARD, "ends-soon", Level.WARNING, path, ends)
    return Verdict(Rule.CARD, "valid", Level.OK, path, ends)


NAME_LEVELS: Final = {
    Match.SAME: Level.OK,
    Match.NEAR: Level.WARNING,
    Match.DIFFERENT: Level.BLOCKING,
}


def _name(path: str, declared: str, card: CardFacts) -> Verdict:
    match = compare(declared, card.holder_name)
    evidence = (("holder", card.holder_name),)
    return Verdict(Rule.HOLDER_NAME, match.value, NAME_LEVELS[match], path, evidence)


def _domains(declared: Declaration, found: RegisterFacts) -> Iterator[Verdict]:
    for asked in declared.types:
        name = asked.domain or asked.server or asked.mail_domain
        if name is None:
            continue
        path = _domain_path(asked.type.value, is_server=asked.server is not None)
        fact = (("domain", name.value),)
        above = proof_of(name.value, found.proved_domains)
        if above == name.value:
            yield Verdict(Rule.DOMAIN, "proved", Level.OK, path, fact)
        elif above is not None:
            yield Verdict(Rule.DOMAIN, "proved-above", Level.OK, path, (*fact, ("parent", above)))
        elif name.value in found.known_domains:
            yield Verdict(Rule.DOMAIN, "known", Level.OK, path, fact)
        else:
            yield Verdict(Rule.DOMAIN, "new", Level.WARNING, path, fact)


def _domain_path(kind: str, *, is_server: bool) -> str:
    if kind == "serv_ssl":
        return "types.ssl_server" if is_server else "types.ssl_domain"
    return "types.serv_mail_domain" if kind == "serv_mail" else "types.pro_mail_domain"
