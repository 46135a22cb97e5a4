"""What a card may order, what a machine is given of it, and structures that are for trials."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from guichet.domain import trials
from guichet.domain.addresses import EmailAddress, Fqdn
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.catalogue.twins import Environment
from guichet.domain.habilitations import Right, Scope, covering
from guichet.domain.machine_rights import names_of, objections, profiles_for_servers, profiles_of
from guichet.domain.machines import MachineScope
from guichet.domain.refusals import Code
from guichet.domain.trials import TrialAsked
from kit.refusals import assert_refused

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOSPITAL = "1750050799"
SERVERS = Right(
    id="servers",
    card_number="1",
    structure_id=HOSPITAL,
    offer=Offer.SERV,
    usages=frozenset({Usage.SSL_SERV}),
    domains=("hopital.fr",),
    mail_domains=(),
    servers=("seul.ailleurs.fr",),
    starts_at=AT,
    ends_at=AT + TICK,
)
SERVICES = replace(
    SERVERS,
    id="services",
    offer=Offer.ORG,
    usages=frozenset({Usage.AUTH_CLI}),
    domains=(),
    servers=(),
)
MAILS = replace(
    SERVERS,
    id="mails",
    usages=frozenset({Usage.SMIME}),
    domains=(),
    servers=(),
    mail_domains=("hopital.fr",),
)


def scope(**changes: object) -> Scope:
    asked = Scope(structure_id=HOSPITAL, offer=Offer.SERV, usage=Usage.SSL_SERV)
    return replace(asked, **changes)  # type: ignore[arg-type]


def test_a_right_is_open_from_its_beginning_to_its_end() -> None:
    assert [SERVERS.is_open(AT + n * TICK) for n in (-1, 0, 1)] == [False, True, False]
    assert replace(SERVERS, ends_at=None).is_open(AT + timedelta(days=9_999))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (scope(), "servers"),
        (scope(fqdn=Fqdn("hopital.fr")), "servers"),
        (scope(fqdn=Fqdn("www.hopital.fr")), "servers"),
        (scope(fqdn=Fqdn("seul.ailleurs.fr")), "servers"),
        (scope(offer=Offer.ORG, usage=Usage.AUTH_CLI, service="Dossiers"), "services"),
        (scope(usage=Usage.SMIME, mail=EmailAddress.parse("a@hopital.fr")), "mails"),
    ],
)
def test_the_right_that_covers_a_request_is_found(asked: Scope, found: str) -> None:
    rights = (MAILS, SERVICES, SERVERS, replace(SERVERS, id="second"))
    assert covering(rights, asked, AT).id == found


@pytest.mark.parametrize(
    ("asked", "code", "facts"),
    [
        (
            scope(structure_id="other"),
            Code.RIGHT_MISSING,
            {"structure": "other", "offer": "SERV", "usage": "SSL_SERV"},
        ),
        (scope(usage=Usage.SIGN), Code.RIGHT_MISSING, {"usage": "SIGN"}),
        (scope(offer=Offer.ORG), Code.RIGHT_MISSING, {"offer": "ORG"}),
        (scope(fqdn=Fqdn("autre.fr")), Code.RIGHT_DOMAIN, {"fqdn": "autre.fr"}),
        (scope(fqdn=Fqdn("x.seul.ailleurs.fr")), Code.RIGHT_DOMAIN, {"fqdn": "x.seul.ailleurs.fr"}),
        (
            scope(usage=Usage.SMIME, mail=EmailAddress.parse("a@x.hopital.fr")),
            Code.RIGHT_MAIL_DOMAIN,
            {"mail": "a@x.hopital.fr"},
        ),
    ],
)
def test_what_no_right_covers_is_told(asked: Scope, code: Code, facts: dict[str, str]) -> None:
    with assert_refused(code, **facts):
        covering((SERVERS, SERVICES, MAILS), asked, AT)
    with assert_refused(Code.RIGHT_MISSING):
        covering((SERVERS, SERVICES, MAILS), asked, AT + TICK)


def test_a_machine_is_held_to_the_services_it_was_given() -> None:
    limited = replace(SERVICES, services=("Dossiers", "Lettres"))
    asked = scope(offer=Offer.ORG, usage=Usage.AUTH_CLI, service="Lettres")
    assert covering((limited,), asked, AT) is limited
    with assert_refused(Code.RIGHT_SERVICE, service="Autre"):
        covering((limited,), replace(asked, service="Autre"), AT)


def machine(*profiles: str, names: tuple[str, ...] = ()) -> MachineScope:
    return MachineScope(
        account="m",
        structure_id=HOSPITAL,
        delegation=None,
        verbs=frozenset(),
        profiles=frozenset(profiles),
        names=names,
    )


def told(
    asked: MachineScope, given: tuple[Right, ...], held: tuple[Right, ...]
) -> list[tuple[Code, dict[str, object]]]:
    return [(one.code, one.mapping) for one in objections(asked, given, iter(held))]


def beyond(field: str, what: str) -> tuple[Code, dict[str, object]]:
    return Code.MACHINE_BEYOND_RIGHTS, {"field": field, "what": what}


def test_rights_are_read_as_profiles_and_names() -> None:
    rights = (MAILS, SERVICES, SERVERS)
    assert set(profiles_of(rights)) == {"ORG/AUTH_CLI", "SERV/SSL_SERV", "SERV/SMIME"}
    assert profiles_of(rights) == profiles_of(rights[::-1])
    assert names_of((*rights, SERVERS)) == ("hopital.fr", "seul.ailleurs.fr")
    assert profiles_for_servers(profiles_of(rights)) == {"SERV/SSL_SERV"}


ONE = SERVERS
WIDER = replace(SERVERS, domains=("hopital.fr", "autre.fr"), servers=("seul.ailleurs.fr", "s.fr"))
BELOW = replace(SERVERS, domains=("www.hopital.fr",), servers=())


@pytest.mark.parametrize(
    ("asked", "given", "held", "objected"),
    [
        (machine("SERV/SSL_SERV", names=("hopital.fr",)), (ONE,), (ONE,), []),
        (machine("SERV/SSL_SERV", names=("www.hopital.fr",)), (BELOW,), (ONE,), []),
        (machine("SERV/SSL_SERV", names=("seul.ailleurs.fr",)), (), (ONE,), []),
        (machine("ORG/AUTH_CLI"), (SERVICES,), (SERVICES,), []),
        (
            machine("SERV/SSL_SERV", "ORG/AUTH_CLI", names=("hopital.fr",)),
            (),
            (ONE,),
            [beyond("profiles", "ORG/AUTH_CLI")],
        ),
        (
            machine("SERV/SSL_SERV"),
            (ONE,),
            (ONE,),
            [(Code.MACHINE_NEEDS_NAMES, {"field": "names"})],
        ),
        (
            machine("SERV/SSL_SERV", names=("autre.fr", "fr")),
            (WIDER,),
            (ONE, SERVICES),
            [beyond("names", "autre.fr"), beyond("names", "fr")],
        ),
        (
            machine("SERV/SSL_SERV", names=("hopital.fr",)),
            (WIDER,),
            (ONE,),
            [beyond("names", "autre.fr"), beyond("names", "s.fr")],
        ),
        (
            # A single server of one's own is no right to the names below it.
            machine("SERV/SSL_SERV", names=("seul.ailleurs.fr",)),
            (replace(ONE, domains=("seul.ailleurs.fr",), servers=()),),
            (ONE,),
            [beyond("names", "seul.ailleurs.fr")],
        ),
        (
            machine("SERV/SMIME"),
            (replace(MAILS, mail_domains=("hopital.fr", "autre.fr")),),
            (MAILS,),
            [beyond("profiles", "SERV/SMIME @autre.fr")],
        ),
        (
            # A name is held by rights to the profiles asked, not by whatever right names it.
            machine("SERV/SSL_SERV", names=("x.fr",)),
            (),
            (ONE, replace(MAILS, domains=("x.fr",))),
            [beyond("names", "x.fr")],
        ),
    ],
)
def test_a_machine_is_never_given_more_than_somebody_holds(
    asked: MachineScope,
    given: tuple[Right, ...],
    held: tuple[Right, ...],
    objected: list[tuple[Code, dict[str, object]]],
) -> None:
    assert told(asked, given, held) == objected


@pytest.mark.parametrize(
    ("name", "label", "legal_name", "domain"),
    [
        ("Cabinet Durand", "durand", "TEST CABINET DURAND", "durand.essai.test"),
        (" test  cabinet ", " Durand.Essai.TEST ", "TEST CABINET", "durand.essai.test"),
        ("x" * 35, "a1-b", f"TEST {'X' * 35}", "a1-b.essai.test"),
        ("y", "a" * 30, "TEST Y", f"{'a' * 30}.essai.test"),
    ],
)
def test_a_trial_says_that_it_is_one(name: str, label: str, legal_name: str, domain: str) -> None:
    asked = TrialAsked.parse(name=name, label=label)
    assert (asked.legal_name, asked.domain) == (legal_name, domain)


@pytest.mark.parametrize(
    ("name", "label", "codes"),
    [
        ("", "durand", [Code.FIELD_MISSING]),
        ("TEST ", "du--rand", [Code.TRIAL_LABEL_INVALID]),
        ("TEST  ", "a", [Code.TRIAL_LABEL_INVALID]),
        ("x" * 36, "durand-", [Code.NAME_TOO_LONG, Code.TRIAL_LABEL_INVALID]),
        ("Durand", "a" * 31, [Code.TRIAL_LABEL_INVALID]),
        ("Durand", "1durand", [Code.TRIAL_LABEL_INVALID]),
    ],
)
def test_everything_wrong_with_a_trial_is_told(name: str, label: str, codes: list[Code]) -> None:
    with assert_refused(*codes) as refused:
        TrialAsked.parse(name=name, label=label)
    of_label = {Code.TRIAL_LABEL_INVALID: "label"}
    fields = [objection.mapping["field"] for objection in refused.value.all]
    assert fields == [of_label.get(code, "name") for code in codes]


def test_trials_have_numbers_of_seven_digits_and_are_for_test() -> None:
    assert str(trials.structure_id(1).identifier).endswith("T0000001")
    assert str(trials.structure_id(9_999_999).identifier).endswith("T9999999")
    for number in (0, 10_000_000):
        with pytest.raises(ValueError, match=r"^a trial's number has seven digits at most$"):
            trials.structure_id(number)
    trials.require_test(Environment.TEST)
    with assert_refused(Code.TRIAL_IN_PRODUCTION):
        trials.require_test(Environment.PRODUCTION)
