"""What the registers say of a declaration: each rule, each finding, each level."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.test_dossier_parsing import typed
from guichet.domain.dossier import checks, parsing
from guichet.domain.dossier.checks import CardFacts, Level, RegisterFacts, Rule, Verdict
from guichet.domain.dossier.declaration import Declaration

ON = date(2026, 11, 24)
CARD = "0203040506"
GOOD = CardFacts(holder_name="JEANNE CHARLES", valid_until=date(2028, 1, 31), is_opposed=False)
KNOWN = RegisterFacts(company="open", has_cards=True, has_sites=True, cards={CARD: GOOD})


def found(known: RegisterFacts = KNOWN, **changes: str) -> dict[tuple[Rule, str], Verdict]:
    verdicts = checks.verdicts(parsing.parse(typed(**changes)), known, ON)
    return {(v.rule, v.path): v for v in verdicts}


def card(**changes: Any) -> RegisterFacts:
    return replace(KNOWN, cards={CARD: replace(GOOD, **changes)})


def test_the_deck_s_case_is_all_green() -> None:
    """ACCEPTED. Every register knows what is declared."""
    verdicts = tuple(found().values())
    assert checks.all_green(verdicts)
    assert checks.blocking(verdicts) == ()
    assert [v.rule for v in verdicts] == [Rule.COMPANY, Rule.CARD, Rule.HOLDER_NAME]


@pytest.mark.parametrize(
    ("answer", "level"),
    [
        ("open", Level.OK),
        ("closed", Level.BLOCKING),
        ("unknown", Level.BLOCKING),
        ("undisclosed", Level.WARNING),
        ("unavailable", Level.UNVERIFIED),
    ],
)
def test_only_what_is_certain_of_a_company_blocks(answer: Any, level: Level) -> None:
    """A register that does not answer blocks nothing."""
    verdict = found(replace(KNOWN, company=answer))[Rule.COMPANY, "siret"]
    assert (verdict.finding, verdict.level) == (answer, level)


@pytest.mark.parametrize(
    ("known", "finding", "level"),
    [
        (card(), "valid", Level.OK),
        (card(valid_until=ON), "ends-soon", Level.WARNING),
        (card(valid_until=ON - timedelta(days=1)), "expired", Level.BLOCKING),
        (card(valid_until=ON + checks.CARD_ENDS_SOON), "valid", Level.OK),
        (
            card(valid_until=ON + checks.CARD_ENDS_SOON - timedelta(days=1)),
            "ends-soon",
            Level.WARNING,
        ),
        (card(valid_until=None), "valid", Level.OK),
        (card(is_opposed=True), "opposed", Level.BLOCKING),
        (replace(KNOWN, cards={CARD: None}), "unknown", Level.BLOCKING),
        (replace(KNOWN, cards={}, has_cards=False), "unverified", Level.UNVERIFIED),
    ],
)
def test_a_card(known: RegisterFacts, finding: str, level: Level) -> None:
    """The last day of a card counts; an opposed or unknown one blocks its administrator."""
    verdict = found(known)[Rule.CARD, "administrators.a1b2c3.card_number"]
    assert (verdict.finding, verdict.level) == (finding, level)


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("Jeanne CHARLES", Level.OK),
        ("CHARLES jeanne", Level.OK),
        ("Jeane CHARLES", Level.WARNING),
        ("Paul MARTIN", Level.BLOCKING),
    ],
)
def test_the_holder_s_name(name: str, level: Level) -> None:
    """A near match is a question, another name is an objection; the evidence is the card's."""
    verdict = found(administrators__a1b2c3__name=name)[
        Rule.HOLDER_NAME, "administrators.a1b2c3.name"
    ]
    assert verdict.level is level
    assert verdict.mapping["holder"] == "JEANNE CHARLES"


@pytest.mark.parametrize(
    ("siret", "finding", "level"),
    [
        (None, "unknown", Level.WARNING),
        ("", "known", Level.OK),
        ("18751275100020", "matches", Level.OK),
        ("18751275100038", "same-company", Level.OK),
        ("99999003900011", "other", Level.WARNING),
    ],
)
def test_a_finess(siret: str | None, finding: str, level: Level) -> None:
    """Compared with the SIRET that the FINESS register gives; never blocking."""
    known = replace(KNOWN, finess_siret=siret)
    verdict = found(known, structure__finess="750000010")[Rule.FINESS, "structure.finess"]
    assert (verdict.finding, verdict.level) == (finding, level)


def test_a_finess_without_its_register_is_unverified() -> None:
    known = replace(KNOWN, has_sites=False)
    verdict = found(known, structure__finess="750000010")[Rule.FINESS, "structure.finess"]
    assert verdict.level is Level.UNVERIFIED


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"types__serv_ssl": "on", "types__ssl_domain": "domaine.fr"}, "types.ssl_domain"),
        ({"types__serv_ssl": "on", "types__ssl_server": "www.domaine.fr"}, "types.ssl_server"),
        (
            {"types__serv_mail": "on", "types__serv_mail_domain": "@domaine.fr"},
            "types.serv_mail_domain",
        ),
        ({"types__pro": "on", "types__pro_mail_domain": "domaine.fr"}, "types.pro_mail_domain"),
    ],
)
def test_a_name_is_new_known_or_proved(changes: dict[str, str], path: str) -> None:
    """On the path where it was typed; a proof says more than a former grant."""
    assert found(KNOWN, **changes)[Rule.DOMAIN, path].level is Level.WARNING
    names = frozenset({"domaine.fr", "www.domaine.fr"})
    granted = found(replace(KNOWN, known_domains=names), **changes)
    assert granted[Rule.DOMAIN, path].finding == "known"
    both = replace(KNOWN, known_domains=names, proved_domains=names)
    assert found(both, **changes)[Rule.DOMAIN, path].finding == "proved"


def test_a_proof_holds_for_what_is_below() -> None:
    known = replace(KNOWN, proved_domains=frozenset({"domaine.fr"}))
    changes = {"types__serv_ssl": "on", "types__ssl_server": "www.domaine.fr"}
    verdict = found(known, **changes)[Rule.DOMAIN, "types.ssl_server"]
    assert (verdict.finding, dict(verdict.facts)["parent"]) == ("proved-above", "domaine.fr")


def test_what_is_only_advice() -> None:
    """Free mail, one's own card, a right already held: told, never blocking."""
    own = found(
        replace(KNOWN, cards_with_rights=frozenset({CARD})),
        representative__card_number=CARD,
        representative__email="jean@gmail.com",
        administrators__a1b2c3__email="jeanne@orange.fr",
    )
    assert own[Rule.SAME_CARD, "administrators.a1b2c3.card_number"].level is Level.WARNING
    assert own[Rule.EMAIL, "representative.email"].level is Level.WARNING
    assert own[Rule.EMAIL, "administrators.a1b2c3.email"].level is Level.WARNING
    assert own[Rule.EXISTING_RIGHT, "administrators.a1b2c3.card_number"].level is Level.OK
    assert checks.blocking(tuple(own.values())) == ()


def test_two_hundred_administrators_are_each_checked() -> None:
    """One verdict a card and one a name, whatever their number."""
    declared: Declaration = parsing.parse(typed())
    one = declared.administrators[0]
    many = tuple(replace(one, row=f"row{n:05}") for n in range(200))
    verdicts = checks.verdicts(replace(declared, administrators=many), KNOWN, ON)
    assert len(verdicts) == 1 + 2 * 200
