"""Opening a local account: the same answers for everybody, and a link that works once."""

from datetime import timedelta

import pytest

from apps.identities.applicants import (
    EMAIL,
    EPOCH,
    OTHER_PASSWORD,
    PASSWORD,
    SIGN_UP,
    Visitor,
    events_of,
    link_in,
    local_account,
    mails_to,
    same_for_all,
    text_of,
    token_of,
)
from guichet.domain.refusals import Code
from guichet.identities import operations
from guichet.identities.models import Account, AccountLink
from guichet.identities.operations import links
from guichet.journal import queries as journal
from kit.refusals import assert_refused

ADDRESS = "/connexion/inscription/"


def test_sign_up_confirm_and_be_logged_in(visitor: Visitor) -> None:
    """The browser that signed up needs the link alone, and goes where it was going."""
    answer = visitor.post(f"{ADDRESS}?next=/habilitations/", **SIGN_UP)
    assert "Un courriel vous dit quoi faire" in text_of(visitor.follow(answer))
    account = Account.objects.get(login_email=EMAIL)
    assert account.password.startswith("argon2$")
    assert visitor.logs_in().status_code == 422
    (mail,) = mails_to(EMAIL)
    link = link_in(mail)
    assert "Confirmer et se connecter" in text_of(visitor.get(link))
    confirmed = visitor.post(link)
    assert (confirmed.status_code, confirmed["Location"]) == (302, "/habilitations/")
    actor = visitor.actor
    assert actor is not None
    assert (actor.ref, actor.label) == (str(account), "Julien Pilou")
    assert (actor.authenticated_by, actor.roles, actor.card_number) == (
        "account",
        frozenset(),
        None,
    )
    assert (actor.given_names, actor.surname, actor.national_id) == ("Julien", "Pilou", None)
    assert [e for e in events_of(account) if e != "login-refused"] == [
        "account-signed-up",
        "email-confirmed",
        "logged-in",
    ]


def test_answers_do_not_tell_whether_an_address_is_known(visitor: Visitor) -> None:
    """A known address gets an e-mail of another kind; the browser sees no difference."""
    local_account("connue@hopital.test")
    pages = [
        same_for_all(Visitor(f"192.0.2.{n}").signs_up(email=email))
        for n, email in enumerate(("connue@hopital.test", "neuve@hopital.test"), 1)
    ]
    assert pages[0] == pages[1]
    told = mails_to("connue@hopital.test")[0]
    assert told.subject == "Vous avez déjà un compte Guichet"
    assert "lien=" not in told.text
    assert "lien=" in mails_to("neuve@hopital.test")[0].text
    assert Account.objects.get(login_email="connue@hopital.test").check_password(PASSWORD)


def test_a_known_address_keeps_its_password_and_names(visitor: Visitor) -> None:
    local_account()
    visitor.signs_up(surname="Usurpateur", password=OTHER_PASSWORD, password_again=OTHER_PASSWORD)
    account = Account.objects.get()
    assert account.surname == "Pilou"
    assert account.check_password(PASSWORD)


def test_case_of_an_address_does_not_make_another_account(visitor: Visitor) -> None:
    local_account()
    visitor.signs_up(email="Julien.PILOU@Laboratoire.TEST")
    assert Account.objects.count() == 1


def test_another_browser_must_know_the_password(visitor: Visitor) -> None:
    """Whoever typed somebody else's address opens nothing when the owner follows the link."""
    visitor.signs_up()
    link = link_in(mails_to(EMAIL)[0])
    owner = Visitor("198.51.100.7")
    assert "n’est pas celui où le compte a été créé" in text_of(owner.get(link))
    assert owner.post(link).status_code == 422
    refused = owner.post(link, password=OTHER_PASSWORD)
    assert refused.status_code == 422
    assert "Ce n’est pas le mot de passe de ce compte" in text_of(refused)
    assert owner.actor is None
    assert owner.post(link, password=PASSWORD).status_code == 302
    assert owner.actor is not None


def test_a_link_works_once(visitor: Visitor) -> None:
    visitor.signs_up()
    link = link_in(mails_to(EMAIL)[0])
    assert visitor.post(link).status_code == 302
    again = visitor.post(link)
    assert again.status_code == 403
    assert "Lien sans effet" in text_of(again)
    assert visitor.get(link).status_code == 403


def test_a_link_lives_a_day(visitor: Visitor) -> None:
    visitor.signs_up()
    link = link_in(mails_to(EMAIL)[0])
    made = AccountLink.objects.get()
    assert made.expires_at - made.created_at == timedelta(hours=24)
    with assert_refused(Code.ACCOUNT_LINK_INVALID):
        operations.confirm(token=token_of(link), nonce="", password=PASSWORD, at=made.expires_at)
    AccountLink.objects.update(expires_at=EPOCH)
    assert visitor.post(link).status_code == 403
    assert visitor.actor is None


@pytest.mark.parametrize("token", ["", "x", "x.y", "é.è", "a" * 5000])
def test_a_forged_link_is_refused(visitor: Visitor, token: str) -> None:
    for page in ("inscription/confirmer/", "oubli/nouveau/", "compte/adresse/confirmer/"):
        answer = visitor.get(f"/connexion/{page}", lien=token)
        assert answer.status_code == 403, page


def test_a_link_serves_its_purpose_alone(visitor: Visitor) -> None:
    """The token of a confirmation does not reset a password."""
    visitor.signs_up()
    token = token_of(link_in(mails_to(EMAIL)[0]))
    assert visitor.get("/connexion/oubli/nouveau/", lien=token).status_code == 403


def test_the_secret_of_a_link_is_not_kept(visitor: Visitor) -> None:
    visitor.signs_up()
    secret = token_of(link_in(mails_to(EMAIL)[0])).partition(".")[0]
    assert secret not in str(AccountLink.objects.values())
    assert not any(secret in str(entry) for entry in journal.recent())


def test_a_second_sign_up_replaces_the_first(visitor: Visitor) -> None:
    """The last who signs up before the confirmation counts; older links are dead."""
    stranger = Visitor("198.51.100.7")
    stranger.signs_up(surname="Usurpateur", password=OTHER_PASSWORD, password_again=OTHER_PASSWORD)
    first = link_in(mails_to(EMAIL)[0])
    visitor.signs_up()
    assert stranger.get(first).status_code == 403
    assert visitor.post(link_in(mails_to(EMAIL)[0])).status_code == 302
    account = Account.objects.get()
    assert account.display_name == "Julien Pilou"
    assert account.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "court", "password_again": "court"}, "moins de 12 caractères"),
        ({"password": "1234567890123", "password_again": "1234567890123"}, "que des chiffres"),
        ({"password": "julien.pilou1", "password_again": "julien.pilou1"}, "ressemble à votre nom"),
        ({"password_again": OTHER_PASSWORD}, "Les deux saisies"),
        ({"email": "pas une adresse"}, "adresse"),
        ({"surname": "Pi\u202elou"}, "Nom"),
        ({"given_names": ""}, "Donnez votre prénom"),
    ],
)
def test_what_is_wrong_is_said_on_its_field(
    visitor: Visitor, changes: dict[str, str], words: str
) -> None:
    answer = visitor.post(ADDRESS, **{**SIGN_UP, **changes})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "À corriger avant de poursuivre" in text_of(answer)
    assert PASSWORD not in text_of(answer)
    assert not Account.objects.exists()


def test_common_passwords_are_refused_in_both_languages(visitor: Visitor) -> None:
    """Django's list of common passwords, in our words."""
    data = {**SIGN_UP, "password": "1q2w3e4r5t6y", "password_again": "1q2w3e4r5t6y"}
    assert "parmi les plus employés" in text_of(visitor.post(ADDRESS, **data))
    visitor.client.cookies["__Host-guichet-language"] = "en"
    assert "among the most used" in text_of(visitor.post(ADDRESS, **data))


def test_resending_is_the_same_for_all_and_once_in_two_minutes(visitor: Visitor) -> None:
    visitor.signs_up()
    local_account("connue@hopital.test")
    before = len(mails_to("connue@hopital.test"))
    page = "/connexion/inscription/renvoi/"
    answers = [
        same_for_all(visitor.post(page, email=email))
        for email in (EMAIL, "connue@hopital.test", "inconnue@hopital.test")
    ]
    assert answers[0] == answers[1] == answers[2]
    assert len(mails_to(EMAIL)) == 2
    assert len(mails_to("connue@hopital.test")) == before
    too_soon = [visitor.post(page, email=e) for e in (EMAIL, "inconnue@hopital.test")]
    assert [answer.status_code for answer in too_soon] == [429, 429]
    assert visitor.post(link_in(mails_to(EMAIL)[0])).status_code == 302


def test_a_resend_is_possible_after_two_minutes(db: None) -> None:
    operations.resend(email=EMAIL, at=EPOCH)
    with assert_refused(Code.TOO_MANY_TRIES, seconds=1):
        operations.resend(email=EMAIL, at=EPOCH + timedelta(seconds=119))
    operations.resend(email=EMAIL, at=EPOCH + timedelta(seconds=121))


def test_sign_ups_are_limited_by_address_and_by_place(visitor: Visitor) -> None:
    for _turn in range(3):
        visitor.signs_up()
    late = visitor.post(ADDRESS, **SIGN_UP)
    assert late.status_code == 429
    assert 3_500 < int(late["Retry-After"]) <= 3_600
    for n in range(16):
        visitor.post(ADDRESS, **{**SIGN_UP, "email": f"a{n}@hopital.test"})
    refused = visitor.post(ADDRESS, **{**SIGN_UP, "email": "z@hopital.test"})
    assert refused.status_code == 429
    assert "Trop de demandes" in text_of(refused)
    assert Visitor("203.0.113.9").post(ADDRESS, **{**SIGN_UP, "email": "z@hopital.test"})[
        "Location"
    ]


def test_forms_need_their_token(db: None) -> None:
    """A page of another site signs nobody up."""
    strict = Visitor(enforce_csrf_checks=True)
    assert strict.post(ADDRESS, **SIGN_UP).status_code == 403
    assert strict.logs_in().status_code == 403
    assert not Account.objects.exists()


def test_mail_speaks_the_language_of_the_page(visitor: Visitor) -> None:
    visitor.client.cookies["__Host-guichet-language"] = "en"
    visitor.signs_up()
    assert mails_to(EMAIL)[0].subject.startswith("Confirm your address")


def test_a_name_typed_by_anybody_is_not_mailed_to_the_address(visitor: Visitor) -> None:
    """Else the form would send a stranger's sentence to any mailbox."""
    visitor.signs_up(given_names="Voyez http://exemple.test")
    assert "exemple.test" not in mails_to(EMAIL)[0].text


def test_old_links_are_forgotten(db: None) -> None:
    account = local_account()
    links.issue(account, "reset", email=EMAIL, at=EPOCH)  # type: ignore[arg-type]
    links.issue(account, "reset", email=EMAIL, at=EPOCH + timedelta(days=9))  # type: ignore[arg-type]
    assert AccountLink.objects.count() == 1
