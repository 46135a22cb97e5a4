"""A card attached to an account without one: shown in its session, confirmed, told, parted."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from apps.identities.applicants import EMAIL, EPOCH, Visitor, events_of, local_account, mails_to
from apps.identities.applicants import text_of as words
from apps.identities.test_card_login import at_card_port, card  # noqa: F401 a fixture
from guichet.domain.refusals import Code
from guichet.identities import operations
from guichet.identities.cards import RecognisedCard
from guichet.identities.models import Account
from kit.refusals import assert_refused

PAGE = "/connexion/compte/"
CONFIRM = "/connexion/compte/carte/"


def show_card(visitor: Visitor, settings: Any) -> Any:
    """Put the card in its reader; the portal's answer."""
    begun = visitor.get("/connexion/carte/", rattacher="1")
    back = urlsplit(at_card_port(begun["Location"], settings)["Location"])
    return visitor.get(f"{back.path}?{back.query}")


@pytest.fixture
def shown(card: RecognisedCard, julien: Visitor, settings: Any) -> RecognisedCard:  # noqa: F811
    """Julien's session has seen the card."""
    answer = show_card(julien, settings)
    assert answer["Location"] == CONFIRM
    return card


def test_it_is_confirmed_before_it_is_done(
    shown: RecognisedCard, julien: Visitor, account: Account
) -> None:
    """The session stays the account's; nothing changes before the button; both are told."""
    page = words(julien.get(CONFIRM))
    assert "La carte n°\u00a02800143590 sera rattachée au compte de Julien Pilou" in page
    assert julien.actor is not None
    assert (julien.actor.ref, julien.actor.twin_id) == (str(account), None)
    done = julien.post(CONFIRM)
    assert "Votre carte est rattachée" in words(julien.follow(done))
    actor = julien.actor
    assert actor.accounts == {account.pk, shown.account_id}
    assert (actor.card_number, actor.roles, actor.authenticated_by) == (None, set(), "account")
    assert "carte n°\u00a02800143590" in words(julien.get(PAGE))
    for address in (EMAIL, "sophie@hopital.test"):
        assert "vont ensemble" in mails_to(address)[0].subject
    assert events_of(account)[-1] == "card-attached"
    assert julien.post(CONFIRM).status_code == 403


def test_either_side_parts_them(
    shown: RecognisedCard, julien: Visitor, account: Account, settings: Any
) -> None:
    julien.post(CONFIRM)
    by_card = Visitor("198.51.100.7")
    back = urlsplit(
        at_card_port(by_card.get("/connexion/carte/")["Location"], settings)["Location"]
    )
    by_card.get(f"{back.path}?{back.query}")
    assert by_card.actor is not None
    assert by_card.actor.twin_id == account.pk
    assert "Compte sans carte rattaché" in words(by_card.get(PAGE))
    for _turn in range(2):
        by_card.post(PAGE + "carte/retirer/")
    assert julien.actor is not None
    assert julien.actor.accounts == {account.pk}
    assert "Rattacher ma carte" in words(julien.get(PAGE))
    told = [mail for mail in mails_to(EMAIL) if "ne vont plus ensemble" in mail.subject]
    assert len(told) == 1


def test_another_session_attaches_nothing(shown: RecognisedCard, julien: Visitor) -> None:
    """REFUSED: no card was shown there, or another account is logged in by now."""
    thief = Visitor("198.51.100.7")
    assert thief.get(CONFIRM)["Location"].startswith("/connexion/?next=")
    local_account("voleur@ailleurs.test")
    thief.logs_in("voleur@ailleurs.test")
    assert thief.post(CONFIRM).status_code == 403
    session = thief.client.session
    session["identities.shown-card"] = julien.client.session["identities.shown-card"]
    session.save()
    assert thief.post(CONFIRM).status_code == 403
    session = julien.client.session
    session["identities.shown-card"] |= {"since": EPOCH.isoformat()}
    session.save()
    assert julien.post(CONFIRM).status_code == 403
    assert not Account.objects.filter(twin__isnull=False).exists()


def test_a_card_goes_with_one_account(card: RecognisedCard, account: Account) -> None:  # noqa: F811
    """REFUSED: a second account, a card with a card, an account with itself."""
    other = local_account("autre@hopital.test")
    both = {"account_id": account.pk, "card_account_id": card.account_id}
    for _turn in range(2):
        operations.attach_card(**both, by="test", at=EPOCH)
    assert events_of(account).count("card-attached") == 1
    for mine, cards in (
        (other.pk, card.account_id),
        (account.pk, other.pk),
        (card.account_id, other.pk),
        (other.pk, other.pk),
    ):
        with assert_refused(Code.CARD_ATTACHED_ELSEWHERE):
            operations.attach_card(account_id=mine, card_account_id=cards, by="test", at=EPOCH)
    Account.objects.filter(pk=other.pk).update(is_active=False)
    operations.detach_card(account_id=account.pk, by="test", at=EPOCH)
    with assert_refused(Code.ACCOUNT_UNKNOWN):
        operations.attach_card(
            account_id=other.pk, card_account_id=card.account_id, by="test", at=EPOCH
        )
