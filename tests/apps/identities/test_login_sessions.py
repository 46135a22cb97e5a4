"""How long a session lasts, whatever opened it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from apps.identities.applicants import Visitor, events_of, local_account
from guichet.identities import sessions
from guichet.identities.models import Account, OpenSession
from guichet.identities.sessions import BY, SEEN, SINCE
from kit.entering import browser_of


def grow_old(visitor: Visitor, age: timedelta) -> None:
    session = visitor.client.session
    session[SINCE] = (timezone.now() - age).isoformat()
    session.save()


def test_a_login_lasts_twelve_hours_at_most(visitor: Visitor) -> None:
    """The page asked comes after a new login; public pages stay open."""
    account = local_account()
    visitor.logs_in()
    grow_old(visitor, timedelta(hours=11, minutes=59))
    assert visitor.actor is not None
    grow_old(visitor, timedelta(hours=12))
    answer = visitor.get("/connexion/compte/")
    assert answer["Location"] == "/connexion/?next=%2Fconnexion%2Fcompte%2F"
    assert visitor.actor is None
    assert visitor.get("/aide/").status_code == 200
    assert events_of(account)[-1] == "session-ended"


def card_of(visitor: Visitor, account: Account) -> str | None:
    """The card that acts where its holder came by e-CPS."""
    visitor.client = browser_of(account, **{BY: "ecps"})
    assert visitor.actor is not None
    return visitor.actor.card_number


def test_the_newest_card_that_is_open_acts(visitor: Visitor) -> None:
    """Neither one that ended nor one that is to come."""
    account, at = local_account(), timezone.now()
    day = timedelta(days=1)
    periods = {
        "older": (at - 9 * day, None),
        "first": (at - 5 * day, at + day),
        "second": (at - 5 * day, None),
        "ended": (at - 2 * day, at),
        "coming": (at + day, None),
    }
    for number, (opened_at, ended_at) in periods.items():
        account.cards.create(number=number, holder_name="P", opened_at=opened_at, ended_at=ended_at)
    assert card_of(visitor, account) == "second"
    account.cards.filter(number__in=["first", "second"]).update(ended_at=at)
    assert card_of(visitor, account) == "older"
    account.cards.update(opened_at=at - 9 * day, ended_at=at)
    assert card_of(visitor, account) is None


def test_an_idle_session_ends_after_half_an_hour(visitor: Visitor) -> None:
    local_account()
    visitor.logs_in()
    cookie = visitor.client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["secure"], cookie["httponly"]) == (1800, True, True)


def test_use_is_noted_now_and_then_alone(visitor: Visitor) -> None:
    """A page that only reads writes nothing; what it says of the end is what will be."""
    local_account()
    visitor.logs_in()
    assert visitor.actor is not None
    noted = visitor.client.session[SEEN]
    assert visitor.actor is not None
    assert visitor.client.session[SEEN] == noted
    answer = visitor.get("/connexion/compte/")
    ends = datetime.fromisoformat(noted) + timedelta(minutes=30)
    left = answer.context["session_end"]["seconds"]
    assert left == int((ends - answer.wsgi_request.received_at).total_seconds())
    session = visitor.client.session
    session[SEEN] = (timezone.now() - sessions.NOTED).isoformat()
    session.save()
    assert visitor.actor is not None
    assert visitor.client.session[SEEN] > noted


def test_a_sign_up_under_way_goes_on_as_long_as_somebody_does(visitor: Visitor) -> None:
    """Twelve hours at most; whoever keeps nothing has no session."""
    assert visitor.actor is None
    assert settings.SESSION_COOKIE_NAME not in visitor.client.cookies
    visitor.signs_up()

    def ends() -> datetime:
        return Session.objects.get().expire_date

    for age, is_kept in ((timedelta(hours=11, minutes=59), True), (timedelta(hours=12), False)):
        grow_old(visitor, age)
        session = visitor.client.session
        session[SEEN] = (timezone.now() - sessions.NOTED).isoformat()
        session.save()
        before = ends()
        assert visitor.actor is None
        assert (ends() > before) == is_kept


def test_a_login_changes_the_session_key(visitor: Visitor) -> None:
    """A key planted before the login opens nothing after it."""
    local_account()
    visitor.signs_up(email="autre@hopital.test")
    planted = visitor.client.session.session_key
    visitor.logs_in()
    assert visitor.client.session.session_key != planted


def test_a_session_of_before_counts_from_its_first_request(visitor: Visitor) -> None:
    local_account()
    visitor.logs_in()
    session = visitor.client.session
    del session[SINCE]
    session.save()
    assert visitor.actor is not None
    assert SINCE in visitor.client.session


def test_a_session_elsewhere_is_ended_by_who_proved_themselves_lately(visitor: Visitor) -> None:
    """A session left open ends no other; after a new login its owner may."""
    local_account()
    elsewhere = Visitor("192.0.2.2")
    elsewhere.logs_in()
    other = OpenSession.objects.get()
    visitor.logs_in()
    address = f"/connexion/compte/sessions/{other.pk}/fermer/"
    grow_old(visitor, timedelta(minutes=11))
    asked = visitor.post(address)
    assert asked["Location"] == "/connexion/confirmer/?next=%2Fconnexion%2Fcompte%2F"
    assert elsewhere.actor is not None
    grow_old(visitor, timedelta(minutes=9))
    assert visitor.post(address).status_code == 302
    assert elsewhere.actor is None
