"""The dossier of a colleague who left: asked for, told, answered, waited for; and by whom never."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from guichet.domain.refusals import Code
from guichet.habilitations.models import Dossier, Participation, Recovery
from guichet.habilitations.operations import recovering, sharing
from guichet.habilitations.policy import DossierPolicy
from guichet.identities import operations as identities
from guichet.identities.actors import Establishment
from guichet.identities.operations import ExternalPerson
from guichet.identities.sessions import ESTABLISHMENT
from guichet.journal import queries as journal
from guichet.notifications.models import OutboxMail
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db
DELAY = DossierPolicy().recovery_delay
LIFE = DossierPolicy().recovery_proof_life
LIST = "/habilitations/etablissement/"
LINK = re.compile(r"/habilitations/reprises/([\w-]+)/")
OWNER = "monmail@sante.fr"
DECLARED = "directrice@sante.fr"


def works_at(person: dossiers.Person, siret: str, at: datetime | None = None) -> dossiers.Person:
    """The same person, whose establishment ProConnect has proved in this session."""
    when, who = at or timezone.now(), person.actor
    told = ExternalPerson(
        provider="proconnect",
        subject=who.ref,
        given_names=who.given_names,
        surname=who.surname,
        email=who.email,
        siret=siret,
    )
    identities.link_identity(
        account_id=who.account_id, provider="proconnect", subject=who.ref, by=who.ref, at=when
    )
    identities.prove_establishment(account_id=who.account_id, person=told, at=when)
    session = person.browser.session
    session[ESTABLISHMENT] = [siret, when.isoformat()]
    session.save()
    return replace(person, actor=replace(who, establishment=Establishment(siret, when)))


@pytest.fixture
def colleague(enter: Any) -> dossiers.Person:
    """Nadia BERTIN, who works where the deck's dossier is from."""
    return works_at(enter("Nadia", "BERTIN", email="nadia@sante.fr"), dossiers.AGENCY)


@pytest.fixture
def number(applicant: dossiers.Person) -> int:
    """A dossier deposited by somebody who is to leave; it declares another representative."""
    return dossiers.deposited(applicant.actor, {"representative.email": DECLARED})


def ask(number: int, who: dossiers.Person, at: datetime | None = None) -> None:
    recovering.ask(number=number, by=who.actor, at=at or timezone.now())


def owner_of(number: int) -> int:
    return dossiers.row(number).owner_id


def link_of(to: str) -> str:
    """The token of the link last sent to an address."""
    last = [mail for mail in OutboxMail.objects.order_by("pk") if mail.to == [to]][-1]
    return LINK.findall(last.text)[-1]


def subjects_to(address: str) -> list[str]:
    return [mail.subject for mail in OutboxMail.objects.order_by("pk") if mail.to == [address]]


def events(number: int) -> list[str]:
    return [entry.event for entry in journal.entries_about(f"dossier:{number}")]


def words(answer: Any) -> str:
    return answer.content.decode().replace("<wbr>", "").replace("\u202f", " ")


def test_a_dossier_changes_hands_after_the_delay(number, applicant, colleague) -> None:
    """Owner and representative are told; nothing is read before; then all is the colleague's."""
    at = timezone.now()
    start = words(colleague.get("/habilitations/"))
    assert "1 dossier de l’établissement 18751275100020 a un autre titulaire" in start
    page = words(colleague.get(LIST))
    assert f"n°\u00a0{number}" in page
    for told in (dossiers.AGENCY_NAME, "DUPONT", "Esante", OWNER):
        assert told not in page + words(colleague.get(f"{LIST}{number}/"))
    assert colleague.post(f"{LIST}{number}/", {"ask": "1"})["Location"] == LIST
    assert "Demandée par vous" in words(colleague.get(LIST))
    assert "Nadia BERTIN demande à reprendre" in subjects_to(OWNER)[-1]
    assert "Nadia BERTIN demande à reprendre" in subjects_to(DECLARED)[-1]
    assert recovering.settle(at + DELAY - timedelta(minutes=1)) == 0
    assert colleague.get(f"/habilitations/dossiers/{number}/").status_code == 404
    assert recovering.settle(at + DELAY + timedelta(minutes=1)) == 1
    assert recovering.settle(at + DELAY + timedelta(days=9)) == 0
    assert colleague.get(f"/habilitations/dossiers/{number}/").status_code == 200
    assert applicant.get(f"/habilitations/dossiers/{number}/").status_code == 404
    assert subjects_to("nadia@sante.fr")[-1] == f"Le dossier n° {number} est à vous"
    for address in (OWNER, DECLARED):
        assert subjects_to(address)[-1] == f"Le dossier n° {number} a changé de titulaire"
    assert events(number)[-2:] == ["dossier-recovery-asked", "dossier-transferred"]
    assert "Aucun dossier à reprendre" in words(colleague.get(LIST))


def test_the_owner_accepts_by_the_link_at_once(number, colleague, visitor) -> None:
    """GET changes nothing; the link serves once, and needs no login."""
    ask(number, colleague)
    where = f"/habilitations/reprises/{link_of(OWNER)}/"
    page = words(visitor.get(where, secure=True))
    assert "Nadia BERTIN (nadia@sante.fr) travaille à l’établissement 18751275100020" in page
    assert owner_of(number) != colleague.actor.account_id
    done = words(visitor.post(where, {"accept": "1"}, secure=True))
    assert "est désormais celui de Nadia BERTIN" in done
    assert owner_of(number) == colleague.actor.account_id
    assert visitor.post(where, {"refuse": "1"}, secure=True).status_code == 410
    assert visitor.get("/habilitations/reprises/x/", secure=True).status_code == 410


@pytest.mark.parametrize("address", [OWNER, DECLARED])
def test_either_refuses_for_good(number, colleague, visitor, address: str) -> None:
    """Whatever time passes; the same colleague asks no more, another may."""
    ask(number, colleague)
    where = f"/habilitations/reprises/{link_of(address)}/"
    assert visitor.post(where, {"refuse": "1"}, secure=True).status_code == 200
    assert recovering.settle(timezone.now() + 9 * DELAY) == 0
    assert owner_of(number) != colleague.actor.account_id
    assert "ne vous est pas transmis" in subjects_to("nadia@sante.fr")[-1]
    assert events(number)[-1] == "dossier-recovery-ended"
    with assert_refused(Code.RECOVERY_REFUSED):
        ask(number, colleague)


def test_the_representative_s_link_accepts_nothing(number, colleague, visitor) -> None:
    """REFUSED: the dossier is the owner's to give at once."""
    ask(number, colleague)
    where = f"/habilitations/reprises/{link_of(DECLARED)}/"
    assert 'name="accept"' not in words(visitor.get(where, secure=True))
    assert visitor.post(where, {"accept": "1"}, secure=True).status_code == 410
    assert Recovery.objects.get().state == "waiting"


@pytest.mark.parametrize("accepts", [True, False])
def test_the_owner_answers_from_the_dossier(number, applicant, colleague, accepts: bool) -> None:
    """Nobody else does."""
    ask(number, colleague)
    page = words(applicant.get(f"/habilitations/dossiers/{number}/partage/"))
    assert "Un collègue demande à reprendre ce dossier" in page
    reply = {"accept" if accepts else "refuse": "1"}
    assert colleague.post(f"{LIST}{number}/reponse/", reply).status_code == 404
    assert applicant.post(f"{LIST}{number}/reponse/", reply).status_code == 302
    taken = owner_of(number) == colleague.actor.account_id
    assert taken is accepts
    assert applicant.post(f"{LIST}{number}/reponse/", reply).status_code == (
        404 if accepts else 410
    )


def test_one_asks_at_a_time_and_may_give_up(number, colleague, enter) -> None:
    other = works_at(enter("Luc", "SECOND", email="luc@sante.fr"), dossiers.AGENCY)
    ask(number, colleague)
    for who in (colleague, other):
        with assert_refused(Code.RECOVERY_WAITING):
            ask(number, who)
    assert "Demandée par un collègue" in words(other.get(LIST))
    assert other.post(f"{LIST}{number}/", {"withdraw": "1"}).status_code == 404
    colleague.post(f"{LIST}{number}/", {"withdraw": "1"})
    recovering.withdraw(number=number, by=colleague.actor, at=timezone.now())
    assert events(number)[-2:] == ["dossier-recovery-asked", "dossier-recovery-ended"]
    ask(number, other)
    assert Recovery.objects.filter(state="waiting").count() == 1


def test_what_the_former_owner_offered_falls(number, applicant, colleague, stranger) -> None:
    """REFUSED: a transfer that was waiting does not take the dossier away again."""
    at = timezone.now()
    sharing.propose_transfer(number=number, email="x@y.fr", by=applicant.actor, at=at)
    sharing.invite(number=number, email="z@y.fr", by=applicant.actor, at=at)
    ask(number, colleague)
    recovering.answer(token=link_of(OWNER), accepts=True, at=at)
    assert list(Participation.objects.filter(ended_at=None).values_list("email", flat=True)) == [
        "z@y.fr"
    ]


def test_without_a_proof_nothing_is_told(number, enter, stranger) -> None:
    """No proof, one too old, another establishment's: no count, no list, no asking."""
    now = timezone.now()
    old = works_at(enter("Vieux", "PREUVE", email="a@b.fr"), dossiers.AGENCY, now - 2 * LIFE)
    assert "preuve est trop ancienne" in words(old.get(LIST))
    for who in (stranger, old):
        assert "a un autre titulaire" not in words(who.get("/habilitations/"))
        assert str(number) not in words(who.get(LIST))
        assert who.get(f"{LIST}{number}/").status_code == 403
        assert who.post(f"{LIST}{number}/", {"ask": "1"}).status_code == 403
    elsewhere = works_at(enter("Paule", "AILLEURS", email="c@d.fr"), dossiers.HOSPITAL)
    assert "Aucun dossier à reprendre" in words(elsewhere.get(LIST))
    for path in (f"{LIST}{number}/", f"{LIST}{number + 999}/"):
        for answer in (elsewhere.get(path), elsewhere.post(path)):
            assert answer.status_code == 404
            assert dossiers.AGENCY not in words(answer)
    assert not Recovery.objects.exists()


def test_visitors_are_sent_to_login(number, visitor) -> None:
    for path in ("", f"{number}/"):
        answer = visitor.get(LIST + path, secure=True)
        assert answer["Location"].startswith("/connexion/?next=")


def test_one_s_own_and_thrown_dossiers_are_not_asked_for(applicant, colleague) -> None:
    mine = dossiers.begin_draft(colleague.actor)
    thrown = dossiers.begin_draft(applicant.actor)
    Dossier.objects.filter(number=thrown).update(trashed_at=timezone.now())
    for number in (mine, thrown):
        with assert_refused(Code.DOSSIER_UNKNOWN):
            ask(number, colleague)


def test_only_where_a_transfer_is_allowed(number, colleague) -> None:
    """In instruction: not asked for; taken meanwhile: it waits, and is not accepted either."""
    rows = Dossier.objects.filter(number=number)
    ask(number, colleague)
    token = link_of(OWNER)
    rows.update(state="in-instruction")
    late = timezone.now() + 2 * DELAY
    assert recovering.settle(late) == 0
    with assert_refused(Code.RECOVERY_IMPOSSIBLE):
        recovering.answer(token=token, accepts=True, at=late)
    recovering.withdraw(number=number, by=colleague.actor, at=late)
    assert "Impossible dans cet état" in words(colleague.get(LIST))
    with assert_refused(Code.RECOVERY_IMPOSSIBLE):
        ask(number, colleague)


def test_who_moved_to_another_establishment_gets_nothing(number, colleague) -> None:
    """The provider names another SIRET before the wait is over: the wish is void, and told."""
    ask(number, colleague)
    works_at(colleague, dossiers.HOSPITAL)
    assert recovering.settle(timezone.now()) == 1
    assert Recovery.objects.get().state == "lapsed"
    assert owner_of(number) != colleague.actor.account_id


def test_somebody_must_be_told(applicant, colleague) -> None:
    """REFUSED: a draft whose owner's account is closed, of an establishment without anybody."""
    from guichet.identities.models import Account  # noqa: PLC0415

    number = dossiers.begin_draft(applicant.actor)
    Account.objects.filter(pk=applicant.actor.account_id).update(is_active=False)
    with assert_refused(Code.REPRESENTATIVE_MISSING):
        ask(number, colleague)
    assert not Recovery.objects.exists()


def test_asking_is_counted(applicant, colleague) -> None:
    numbers = [dossiers.begin_draft(applicant.actor) for _turn in range(recovering.AT_MOST + 1)]
    for number in numbers[:-1]:
        ask(number, colleague)
    with assert_refused(Code.TOO_MANY_TRIES):
        ask(numbers[-1], colleague)


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same(
    applicant, colleague, count: int, django_assert_num_queries: Any
) -> None:
    for _turn in range(count):
        dossiers.begin_draft(applicant.actor)
    colleague.get(LIST)
    with django_assert_num_queries(5):
        colleague.get(LIST)
