"""A forgotten password: the same answer for all, a link of one hour, no session left."""

from datetime import timedelta

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
    same_for_all,
    text_of,
    token_of,
)
from guichet.domain.refusals import Code
from guichet.identities import operations
from guichet.identities.models import Account, AccountLink
from kit.refusals import assert_refused

ADDRESS = "/connexion/oubli/"
NEW = {"password": OTHER_PASSWORD, "password_again": OTHER_PASSWORD}


def asked_link(visitor: Visitor) -> str:
    assert visitor.post(ADDRESS, email=EMAIL).status_code == 302
    return link_in(mails_to(EMAIL)[0])


def test_answers_do_not_tell_whether_an_address_is_known(visitor: Visitor) -> None:
    local_account()
    asked = [visitor.post(ADDRESS, email=e) for e in (EMAIL, "inconnue@hopital.test")]
    assert same_for_all(asked[0]) == same_for_all(asked[1])
    pages = [same_for_all(visitor.follow(answer)) for answer in asked]
    assert pages[0] == pages[1]
    assert mails_to(EMAIL)[0].subject == "Choisissez un nouveau mot de passe Guichet"
    assert mails_to("inconnue@hopital.test") == []


def test_a_new_password_ends_every_session(visitor: Visitor) -> None:
    account = local_account()
    elsewhere = Visitor("198.51.100.7")
    elsewhere.logs_in()
    link = asked_link(visitor)
    assert elsewhere.actor is not None
    answer = visitor.post(link, **NEW)
    assert answer["Location"] == "/connexion/mot-de-passe/?fait=mot-de-passe"
    assert "Votre mot de passe est changé" in text_of(visitor.follow(answer))
    assert elsewhere.actor is None
    assert visitor.actor is None
    assert visitor.logs_in(EMAIL, PASSWORD).status_code == 422
    assert visitor.logs_in(EMAIL, OTHER_PASSWORD).status_code == 302
    assert mails_to(EMAIL)[0].subject == "Votre mot de passe Guichet a changé"
    assert [e for e in events_of(account) if e.startswith("password")] == [
        "password-reset-asked",
        "password-reset",
    ]


def test_a_link_works_once_and_its_elders_die_with_it(visitor: Visitor) -> None:
    local_account()
    first, second = asked_link(visitor), asked_link(visitor)
    assert first != second
    assert visitor.get(first).status_code == 200
    assert visitor.post(second, **NEW).status_code == 302
    for link in (first, second):
        assert visitor.get(link).status_code == 403
        assert "Lien sans effet" in text_of(visitor.post(link, **NEW))


def test_a_link_lives_an_hour(visitor: Visitor) -> None:
    local_account()
    token = token_of(asked_link(visitor))
    made = AccountLink.objects.get(purpose="reset")
    assert made.expires_at - made.created_at == timedelta(hours=1)
    with assert_refused(Code.ACCOUNT_LINK_INVALID):
        operations.reset_password(token=token, password=OTHER_PASSWORD, at=made.expires_at)
    just_before = made.expires_at - timedelta(seconds=1)
    operations.reset_password(token=token, password=OTHER_PASSWORD, at=just_before)


def test_a_weak_password_does_not_burn_the_link(visitor: Visitor) -> None:
    local_account()
    link = asked_link(visitor)
    weak = visitor.post(link, password="court", password_again="court")
    assert weak.status_code == 422
    assert "moins de 12 caractères" in text_of(weak)
    assert visitor.post(link, password=OTHER_PASSWORD, password_again="autre").status_code == 422
    assert visitor.post(link, **NEW).status_code == 302


def test_it_frees_a_locked_account(visitor: Visitor) -> None:
    local_account()
    for _turn in range(5):
        visitor.logs_in(EMAIL, OTHER_PASSWORD)
    assert visitor.logs_in().status_code == 429
    visitor.post(asked_link(visitor), **NEW)
    assert visitor.logs_in(EMAIL, OTHER_PASSWORD).status_code == 302


def test_it_confirms_the_address_and_takes_it_back_from_a_squatter(visitor: Visitor) -> None:
    """Somebody else signed up with my address: the mailbox decides."""
    squatter = Visitor("198.51.100.7")
    squatter.signs_up()
    confirmation = link_in(mails_to(EMAIL)[0])
    visitor.post(asked_link(visitor), **NEW)
    assert visitor.logs_in(EMAIL, OTHER_PASSWORD).status_code == 302
    assert squatter.post(confirmation).status_code == 403
    assert squatter.logs_in().status_code == 422


def test_people_without_a_password_get_no_link(visitor: Visitor) -> None:
    """A card holder's address is not a local account's."""
    asked = operations.AccountAsked(
        display_name="SOPHIE", email=EMAIL, national_id="899700366240", roles=("administrator",)
    )
    operations.register_account(asked=asked, by="test", at=EPOCH)
    visitor.post(ADDRESS, email=EMAIL)
    assert mails_to(EMAIL) == []
    visitor.signs_up()
    assert Account.objects.filter(email=EMAIL).count() == 2


def test_resets_are_limited_alike_for_all(visitor: Visitor) -> None:
    local_account()
    for email in (EMAIL, "inconnue@hopital.test"):
        statuses = [visitor.post(ADDRESS, email=email).status_code for _turn in range(4)]
        assert statuses == [302, 302, 302, 429]
    others = [visitor.post(ADDRESS, email=f"a{n}@hopital.test").status_code for n in range(14)]
    assert others == [302] * 12 + [429] * 2


def test_what_is_no_address_is_said_on_its_field(visitor: Visitor) -> None:
    for page in (ADDRESS, "/connexion/inscription/renvoi/"):
        for email in ("", "pas une adresse"):
            answer = visitor.post(page, email=email)
            assert answer.status_code == 422
            assert list(answer.context["form"].errors) == ["email"]


def test_nobody_logged_in_signs_up(visitor: Visitor) -> None:
    local_account()
    visitor.logs_in()
    assert visitor.get("/connexion/inscription/", next="/aide/")["Location"] == "/aide/"
