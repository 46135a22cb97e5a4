"""Login by address and password: one answer for every failure, a lock, an applicant's rights."""

import re
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.http import HttpRequest
from django.utils import timezone

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
)
from guichet.domain.refusals import Code
from guichet.identities import access, queries
from guichet.identities.actors import APPLICANT_ROLES, Role, roles_in_effect
from guichet.identities.hashers import Argon2Hasher
from guichet.identities.models import Card
from guichet.identities.peer import client_address
from guichet.journal import queries as journal
from kit.refusals import assert_refused

ADDRESS = "/connexion/mot-de-passe/"
TOGETHER = ("administrator", "instructor", "operator", "representative", "supervisor")
STAFF = tuple(role.value for role in Role if role.value not in APPLICANT_ROLES)


def locks(visitor: Visitor, email: str = EMAIL) -> list[int]:
    """Five wrong passwords; the statuses of the answers."""
    return [visitor.logs_in(email, OTHER_PASSWORD).status_code for _turn in range(5)]


def test_right_password_goes_where_one_was_going(visitor: Visitor) -> None:
    local_account()
    answer = visitor.post(f"{ADDRESS}?next=/produits/%3Fq%3D1", email=EMAIL, password=PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/produits/?q=1")
    assert visitor.actor is not None
    assert visitor.get(ADDRESS).status_code == 302
    assert visitor.get("/connexion/", next="/aide/")["Location"] == "/aide/"


@pytest.mark.parametrize("path", ["https://exemple.test/", "//exemple.test", "javascript:alert(1)"])
def test_no_login_leads_elsewhere(visitor: Visitor, path: str) -> None:
    local_account()
    answer = visitor.post(f"{ADDRESS}?next={path}", email=EMAIL, password=PASSWORD)
    assert answer["Location"] == "/"


def test_an_address_has_no_case(visitor: Visitor) -> None:
    local_account()
    assert visitor.logs_in("JULIEN.Pilou@LABORATOIRE.test").status_code == 302


def test_unknown_address_and_wrong_password_look_alike(visitor: Visitor) -> None:
    local_account()
    known = visitor.logs_in(EMAIL, OTHER_PASSWORD)
    unknown = visitor.logs_in("julien.pilon@laboratoire.test", OTHER_PASSWORD)
    assert known.status_code == 422
    assert "ne vont pas ensemble" in text_of(known)
    assert OTHER_PASSWORD not in text_of(known)
    plain = [same_for_all(page)[2].replace("pilon", "pilou") for page in (known, unknown)]
    assert plain[0] == plain[1]


def test_unknown_address_costs_as_many_hashes(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_account()
    hashes: list[str] = []
    for name in ("encode", "verify"):
        whole = getattr(Argon2Hasher, name)

        def counted(self: Any, *args: Any, whole: Any = whole) -> Any:
            hashes.append("argon2")
            return whole(self, *args)

        monkeypatch.setattr(Argon2Hasher, name, counted)
    visitor.logs_in(EMAIL, OTHER_PASSWORD)
    known = len(hashes)
    visitor.logs_in("inconnue@hopital.test", OTHER_PASSWORD)
    assert (known, len(hashes)) == (1, 2)


def test_five_failures_close_the_way_in_for_a_quarter_of_an_hour(visitor: Visitor) -> None:
    account = local_account()
    assert locks(visitor) == [422, 422, 422, 422, 429]
    refused = visitor.logs_in()
    assert refused.status_code == 429
    assert "Connexion suspendue" in text_of(refused)
    assert "dans 15 minutes au plus" in text_of(refused)
    visitor.client.cookies["__Host-guichet-language"] = "en"
    assert "Login suspended" in text_of(visitor.logs_in())
    assert visitor.actor is None
    assert Visitor("198.51.100.7").logs_in().status_code == 302
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert visitor.logs_in().status_code == 302
    whys = {e.facts["why"] for e in journal.entries_about(str(account)) if "why" in e.facts}
    assert whys == {"login-failed", "login-locked"}


def test_an_unknown_address_is_locked_alike(visitor: Visitor) -> None:
    assert locks(visitor, "inconnue@hopital.test") == [422, 422, 422, 422, 429]


def test_success_forgets_failures(visitor: Visitor) -> None:
    local_account()
    for _turn in range(4):
        visitor.logs_in(EMAIL, OTHER_PASSWORD)
    assert visitor.logs_in().status_code == 302
    assert not AccessAttempt.objects.exists()


def test_another_browser_string_does_not_start_the_count_again(visitor: Visitor) -> None:
    local_account()
    for number in range(4):
        visitor.client.post(
            ADDRESS,
            {"email": EMAIL, "password": OTHER_PASSWORD},
            secure=True,
            HTTP_USER_AGENT=f"navigateur {number}",
        )
    assert visitor.logs_in(EMAIL, OTHER_PASSWORD).status_code == 429


def test_no_password_is_kept_of_a_failure(visitor: Visitor) -> None:
    """Neither by the lock-out's table nor by the journal, on any form that checks a password."""
    local_account()
    visitor.logs_in(EMAIL, OTHER_PASSWORD)
    visitor.logs_in()
    secrets = {"current_password": "faux mot actuel", "password": OTHER_PASSWORD}
    visitor.post("/connexion/compte/mot-de-passe/", **secrets, password_again=OTHER_PASSWORD)
    assert AccessAttempt.objects.exists()
    kept = f"{list(AccessAttempt.objects.values())} {journal.recent()}"
    assert not any(secret in kept for secret in secrets.values())


def test_a_failure_is_told_in_the_journal_without_what_was_typed(visitor: Visitor) -> None:
    visitor.logs_in("inconnue@hopital.test", OTHER_PASSWORD)
    (entry,) = journal.recent(1)
    assert (entry.event, entry.subject, entry.actor) == (
        "login-refused",
        "login:account",
        "anonymous",
    )
    assert dict(entry.facts) == {"by": "account", "why": "login-failed"}


def test_an_unconfirmed_address_is_told_to_its_own_password_alone(visitor: Visitor) -> None:
    visitor.signs_up()
    wrong = visitor.logs_in(EMAIL, OTHER_PASSWORD)
    right = visitor.logs_in()
    assert "ne vont pas ensemble" in text_of(wrong)
    assert "attend que son adresse électronique soit confirmée" in text_of(right)
    assert "/connexion/inscription/renvoi/" in text_of(right)
    assert visitor.actor is None
    assert visitor.post(link_in(mails_to(EMAIL)[0])).status_code == 302


def test_a_closed_account_opens_nothing(visitor: Visitor) -> None:
    account = local_account()
    visitor.logs_in()
    account.is_active = False
    account.save()
    assert visitor.actor is None
    assert visitor.logs_in().status_code == 422


def test_a_password_opens_no_staff_role(visitor: Visitor) -> None:
    """Roles above the applicant's need a card or an e-CPS."""
    account = local_account(EMAIL, *TOGETHER)
    Card.objects.create(number="2800999999", account=account, holder_name="P", opened_at=EPOCH)
    visitor.logs_in()
    actor = visitor.actor
    assert actor is not None
    assert actor.roles == {"representative"}
    assert (actor.card_number, actor.ref) == (None, str(account))
    request = HttpRequest()
    request.actor = actor  # type: ignore[attr-defined]
    for role in STAFF:
        with assert_refused(Code.ROLE_MISSING):
            access.role_required(role)(lambda request: pytest.fail("opened"))(request)
    with assert_refused(Code.ROLE_MISSING):
        access.card_required(lambda request: pytest.fail("opened"))(request)


@pytest.mark.parametrize("role", Role)
def test_roles_by_way_of_login(role: Role) -> None:
    for strong in ("card", "ecps"):
        assert roles_in_effect([role.value], strong) == {role.value}
    for weak in ("franceconnect", "account"):
        expected = {role.value} if role is Role.REPRESENTATIVE else set()
        assert roles_in_effect([role.value], weak) == expected
    proved = roles_in_effect([role.value], "proconnect", second_factor=True)
    assert proved == (set() if role is Role.ADMINISTRATOR else {role.value})


def test_actor_of_a_card_keeps_its_roles(db: None) -> None:
    account = local_account(EMAIL, "instructor", "representative")
    card = Card.objects.create(
        number="2800999999", account=account, holder_name="P", opened_at=EPOCH
    )
    assert queries.actor_of_card(card.pk).roles == {"instructor", "representative"}


@pytest.mark.parametrize(
    ("told", "forwarded", "expected"),
    [
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("", "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("", "2001:db8::1", "2001:db8::1"),
        ("", "pas une adresse", None),
        ("", "", None),
    ],
)
def test_place_of_a_request(told: str, forwarded: str, expected: str | None) -> None:
    """X-Forwarded-For is believed on a Unix socket alone, and nginx's own part of it alone."""
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": told, "HTTP_X_FORWARDED_FOR": forwarded}
    assert client_address(request) == expected


def test_login_page_offers_every_way(visitor: Visitor) -> None:
    page = text_of(visitor.get("/connexion/", next="/habilitations/"))
    for words in (
        "Se connecter par carte",
        "Se connecter par e-CPS",
        "S’identifier avec FranceConnect (démonstration)",
        "Se connecter au compte Guichet",
        "Créer un compte Guichet",
        "Mot de passe oublié",
    ):
        assert words in page
    going_on = re.findall(
        r'(?:href|action)="/connexion/([a-z-]+)/\?next=%2Fhabilitations%2F"', page
    )
    assert going_on == [
        "carte",
        "ecps",
        "franceconnect",
        "proconnect",
        "inscription",
        "mot-de-passe",
    ]


def test_login_page_without_franceconnect(visitor: Visitor, settings: Any) -> None:
    """Outside the demo no issuer is named until an operator names one."""
    from dataclasses import replace  # noqa: PLC0415

    settings.GUICHET = replace(settings.GUICHET, demo=False, franceconnect_issuer="")
    page = text_of(visitor.get("/connexion/"))
    assert "FranceConnect" not in page
    assert visitor.get("/connexion/franceconnect/").status_code == 404


def test_events_of_a_login(visitor: Visitor) -> None:
    account = local_account()
    visitor.logs_in()
    visitor.post("/connexion/fin/")
    assert events_of(account)[-2:] == ["logged-in", "logged-out"]
    assert visitor.actor is None
