"""Card login: the card port hands a one-time code to the session that asked, and to no other.

How a certificate is recognised is proved on the real ports; here the card port has recognised it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from apps.identities.applicants import EPOCH, Visitor, events_of, text_of
from guichet.domain.access.sessions import is_fresh
from guichet.domain.refusals import Code, Refusal
from guichet.identities import access, access_queries, cards, operations
from guichet.identities.cards import RecognisedCard
from guichet.identities.models import Account, Card, LoginTicket
from guichet.identities.operations import TICKET_LIFE, binding_of
from guichet.identities.peer import LISTENER_KEY, PEER_KEY, PeerTls
from guichet.identities.sessions import SINCE
from guichet.journal import queries as journal
from guichet.web.resume import SESSION_KEY as TYPED
from kit.refusals import assert_refused

LEAF = b"the certificate of a card"


@pytest.fixture
def card(db: None, monkeypatch: pytest.MonkeyPatch) -> RecognisedCard:
    """SOPHIE's card, an administrator's and an instructor's, recognised whenever it is shown."""
    asked = operations.AccountAsked(
        display_name="DIRECTRICE / SOPHIE",
        email="sophie@hopital.test",
        national_id="899700366240",
        roles=("administrator", "instructor"),
        given_names="SOPHIE",
        surname="DIRECTRICE",
    )
    pk = operations.register_account(asked=asked, by="test", at=EPOCH)
    assert operations.register_account(asked=asked, by="test", at=EPOCH) == pk
    for _turn in range(2):
        operations.register_card(
            number="2800143590", account_id=pk, holder_name="SOPHIE", by="test", at=EPOCH
        )
    row = Card.objects.get()
    known = RecognisedCard(card_id=row.pk, account_id=pk, number=row.number, certificate=LEAF)

    def recognise(chain: Sequence[bytes], at: datetime) -> RecognisedCard:
        if tuple(chain) != (LEAF,):
            raise Refusal(Code.CARD_ABSENT if not chain else Code.CARD_UNTRUSTED)
        return known

    monkeypatch.setattr(cards, "recognise", recognise)
    return known


def at_card_port(address: str, settings: Any, chain: tuple[bytes, ...] = (LEAF,)) -> Any:
    """Follow the portal's redirection to the card port, the card in its reader."""
    settings.ROOT_URLCONF = "guichet.conf.card_urls"
    port = Client(**{LISTENER_KEY: "card", PEER_KEY: PeerTls(chain, "TLSv1.3", "")})
    parts = urlsplit(address)
    answer = port.get(f"{parts.path}?{parts.query}", secure=True)
    settings.ROOT_URLCONF = "guichet.conf.urls"
    return answer


def begin(visitor: Visitor, settings: Any) -> str:
    """The path by which the card port sends the browser back."""
    answer = at_card_port(visitor.get("/connexion/carte/", next="/aide/")["Location"], settings)
    assert answer.status_code == 302, text_of(answer)
    back = urlsplit(answer["Location"])
    return f"{back.path}?{back.query}"


def test_a_card_opens_every_role(card: RecognisedCard, visitor: Visitor, settings: Any) -> None:
    assert visitor.get(begin(visitor, settings))["Location"] == "/aide/"
    actor = visitor.actor
    assert actor is not None
    assert (actor.ref, actor.card_number) == ("card:2800143590", "2800143590")
    assert (actor.label, actor.display_name) == ("SOPHIE", "DIRECTRICE / SOPHIE")
    assert actor.roles == {"administrator", "instructor"}
    assert actor.authenticated_by == "card"
    assert events_of(Account.objects.get()) == ["account-registered", "logged-in"]


def test_only_a_hash_of_the_nonce_travels(
    card: RecognisedCard, visitor: Visitor, settings: Any
) -> None:
    address = urlsplit(visitor.get("/connexion/carte/")["Location"])
    (asked,) = parse_qs(address.query)["demande"]
    nonce, _suite, _linking = visitor.client.session["identities.card-login"]
    assert asked == binding_of(nonce)
    assert nonce not in address.query
    code = parse_qs(urlsplit(begin(visitor, settings)).query)["code"][0]
    assert code not in str(LoginTicket.objects.values())


def test_a_code_opens_its_own_session_once(
    card: RecognisedCard, visitor: Visitor, settings: Any
) -> None:
    """A stolen code opens nothing, and is burnt by the try."""
    back = begin(visitor, settings)
    thief = Visitor("198.51.100.7")
    assert thief.get(back).status_code == 403
    thief.get("/connexion/carte/")
    assert thief.get(back).status_code == 403
    assert thief.actor is None
    assert visitor.get(back).status_code == 403
    again = begin(visitor, settings)
    assert visitor.get(again).status_code == 302
    assert visitor.get(again).status_code == 403


def test_a_code_lives_a_minute(card: RecognisedCard) -> None:
    code = operations.issue_ticket(card=card, binding=binding_of("n"), at=EPOCH)
    with assert_refused(Code.LOGIN_TICKET_INVALID):
        operations.redeem_ticket(code=code, nonce="n", at=EPOCH + TICKET_LIFE)
    other = operations.issue_ticket(card=card, binding=binding_of("n"), at=EPOCH)
    last = EPOCH + TICKET_LIFE - timedelta(microseconds=1)
    found = operations.redeem_ticket(code=other, nonce="n", at=last)
    assert (found.card, found.certificate) == ("card:2800143590", LEAF)


@pytest.mark.parametrize(("chain", "status"), [((), 401), ((b"another",), 403)])
def test_a_card_that_is_refused_hands_nothing_over(
    card: RecognisedCard, visitor: Visitor, settings: Any, chain: tuple[bytes, ...], status: int
) -> None:
    address = visitor.get("/connexion/carte/")["Location"]
    answer = at_card_port(address, settings, chain)
    assert answer.status_code == status
    assert not LoginTicket.objects.exists()
    told = [entry.event for entry in journal.recent() if entry.event == "card-refused"]
    assert len(told) == len(chain)


def test_a_card_port_without_a_request_hands_nothing_over(
    card: RecognisedCard, settings: Any
) -> None:
    assert at_card_port("/carte/connexion?demande=x", settings).status_code == 400


def test_a_card_that_no_longer_holds_ends_its_session(
    card: RecognisedCard,
    visitor: Visitor,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Verified at every request; the reason is said once, on whatever page."""
    visitor.get(begin(visitor, settings))

    def revoked(chain: Sequence[bytes], at: datetime) -> RecognisedCard:
        raise Refusal(Code.CARD_REVOKED)

    monkeypatch.setattr(cards, "recognise", revoked)
    answer = visitor.get("/aide/")
    assert answer.status_code == 403
    assert "Carte révoquée" in text_of(answer)
    assert visitor.get("/aide/").status_code == 200
    assert visitor.actor is None
    assert events_of(Account.objects.get())[-1] == "session-ended"


def test_an_account_may_be_registered_before_its_identifier_is_known(db: None) -> None:
    """Two persons without an identifier are two accounts."""
    asked = operations.AccountAsked(
        display_name="SANS / IDENTIFIANT", email="a@b.test", national_id=None, roles=()
    )
    made = {operations.register_account(asked=asked, by="test", at=EPOCH) for _turn in range(2)}
    assert len(made) == 2


def test_the_staff_stay_logged_in_for_less_long(
    card: RecognisedCard, visitor: Visitor, settings: Any
) -> None:
    """A quarter of an hour idle, eight hours at most; and their session is listed once."""
    visitor.get(begin(visitor, settings))
    assert visitor.actor is not None
    cookie = visitor.client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["max-age"] == 900
    visitor.get(begin(visitor, settings))
    account = Account.objects.get()
    assert len(access_queries.sessions(account.pk, timezone.now())) == 1
    session = visitor.client.session
    session[SINCE] = (timezone.now() - timedelta(hours=8)).isoformat()
    session.save()
    assert visitor.get("/connexion/compte/").status_code == 302
    assert events_of(account)[-1] == "session-ended"


def test_a_new_login_by_the_same_card_gives_back_what_was_typed(
    card: RecognisedCard, visitor: Visitor, settings: Any
) -> None:
    """Before a sensitive act: what was written waits through the login, which proves one anew."""
    visitor.get(begin(visitor, settings))
    session = visitor.client.session
    session[SINCE] = (timezone.now() - timedelta(hours=1)).isoformat()
    session[TYPED] = {"/aide/": [["why", ["Le signataire est arrêté."]]]}
    session.save()
    assert visitor.actor is not None
    assert not is_fresh(visitor.actor.proved_at, timezone.now())
    visitor.get(begin(visitor, settings))
    assert is_fresh(visitor.actor.proved_at, timezone.now())
    assert visitor.client.session[TYPED] == {"/aide/": [["why", ["Le signataire est arrêté."]]]}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_auditors_card_changes_nothing_by_the_api(card: RecognisedCard, method: str) -> None:
    """The interface of programs has no session: the card itself is refused what is not read."""
    Account.objects.update(roles=["auditor"])
    request = RequestFactory().generic(
        method, "/api/v1/", secure=True, **{PEER_KEY: PeerTls((LEAF,), "TLSv1.3", "")}
    )
    if method == "GET":
        assert access.actor_of_peer(request).roles == {"auditor"}
        return
    with assert_refused(Code.AUDITOR_READS_ONLY):
        access.actor_of_peer(request)
