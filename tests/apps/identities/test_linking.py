"""FranceConnect linked to an account that there is: by its password, once; and let go."""

import pytest

from apps.identities.applicants import (
    EPOCH,
    OTHER_PASSWORD,
    PASSWORD,
    Visitor,
    events_of,
    local_account,
    text_of,
)
from apps.identities.at_providers import BEGIN, at_provider, enter
from guichet.domain.refusals import Code
from guichet.identities import operations
from guichet.identities.models import ExternalIdentity
from kit.refusals import assert_refused

pytestmark = [
    pytest.mark.usefixtures("providers"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of the mock, in its threads
]
JEAN = "citoyen-jean"
JEAN_EMAIL = "jean.dupont@hopital-3-dames.test"
MARIE = "citoyenne-marie"


def test_an_account_of_the_same_address_is_not_taken_over(visitor: Visitor) -> None:
    """The person chooses: its password links it, without it another account opens."""
    local_account(JEAN_EMAIL)
    answer = enter(visitor, JEAN, next="/aide/")
    assert answer["Location"] == "/connexion/franceconnect/rattacher/"
    page = text_of(visitor.follow(answer))
    assert f"Un compte Guichet a déjà l'adresse {JEAN_EMAIL}" in page.replace("’", "'")
    assert visitor.actor is None
    assert not ExternalIdentity.objects.exists()


def test_its_password_links_it_once_and_for_all(visitor: Visitor) -> None:
    account = local_account(JEAN_EMAIL)
    join = enter(visitor, JEAN, next="/aide/")["Location"]
    wrong = visitor.post(join, password=OTHER_PASSWORD)
    assert wrong.status_code == 422
    assert "ne vont pas ensemble" in text_of(wrong)
    assert visitor.post(join).status_code == 422
    assert visitor.post(join, password=PASSWORD)["Location"] == "/aide/"
    assert ExternalIdentity.objects.get().account_id == account.pk
    again = Visitor("198.51.100.7")
    assert enter(again, JEAN)["Location"] == "/"
    assert again.actor is not None
    assert again.actor.account_id == account.pk
    assert visitor.get(join).status_code == 403


def test_linking_is_locked_as_a_login_is(visitor: Visitor) -> None:
    local_account(JEAN_EMAIL)
    join = enter(visitor, JEAN)["Location"]
    statuses = [visitor.post(join, password=OTHER_PASSWORD).status_code for _turn in range(5)]
    assert statuses == [422, 422, 422, 422, 429]
    assert not ExternalIdentity.objects.exists()


def test_one_may_go_on_apart(visitor: Visitor) -> None:
    local = local_account(JEAN_EMAIL)
    join = enter(visitor, JEAN, next="/aide/")["Location"]
    assert visitor.post(join, apart="1")["Location"] == "/aide/"
    assert visitor.actor is not None
    assert visitor.actor.account_id != local.pk
    assert enter(Visitor("198.51.100.7"), JEAN)["Location"] == "/"


def test_an_unconfirmed_address_is_nobody_s(visitor: Visitor) -> None:
    """A squatter of the address does not stand in the way."""
    Visitor("198.51.100.7").signs_up(email=JEAN_EMAIL)
    assert enter(visitor, JEAN)["Location"] == "/"


def test_the_choice_does_not_wait_for_ever(visitor: Visitor) -> None:
    local_account(JEAN_EMAIL)
    join = enter(visitor, JEAN)["Location"]
    session = visitor.client.session
    session["identities.newcomer"] |= {"since": EPOCH.isoformat()}
    session.save()
    assert visitor.post(join, apart="1").status_code == 403
    assert visitor.get(join).status_code == 403


def test_a_local_account_links_franceconnect_and_lets_it_go(visitor: Visitor) -> None:
    account = local_account()
    visitor.logs_in()
    answer = enter(visitor, MARIE, rattacher="1")
    assert answer["Location"] == "/connexion/compte/"
    assert "Retirer FranceConnect" in text_of(visitor.follow(answer))
    other = Visitor("198.51.100.7")
    enter(other, MARIE)
    assert other.actor is not None
    assert other.actor.account_id == account.pk
    done = visitor.post("/connexion/compte/franceconnect/retirer/")
    assert "FranceConnect n’ouvre plus ce compte" in text_of(visitor.follow(done))
    assert events_of(account).count("identity-unlinked") == 1
    assert visitor.post("/connexion/compte/franceconnect/retirer/").status_code == 302
    assert events_of(account).count("identity-unlinked") == 1


def test_linking_needs_the_session_that_asked(visitor: Visitor) -> None:
    """Logged out meanwhile: nothing is linked and nobody is logged in."""
    local_account()
    visitor.logs_in()
    back = at_provider(visitor.get(BEGIN, rattacher="1"), sub=MARIE)
    session = visitor.client.session
    for key in ("_auth_user_id", "_auth_user_backend", "_auth_user_hash"):
        del session[key]
    session.save()
    assert visitor.get(back).status_code == 403
    assert not ExternalIdentity.objects.exists()


def test_an_identity_opens_one_account(visitor: Visitor) -> None:
    enter(Visitor("198.51.100.7"), MARIE)
    account = local_account()
    visitor.logs_in()
    refused = enter(visitor, MARIE, rattacher="1")
    assert refused.status_code == 409
    assert "Identité déjà rattachée" in text_of(refused)
    at, by = EPOCH, str(account)
    operations.link_identity(account_id=account.pk, provider="p", subject="1", by=by, at=at)
    operations.link_identity(account_id=account.pk, provider="p", subject="1", by=by, at=at)
    with assert_refused(Code.IDENTITY_LINKED_ELSEWHERE):
        operations.link_identity(account_id=account.pk, provider="p", subject="2", by=by, at=at)


def test_the_last_way_in_stays(visitor: Visitor) -> None:
    enter(visitor, JEAN)
    assert "Retirer FranceConnect" not in text_of(visitor.get("/connexion/compte/"))
    refused = visitor.post("/connexion/compte/franceconnect/retirer/")
    assert refused.status_code == 409
    assert ExternalIdentity.objects.exists()
