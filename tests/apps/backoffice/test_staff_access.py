"""Roles by two persons, reviews, sessions: what is done, and what is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from apps.orders.counter import Person, text_of
from guichet.domain.access.roles import RoleAsked
from guichet.domain.refusals import Code
from guichet.identities import access_queries, operations, queries
from guichet.identities.models import Account, Card, OpenSession, RoleRequest
from guichet.identities.operations import FirstPerson
from guichet.identities.sessions import BACKEND
from guichet.journal import queries as journal
from guichet.notifications.models import OutboxMail
from kit import commands
from kit.refusals import assert_refused

Staff = Callable[[str], Person]
ACCESS = "/gestion/acces/"


def events(person: Person) -> list[str]:
    return [entry.event for entry in journal.entries_about(f"account:{person.account.public_id}")]


def address(person: Person, act: str) -> str:
    return f"{ACCESS}personnes/{person.account.public_id}/{act}/"


def asked(by: Person, of: Person, role: str, act: str = "donner", **typed: str) -> int:
    answer = by.post(address(of, act), {"role": role, "why": "Elle arrive lundi.", **typed})
    assert answer.status_code == 302, text_of(answer)
    return RoleRequest.objects.latest("pk").pk


def roles_of(person: Person, days: int = 0) -> frozenset[str]:
    """As a card login would have them, so many days later."""
    card = Card.objects.select_related("account").get(account=person.account)
    at = timezone.now() + timedelta(days=days)
    return queries.actor_of(card.account, card, "card", at=at).roles


def test_one_asks_and_another_approves(staff: Staff) -> None:
    """The role is held, until its last day; the person and the auditors are told."""
    operator, supervisor, support = staff("operator"), staff("supervisor"), staff("support")
    staff("auditor")
    day = timezone.localdate() + timedelta(days=30)
    number = asked(operator, support, "instructor", until=day.isoformat())
    page = f"{ACCESS}demandes/{number}/"
    assert "C’est votre demande" in text_of(operator.get(page))
    refused = operator.post(page, {"acte": "approve"})
    assert (refused.status_code, "Nul ne décide" in text_of(refused)) == (422, True)
    assert roles_of(support) == {"support"}
    assert "1 demande de rôle attend" in text_of(supervisor.get("/gestion/"))
    assert supervisor.post(page, {"acte": "approve"})["Location"] == f"{ACCESS}demandes/"
    assert roles_of(support, days=29) == {"support", "instructor"}
    assert roles_of(support, days=31) == {"support"}
    assert events(support)[-2:] == ["role-asked", "role-given"]
    told = OutboxMail.objects.filter(about=f"role-request:{number}", subject__contains="Rôle donné")
    assert told.count() == 3
    shown = text_of(staff("auditor").get(address(support, "donner").removesuffix("donner/")))
    assert "OSCAR PETIT" in shown
    assert "SIMON CHEF" in shown
    assert supervisor.post(page, {"acte": "approve"}).status_code == 302
    over = timezone.now() + timedelta(days=31)
    assert [operations.end_what_is_over(over) for _twice in range(2)] == [1, 0]
    assert events(support)[-1] == "role-taken"
    assert roles_of(support, days=31) == {"support"}


def test_a_refusal_says_why_and_a_request_is_given_up(staff: Staff) -> None:
    operator, supervisor, support = staff("operator"), staff("supervisor"), staff("support")
    page = f"{ACCESS}demandes/{asked(operator, support, 'instructor')}/"
    assert supervisor.post(page, {"acte": "refuse", "note": ""}).status_code == 422
    supervisor.post(page, {"acte": "refuse", "note": "Pas avant sa formation."})
    assert "Pas avant sa formation." in text_of(operator.get(f"{ACCESS}demandes/"))
    number = asked(operator, support, "instructor")
    again = operator.post(address(support, "donner"), {"role": "instructor", "why": "Encore."})
    assert "attend déjà" in text_of(again)
    assert supervisor.post(f"{ACCESS}demandes/{number}/abandonner/").status_code == 403
    operator.post(f"{ACCESS}demandes/{number}/abandonner/")
    assert RoleRequest.objects.get(pk=number).state == "withdrawn"
    assert roles_of(support) == {"support"}


@pytest.mark.parametrize(
    ("role", "gives", "until", "code"),
    [
        ("support", True, None, Code.ROLE_HELD_ALREADY),
        ("supervisor", True, None, Code.ROLES_AT_ODDS),
        ("auditor", True, None, Code.ROLES_AT_ODDS),
        ("representative", True, None, Code.ROLE_NOT_STAFF),
        ("instructor", False, None, Code.ROLE_NOT_HELD),
        ("instructor", True, -1, Code.ROLE_END),
    ],
)
def test_what_may_not_be_asked(
    staff: Staff, role: str, gives: bool, until: int | None, code: Code
) -> None:
    at = timezone.now()
    support = staff("support")
    ends = None if until is None else at + timedelta(days=until)
    wanted = RoleAsked(role=role, gives=gives, why="Parce que.", until=ends)
    with assert_refused(code):
        operations.ask_role(
            account_id=support.account.pk, asked=wanted, by=staff("operator").actor, at=at
        )


def test_nobody_asks_for_themselves_or_without_the_duty(staff: Staff) -> None:
    operator, support = staff("operator"), staff("support")
    wanted = RoleAsked(role="instructor", gives=True, why="Pour moi.")
    for by, code in ((operator, Code.ACCESS_SAME_PERSON), (support, Code.ROLE_MISSING)):
        with assert_refused(code):
            operations.ask_role(
                account_id=operator.account.pk, asked=wanted, by=by.actor, at=timezone.now()
            )
    assert operator.get(address(operator, "donner")).status_code == 403


def test_enough_people_stay_to_give_roles(staff: Staff) -> None:
    """Of two, neither loses the role: somebody else is given it first."""
    operator, supervisor = staff("operator"), staff("supervisor")
    number = asked(operator, supervisor, "supervisor", "retirer")
    third = staff("ca-officer")
    operations.approve_role(request_id=number, by=third.actor, at=timezone.now())
    assert roles_of(supervisor) == set()
    assert supervisor.get(ACCESS).status_code == 403
    number = asked(operator, third, "ca-officer", "retirer")
    with assert_refused(Code.ROLE_LAST_HOLDERS), transaction.atomic():
        operations.approve_role(request_id=number, by=supervisor.actor, at=timezone.now())


def test_the_database_refuses_it_too(staff: Staff) -> None:
    """Whatever the code of the counter does."""
    operator, auditor = staff("operator"), staff("auditor")
    number = asked(operator, staff("support"), "instructor")
    alone = {"state": "approved", "decided_by": operator.account, "decided_at": timezone.now()}
    wrong: tuple[Callable[[], Any], ...] = (
        lambda: RoleRequest.objects.filter(pk=number).update(**alone),
        lambda: Account.objects.filter(pk=auditor.account.pk).update(roles=["auditor", "support"]),
        lambda: Account.objects.filter(pk=auditor.account.pk).update(emergency_role="operator"),
    )
    for act in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_what_no_database_could_hold_is_found_nowhere(staff: Staff) -> None:
    """A review without end, a card with a NUL: PostgreSQL would refuse the question."""

    def ask(execute: Any, sql: str, params: Any, *more: Any) -> Any:
        assert "\0" not in "".join(map(str, params or ()))
        return execute(sql, params, *more)

    operator = staff("operator")
    assert operator.get(f"/gestion/acces/revues/{'9' * 30}/1/").status_code == 404
    with connection.execute_wrapper(ask):
        assert operator.get("/gestion/acces/", carte="28\x00").status_code < 500


def test_a_review_is_made_by_others_and_exported(staff: Staff) -> None:
    operator, supervisor = staff("operator"), staff("supervisor")
    staff("instructor")
    begun = operator.post(f"{ACCESS}revues/commencer/")["Location"]
    assert operator.post(f"{ACCESS}revues/commencer/").status_code == 409
    lines = {
        line.account_id: line.pk for line in access_queries.reviewed(int(begun.split("/")[-2]))
    }
    assert len(lines) == 3
    mine = f"{begun}{lines[operator.account.pk]}/"
    assert operator.post(mine, {"verdict": "kept"}).status_code == 422
    assert supervisor.post(mine, {"verdict": "to-take", "note": ""}).status_code == 422
    assert operator.post(f"{begun}terminer/").status_code == 409
    assert supervisor.post(mine, {"verdict": "kept"}).status_code == 302
    for account_id, line in lines.items():
        if account_id != operator.account.pk:
            said = {"verdict": "to-take", "note": "Partie en mai."}
            assert operator.post(f"{begun}{line}/", said).status_code == 302
    assert {r.role for r in access_queries.requests(waiting=True)} == {"supervisor", "instructor"}
    assert operator.post(f"{begun}terminer/").status_code == 302
    file = b"".join(staff("auditor").get(f"{begun}revue.csv")).decode()  # type: ignore[arg-type]
    assert '"Partie en mai."' in file
    assert "INES EXAMEN" in file


def test_who_has_not_logged_in_for_long(
    staff: Staff, django_assert_num_queries: Callable[[int], Any]
) -> None:
    """However many they are, the list asks as often."""
    operator, support = staff("operator"), staff("support")
    staff("instructor")
    operator.get(ACCESS)
    long_ago = timezone.now() - timedelta(days=91)
    Account.objects.filter(pk=support.account.pk).update(last_login=long_ago)
    with django_assert_num_queries(5):
        page = text_of(operator.get(f"{ACCESS}inactifs/"))
    assert "SAMI AIDE" in page
    assert "OSCAR PETIT" not in page.partition("<main")[2]


def test_sessions_are_listed_and_ended(staff: Staff) -> None:
    """One's own on the account page; a colleague's by whoever reviews."""
    operator, supervisor = staff("operator"), staff("supervisor")
    elsewhere = Client()
    elsewhere.force_login(operator.account, backend=BACKEND)
    for browser, name in ((operator.browser, "ici"), (elsewhere, "Firefox d’ailleurs")):
        operations.keep_open_session(
            account=operator.account,
            session_key=browser.session.session_key or "",
            browser=name,
            by="card",
            at=timezone.now(),
        )
    assert "Firefox d’ailleurs" in text_of(operator.get("/connexion/compte/"))
    other = OpenSession.objects.get(browser="Firefox d’ailleurs").pk
    page = f"{ACCESS}personnes/{operator.account.public_id}/"
    assert "Firefox d’ailleurs" in text_of(supervisor.get(page))
    assert supervisor.post(f"/connexion/compte/sessions/{other}/fermer/").status_code == 404
    assert supervisor.post(f"{page}sessions/{other}/fermer/").status_code == 302
    assert elsewhere.get("/connexion/compte/", secure=True).status_code == 302
    assert operator.get("/connexion/compte/").status_code == 200
    assert operator.post("/connexion/session/").json() == {"seconds": 900}  # type: ignore[attr-defined]


def test_the_first_two_people_and_no_third(db: None, person: Callable[..., Person]) -> None:
    def first(number: str, card: str, *roles: str) -> int:
        asked = FirstPerson(
            name=f"PERSONNE {number}",
            email="a@guichet.test",
            national_id=number,
            card_number=card,
            roles=roles,
        )
        return operations.bootstrap(person=asked, by="cli", at=timezone.now())

    with assert_refused(Code.ROLE_NOT_STAFF):
        first("899700366240", "2800143590", "auditor")
    (block,) = commands.told("explanation/roles")
    assert "PETIT / OSCAR" in commands.guichet(block)[0]
    first("899700203047", "0203040506", "ca-officer")
    with assert_refused(Code.BOOTSTRAP_OVER):
        first("899700102033", "0102030405", "supervisor")
