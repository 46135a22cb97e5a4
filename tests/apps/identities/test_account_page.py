""" "Mon compte": what it shows, what it changes, and who is told."""

from datetime import timedelta

import pytest

from apps.identities.applicants import (
    EMAIL,
    EPOCH,
    OTHER_PASSWORD,
    PASSWORD,
    Visitor,
    events_of,
    link_in,
    local_account,
    mails_to,
    text_of,
    token_of,
)
from guichet.domain.refusals import Code
from guichet.identities import operations
from guichet.identities.models import Account, AccountLink, Card
from guichet.identities.sessions import BACKEND
from kit.refusals import assert_refused

PAGE = "/connexion/compte/"
NEW_EMAIL = "j.pilou@hopital.test"


def test_it_needs_a_login(visitor: Visitor) -> None:
    for path in ("", "identite/", "mot-de-passe/", "adresse/"):
        answer = visitor.get(PAGE + path)
        assert answer["Location"].startswith("/connexion/?next="), path


def test_it_shows_identity_ways_in_and_logins(julien: Visitor) -> None:
    Visitor("198.51.100.7").logs_in(EMAIL, OTHER_PASSWORD)
    page = text_of(julien.get(PAGE))
    for words in (
        "Julien Pilou, connexion par mot de passe",
        EMAIL,
        "confirmée",
        "Changer le mot de passe",
        "Rattacher FranceConnect",
        "refusée",
        "ouverte",
    ):
        assert words in page
    assert "Mes cartes" not in page


def test_the_home_page_leads_to_it(julien: Visitor) -> None:
    assert f'href="{PAGE}"' in text_of(julien.get("/"))
    assert f'href="{PAGE}"' not in text_of(Visitor("198.51.100.7").get("/"))


def test_a_card_holder_sees_cards_and_no_password(db: None, visitor: Visitor) -> None:
    asked = operations.AccountAsked(
        display_name="DIRECTRICE / SOPHIE",
        email="sophie@hopital.test",
        national_id="899700366240",
        roles=("administrator",),
    )
    pk = operations.register_account(asked=asked, by="test", at=EPOCH)
    operations.register_card(
        number="2800143590", account_id=pk, holder_name="SOPHIE", by="test", at=EPOCH
    )
    visitor.client.force_login(Account.objects.get(pk=pk), backend=BACKEND)
    page = text_of(visitor.get(PAGE))
    assert "2800143590" in page
    assert "899700366240" in page
    assert "Changer le mot de passe" not in page
    assert visitor.get(PAGE + "mot-de-passe/")["Location"] == PAGE
    form = visitor.get(PAGE + "identite/").context["form"]
    assert list(form.fields) == ["phone"]
    assert list(visitor.get(PAGE + "adresse/").context["form"].fields) == ["email"]
    assert Card.objects.get().account_id == pk


def test_names_and_telephone_are_changed(julien: Visitor, account: Account) -> None:
    data = {"given_names": "Julien Marie", "surname": "Pilou-Roux", "phone": "02 62 12 34 56"}
    answer = julien.post(PAGE + "identite/", **data)
    page = text_of(julien.follow(answer))
    assert "Votre identité est à jour." in page
    account.refresh_from_db()
    assert (account.display_name, account.phone) == ("Julien Marie Pilou-Roux", "+262262123456")
    julien.post(PAGE + "identite/", **data)
    assert events_of(account).count("account-described") == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"phone": "12"}, "phone"), ({"surname": " "}, "surname"), ({"surname": "\u202e"}, "surname")],
)
def test_what_cannot_be_is_said_on_its_field(
    julien: Visitor, changes: dict[str, str], field: str
) -> None:
    data = {"given_names": "Julien", "surname": "Pilou", "phone": "", **changes}
    answer = julien.post(PAGE + "identite/", **data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_a_new_password_keeps_this_session_alone(julien: Visitor, account: Account) -> None:
    elsewhere = Visitor("198.51.100.7")
    elsewhere.logs_in()
    data = {
        "current_password": PASSWORD,
        "password": OTHER_PASSWORD,
        "password_again": OTHER_PASSWORD,
    }
    answer = julien.post(PAGE + "mot-de-passe/", **data)
    assert "Votre mot de passe est changé" in text_of(julien.follow(answer))
    assert julien.actor is not None
    assert elsewhere.actor is None
    assert elsewhere.logs_in(EMAIL, OTHER_PASSWORD).status_code == 302
    assert mails_to(EMAIL)[0].subject == "Votre mot de passe Guichet a changé"
    assert "password-changed" in events_of(account)


def test_the_present_password_is_asked_and_counted(julien: Visitor) -> None:
    """Whoever finds an open session cannot try passwords without end."""
    data = {"password": OTHER_PASSWORD, "password_again": OTHER_PASSWORD}
    page = PAGE + "mot-de-passe/"
    wrong = julien.post(page, current_password="faux mot de passe", **data)
    assert wrong.status_code == 422
    assert list(wrong.context["form"].errors) == ["current_password"]
    statuses = [
        julien.post(page, current_password="faux mot de passe", **data).status_code
        for _turn in range(4)
    ]
    assert statuses == [422, 422, 422, 429]
    weak = {"password": "court", "password_again": "court"}
    assert Visitor("198.51.100.7").post(page, current_password=PASSWORD, **weak).status_code == 302


def test_a_weak_new_password_is_refused(julien: Visitor) -> None:
    weak = {"password": "court", "password_again": "court"}
    answer = julien.post(PAGE + "mot-de-passe/", current_password=PASSWORD, **weak)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["password"]


def ask(julien: Visitor, email: str = NEW_EMAIL) -> None:
    answer = julien.post(PAGE + "adresse/", email=email, current_password=PASSWORD)
    assert answer.status_code == 302, text_of(answer)


def test_a_new_address_counts_once_confirmed(julien: Visitor, account: Account) -> None:
    ask(julien)
    assert mails_to(EMAIL)[0].subject == "Un changement d’adresse est demandé"
    assert "lien=" not in mails_to(EMAIL)[0].text
    link = link_in(mails_to(NEW_EMAIL)[0])
    account.refresh_from_db()
    assert account.email == EMAIL
    reader = Visitor("198.51.100.7")
    assert NEW_EMAIL in text_of(reader.get(link))
    assert reader.post(link)["Location"] == f"{PAGE}?fait=adresse"
    account.refresh_from_db()
    assert (account.email, account.login_email) == (NEW_EMAIL, NEW_EMAIL)
    assert reader.post(link).status_code == 403
    assert reader.logs_in(EMAIL).status_code == 422
    assert reader.logs_in(NEW_EMAIL).status_code == 302
    told = [event for event in events_of(account) if event.startswith("email")]
    assert told == ["email-change-asked", "email-changed"]


def test_an_address_of_somebody_else_is_not_told(julien: Visitor, account: Account) -> None:
    local_account("prise@hopital.test")
    before = len(mails_to("prise@hopital.test"))
    ask(julien, "prise@hopital.test")
    assert len(mails_to("prise@hopital.test")) == before
    assert mails_to(EMAIL)[0].subject == "Un changement d’adresse est demandé"


def test_an_address_taken_meanwhile_is_not_taken_twice(julien: Visitor) -> None:
    ask(julien)
    token = token_of(link_in(mails_to(NEW_EMAIL)[0]))
    local_account(NEW_EMAIL)
    at = AccountLink.objects.latest("pk").created_at
    with assert_refused(Code.ACCOUNT_LINK_INVALID):
        operations.change_address(token=token, at=at)


def test_a_link_to_a_new_address_lives_a_day(julien: Visitor) -> None:
    ask(julien)
    link = AccountLink.objects.get(purpose="address")
    assert link.expires_at - link.created_at == timedelta(hours=24)
    AccountLink.objects.update(expires_at=EPOCH)
    assert julien.get(link_in(mails_to(NEW_EMAIL)[0])).status_code == 403


def test_resets_sent_to_the_old_address_die(julien: Visitor) -> None:
    julien.post("/connexion/oubli/", email=EMAIL)
    old = link_in(mails_to(EMAIL)[0])
    ask(julien)
    julien.post(link_in(mails_to(NEW_EMAIL)[0]))
    assert julien.get(old).status_code == 403


def test_changing_the_address_asks_for_the_password(julien: Visitor) -> None:
    answer = julien.post(PAGE + "adresse/", email=NEW_EMAIL, current_password="faux mot")
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["current_password"]
    assert mails_to(NEW_EMAIL) == []


def test_changes_of_address_are_limited(julien: Visitor) -> None:
    for n in range(5):
        ask(julien, f"a{n}@hopital.test")
    answer = julien.post(PAGE + "adresse/", email=NEW_EMAIL, current_password=PASSWORD)
    assert answer.status_code == 429
