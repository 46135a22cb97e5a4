"""Delegation to an editor: what may be given, to whom, and who may give and accept it."""

# ruff: noqa: F811 a fixture is an argument of the same name
from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations.delegations_kit import (  # noqa: F401 the fixtures
    LATER,
    _held,
    declare,
    eve,
    give,
    held,
    jean,
    today,
)
from apps.habilitations.rights_kit import (
    CARD,
    CLINIC,
    HOSPITAL,
    HOSPITAL_SIRET,
    NOW,
    appoint,
    mails,
    structure,
)
from guichet.domain.catalogue.offers import Offer
from guichet.domain.identifiers import Siret
from guichet.domain.refusals import Code
from guichet.habilitations.models import Delegation, DomainProof, EditorStaff, Right, Structure
from guichet.habilitations.operations import delegating, lives, staffing
from guichet.identities.holders import holders
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db


def test_nothing_beyond_what_the_structure_holds(jean, eve, enter) -> None:
    """REFUSED. An instructor never saw it: other offers, other domains, other people's."""
    with assert_refused(Code.DELEGATION_BEYOND, field="offers"):
        give(jean, offers=frozenset({Offer.PRO}), mail_domains=("hopital.fr",))
    with assert_refused(Code.DELEGATION_BEYOND, field="domains"):
        give(jean, domains=("banque.fr",))
    with assert_refused(Code.DELEGATION_BEYOND, field="mail_domains"):
        give(jean, mail_domains=("autre.fr",))
    with assert_refused(Code.FIELD_MISSING, field="offers"):
        give(jean, offers=frozenset())
    with assert_refused(Code.FIELD_MISSING, field="domains"):
        give(jean, domains=())
    denise = appoint(enter("Denise", "AUTRE", email="d@clinique.fr"), structure(CLINIC, "CLINIQUE"))
    with assert_refused(Code.STRUCTURE_UNKNOWN):
        give(denise)


def test_a_proved_domain_may_be_delegated(jean, eve) -> None:
    """ACCEPTED. The structure showed that it holds it."""
    DomainProof.objects.create(
        structure=Structure.objects.get(national_id=HOSPITAL),
        domain="neuf.fr",
        token="x",
        asked_by="x",
        asked_at=NOW,
        proved_at=NOW,
    )
    declare(eve)
    delegating.accept(pk=give(jean, domains=("neuf.fr",)), by=eve.actor, at=NOW)
    assert held()["SERV"].domains == ["neuf.fr"]


@pytest.mark.parametrize("name", ["Appli.Hopital.fr", "a.b.hopital.fr"])
def test_less_than_a_domain_may_be_delegated(jean, eve, name) -> None:
    """ACCEPTED. The editor holds the names below a domain of the structure, and no others."""
    declare(eve)
    pk = give(jean, domains=("www.autre.fr",), subdomains=(name,))
    delegating.accept(pk=pk, by=eve.actor, at=NOW)
    serv = held()["SERV"]
    assert (serv.domains, serv.servers) == ([name.lower()], ["www.autre.fr"])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("appli.autre.fr", Code.DELEGATION_BEYOND),
        ("a.www.autre.fr", Code.DELEGATION_BEYOND),
        ("fauxhopital.fr", Code.DELEGATION_BEYOND),
        ("*.hopital.fr", Code.DOMAIN_NAME_INVALID),
    ],
)
def test_a_subdomain_is_below_a_domain_that_is_held(jean, name, code) -> None:
    """REFUSED. Nothing lies below a single server, nor below a name that merely ends alike."""
    with assert_refused(code, field="subdomains"):
        give(jean, domains=(), subdomains=(name,))


def test_what_the_structure_lost_since_is_not_opened(jean, eve) -> None:
    """The delegation opens what the structure still holds on that day."""
    declare(eve)
    pk = give(jean)
    serv = Right.objects.get(card_number=CARD, offer="SERV")
    lives.end(key=str(serv.key), because="perdu", by=jean.actor, at=NOW)
    delegating.accept(pk=pk, by=eve.actor, at=LATER)
    assert set(held(at=LATER)) == {"ORG"}


def test_delegated_rights_are_no_ground_to_delegate(jean, eve) -> None:
    """REFUSED. Nothing is delegated twice removed, nor a suspended right."""
    declare(eve)
    delegating.accept(pk=give(jean), by=eve.actor, at=NOW)
    for row in Right.objects.filter(card_number=CARD):
        lives.suspend(key=str(row.key), because="x", by=jean.actor, at=NOW)
    with assert_refused(Code.DELEGATION_BEYOND):
        give(jean, at=LATER)


@pytest.mark.parametrize(
    ("starts", "ends"), [(5, 4), (-9, -1), (0, 3 * 366 + 2), (400, 3 * 366 + 500)]
)
def test_days_that_make_no_sense(jean, starts, ends) -> None:
    """REFUSED. Over already, backwards, or longer than the policy allows."""
    with assert_refused(Code.DELEGATION_PERIOD, field="ends_on"):
        give(jean, starts_on=today() + timedelta(days=starts), ends_on=today() + timedelta(ends))


def test_one_day_is_a_period(jean) -> None:
    """ACCEPTED. Both days are whole."""
    row = Delegation.objects.get(pk=give(jean, ends_on=today()))
    assert row.starts_at == NOW
    assert timezone.localtime(row.ends_at).date() == today() + timedelta(days=1)


@pytest.mark.parametrize("who", ["instructor", "auditor", "eve", "stranger"])
def test_representatives_alone_delegate(request, jean, eve, who) -> None:
    """REFUSED."""
    person = request.getfixturevalue(who)
    code = Code.STRUCTURE_UNKNOWN if who in {"eve", "stranger"} else Code.ROLE_MISSING
    with assert_refused(code):
        give(person)


def test_the_editor_alone_accepts(jean, eve, instructor, stranger) -> None:
    """REFUSED to the structure's side and to strangers."""
    pk = give(jean)
    for person, code in (
        (jean, Code.ROLE_MISSING),
        (instructor, Code.ROLE_MISSING),
        (stranger, Code.DELEGATION_UNKNOWN),
    ):
        with assert_refused(code):
            delegating.accept(pk=pk, by=person.actor, at=NOW)


@pytest.mark.parametrize(
    ("siret", "code"),
    [
        (HOSPITAL_SIRET, Code.DELEGATION_SELF),
        (dossiers.CLOSED, Code.COMPANY_CLOSED),
        (dossiers.UNDISCLOSED, Code.COMPANY_NAME_MISSING),
        ("73282932000074", Code.COMPANY_UNKNOWN),
    ],
)
def test_an_editor_that_cannot_be(known_registers, jean, siret, code) -> None:
    """REFUSED, on the field."""
    with assert_refused(code, field="siret"):
        give(jean, editor_siret=Siret(siret))


def test_an_editor_of_the_register_has_its_name(known_registers, jean) -> None:
    """ACCEPTED. Nobody represents it yet: it is found once somebody does."""
    pk = give(jean, editor_siret=Siret(dossiers.AGENCY))
    assert Delegation.objects.get(pk=pk).editor_name == dossiers.AGENCY_NAME
    assert mails("delegation-given") == []


@pytest.mark.parametrize(
    ("card", "name", "code"),
    [
        (dossiers.EXPIRED_CARD, "Anne PASSE", Code.CARD_NOT_VALID),
        (dossiers.OPPOSED_CARD, "Luc PERDU", Code.CARD_NOT_VALID),
        (dossiers.JEANNE_CARD, "Paul MARTIN", Code.CARD_HOLDER_DIFFERS),
        ("2800777777", "Paul MARTIN", Code.CARD_NOT_FOUND),
        ("carte", "Paul MARTIN", Code.CARD_NUMBER_INVALID),
    ],
)
def test_a_card_that_cannot_act(known_registers, eve, card, name, code) -> None:
    """REFUSED. The register's name is not told."""
    with assert_refused(code) as _refused:
        declare(eve, card, name)
    assert not EditorStaff.objects.exists()


@pytest.mark.parametrize("name", ["CHARLES Jeanne", "Jeanne Marie CHARLES"])
def test_a_declared_card_may_log_in(known_registers, eve, name) -> None:
    """ACCEPTED. Its holder has an account under the register's name."""
    declare(eve, dossiers.JEANNE_CARD, name)
    assert holders([dossiers.JEANNE_CARD])[dossiers.JEANNE_CARD].name == "JEANNE CHARLES"


def test_staff_are_declared_for_one_s_own_editor(jean, stranger, eve) -> None:
    """REFUSED."""
    staff = declare(eve)
    for person in (jean, stranger):
        with assert_refused(Code.EDITOR_UNKNOWN):
            declare(person)
        with assert_refused(Code.EDITOR_UNKNOWN):
            staffing.withdraw(pk=staff, by=person.actor, at=NOW)
