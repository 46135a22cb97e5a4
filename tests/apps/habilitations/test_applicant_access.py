"""Every address of the applicants, for everybody: who gets in, and who learns nothing (IDOR)."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
from django.utils import timezone

from apps.habilitations import dossiers
from guichet.habilitations import applicant_urls, tokens
from guichet.habilitations.models import Dossier, Participation
from guichet.habilitations.operations import sharing
from guichet.identities.actors import Actor
from kit.kept_rows import KEPT

pytestmark = pytest.mark.django_db
FORBIDDEN = {403, 404}
LOGIN = "/connexion/"
# Addresses of one dossier: method, address after the number, what the owner gets of a draft.
OF_A_DOSSIER = (
    ("get", "", 200),
    ("get", "demande/", 200),
    ("get", "siret/", 200),
    ("post", "siret/", 422),
    ("get", f"siret/{dossiers.AGENCY}/", 200),
    ("post", f"siret/{dossiers.AGENCY}/", 302),
    ("get", "formulaire/", 200),
    ("post", "formulaire/", 302),
    ("get", "enregistrer/", 200),
    ("post", "enregistrer/", 200),
    ("get", "deposer/", 302),
    ("get", "merci/", 302),
    ("post", "dupliquer/", 302),
    ("get", "corbeille/", 200),
    ("post", "corbeille/", 302),
    ("post", "restaurer/", 302),
    ("get", "partage/", 200),
    ("post", "partage/", 200),
    ("post", "abandonner/", 409),
    ("post", "deposer/", 302),
)
ADDRESSES = [(method, rest) for method, rest, _code in OF_A_DOSSIER]
OWNER_ALONE = ("corbeille/", "restaurer/", "deposer/")


def call(browser: Any, method: str, address: str) -> Any:
    if (method, address.split("/")[-2]) == ("post", "enregistrer"):
        sent = {"changes": {"use.editor": "X"}, "version": 0}
        return browser.post(address, sent, content_type="application/json", secure=True)
    return getattr(browser, method)(address, secure=True)


def drafted(by: Actor) -> int:
    """The deck's case, ready to be deposited; its number."""
    return KEPT.make(f"draft of {by.account_id}", lambda: dossiers.complete_draft(by))


def deposited(by: Actor) -> int:
    """The deck's case, deposited; its number."""
    return KEPT.make(f"dossier of {by.account_id}", lambda: dossiers.deposited(by))


def address(number: int, rest: str) -> str:
    return f"/habilitations/dossiers/{number}/{rest}"


def snapshot() -> list[tuple[Any, ...]]:
    """Everything of the dossiers that somebody could have changed."""
    shared = Participation.objects.values_list("pk", "account_id", "ended_at")
    rows = Dossier.objects.order_by("number").values_list(
        "number", "state", "owner_id", "siret", "version", "trashed_at", "draft_differs"
    )
    return [*rows, *shared]


def test_the_list_below_names_every_address() -> None:
    """A new address of a dossier must be tried here too."""
    patterns = {str(found.pattern) for found in applicant_urls.urlpatterns}
    of_a_dossier = {p for p in patterns if p.startswith("dossiers/")}
    named = {rest.replace(dossiers.AGENCY, "<str:siret>") for _method, rest, _code in OF_A_DOSSIER}
    assert {f"dossiers/<int:number>/{rest}" for rest in named} == of_a_dossier
    assert patterns - of_a_dossier == {
        "",
        "statistiques/",
        "siret/",
        "siret/<str:siret>/",
        "invitations/<str:token>/",
        "confirmations/<str:token>/",
    }


@pytest.mark.parametrize(("method", "rest", "code"), OF_A_DOSSIER)
def test_the_owner_gets_in(applicant, method: str, rest: str, code: int) -> None:
    """So that the refusals below are about the person, not about the request."""
    number = drafted(applicant.actor)
    assert call(applicant.browser, method, address(number, rest)).status_code == code


@pytest.mark.parametrize(("method", "rest"), ADDRESSES)
@pytest.mark.parametrize("state", ["draft", "filed"])
def test_strangers_and_other_applicants_learn_nothing(
    applicant, stranger, other_applicant, method: str, rest: str, state: str
) -> None:
    """404, the same as for a number that does not exist; nothing changes."""
    make = drafted if state == "draft" else deposited
    number = make(applicant.actor)
    theirs = make(other_applicant.actor)
    before = snapshot()
    for who in (stranger, other_applicant):
        answer = call(who.browser, method, address(number, rest))
        absent = call(who.browser, method, address(theirs + 1_000, rest))
        assert answer.status_code == absent.status_code == 404
        assert dossiers.AGENCY_NAME not in answer.content.decode()
    assert snapshot() == before


@pytest.mark.parametrize(("method", "rest"), ADDRESSES)
def test_visitors_are_sent_to_login(applicant, visitor, method: str, rest: str) -> None:
    """With the way back, and nothing of the dossier."""
    number = drafted(applicant.actor)
    before = snapshot()
    answer = call(visitor, method, address(number, rest))
    assert answer.status_code in {302, 401}
    if answer.status_code == 302:
        assert answer["Location"].startswith(LOGIN)
    assert snapshot() == before


@pytest.mark.parametrize(("method", "rest"), ADDRESSES)
def test_instructors_do_not_use_the_applicants_pages(
    applicant, instructor, auditor, method: str, rest: str
) -> None:
    """A draft is unknown to them; a deposited dossier has its own page, which notes who reads."""
    draft, filed = drafted(applicant.actor), deposited(applicant.actor)
    before = snapshot()
    for who in (instructor, auditor):
        answer = call(who.browser, method, address(filed, rest))
        if (method, rest) == ("get", ""):
            assert answer["Location"] == f"/gestion/dossiers/{filed}/"
        else:
            assert answer.status_code in FORBIDDEN, (who, answer.status_code)
        assert dossiers.AGENCY_NAME not in answer.content.decode()
        hidden = call(who.browser, method, address(draft, rest))
        if who is auditor and method == "post":  # whatever the number
            assert hidden.status_code == 403
            continue
        assert hidden.status_code == 404 or hidden["Location"] == f"/gestion/dossiers/{draft}/"
    assert snapshot() == before


@pytest.mark.parametrize(("method", "rest", "code"), OF_A_DOSSIER)
def test_a_co_writer_writes_and_never_deposits_nor_deletes(
    applicant, stranger, method: str, rest: str, code: int
) -> None:
    """What is the owner's alone answers 403."""
    number = drafted(applicant.actor)
    sharing.invite(number=number, email="a@b.fr", by=applicant.actor, at=timezone.now())
    Participation.objects.update(account_id=stranger.actor.account_id, accepted_at=timezone.now())
    answer = call(stranger.browser, method, address(number, rest))
    if rest in OWNER_ALONE and (method, rest) != ("get", "deposer/"):
        assert answer.status_code == 403
    else:
        assert answer.status_code == code
    assert dossiers.row(number).state == "draft"
    assert dossiers.row(number).trashed_at is None


def test_a_co_writer_neither_invites_nor_revokes(applicant, stranger) -> None:
    """403, and the accesses stay as they are."""
    number = dossiers.begin_draft(applicant.actor)
    sharing.invite(number=number, email="a@b.fr", by=applicant.actor, at=timezone.now())
    held = Participation.objects.get()
    Participation.objects.update(account_id=stranger.actor.account_id, accepted_at=timezone.now())
    where = address(number, "partage/")
    for sent in (
        {"invite": "1", "invite-email": "x@y.fr"},
        {"transfer": "1", "transfer-email": "x@y.fr"},
        {"revoke": str(held.pk)},
    ):
        assert stranger.post(where, sent).status_code == 403
    assert Participation.objects.count() == 1


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_not_known(applicant, method: str) -> None:
    """405."""
    number = dossiers.begin_draft(applicant.actor)
    for _method, rest, _code in OF_A_DOSSIER:
        answer = getattr(applicant.browser, method)(address(number, rest), secure=True)
        assert answer.status_code == 405, rest


def test_what_changes_something_is_not_done_by_following_a_link(applicant) -> None:
    """GET changes nothing anywhere."""
    number = deposited(applicant.actor)
    dossiers.fill(number, applicant.actor, {"use.editor": "Autre"})
    before = snapshot()
    for _method, rest, _code in OF_A_DOSSIER:
        applicant.get(address(number, rest))
    assert snapshot() == before


def test_tokens_that_are_none_say_one_thing(applicant, visitor) -> None:
    """410 for whoever is logged in, and for anybody about a confirmation."""
    for who in (applicant.browser, visitor):
        for method in ("get", "post"):
            answer = call(who, method, "/habilitations/confirmations/nothing/")
            assert answer.status_code == 410
    assert applicant.get("/habilitations/invitations/nothing/").status_code == 410
    sent = call(visitor, "get", "/habilitations/invitations/nothing/")
    assert sent["Location"].startswith(LOGIN)


def test_the_log_keeps_no_token(visitor, db) -> None:
    """A link that lets somebody in is a secret: the log tells where it leads alone."""
    token, _digest = tokens.fresh()
    with structlog.testing.capture_logs() as told:
        visitor.get(f"/habilitations/confirmations/{token}/", secure=True)
    (line,) = [entry for entry in told if entry["event"] == "request"]
    assert line["route"] == "habilitations/confirmations/<str:token>/"
    assert token not in str(told)
