"""e-CPS and FranceConnect against the demo's own providers, over HTTP."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from apps.identities.applicants import (
    EPOCH,
    Visitor,
    events_of,
    text_of,
)
from apps.identities.at_providers import BEGIN, at_provider, enter, roots
from guichet.conf.environment import Environment
from guichet.identities import operations
from guichet.identities.models import Account, ExternalIdentity
from guichet.identities.operations import ExternalPerson
from guichet.journal import queries as journal

pytestmark = [
    pytest.mark.usefixtures("providers"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of the mock, in its threads
]
JEAN = "citoyen-jean"
JEAN_EMAIL = "jean.dupont@hopital-3-dames.test"
MARIE = "citoyenne-marie"


def test_request_asks_for_identity_with_pkce(visitor: Visitor, providers: Environment) -> None:
    address = urlsplit(visitor.get(BEGIN)["Location"])
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}" == providers.franceconnect_issuer
    assert asked["scope"] == "openid given_name family_name email birthdate"
    assert (asked["acr_values"], asked["code_challenge_method"]) == ("eidas1", "S256")
    assert asked["redirect_uri"].endswith("/connexion/franceconnect/retour")
    assert len(asked["state"]) > 40
    assert len(asked["nonce"]) > 40
    assert "guichet-demo" not in address.query


@pytest.mark.parametrize("change", [{"code_challenge": ""}, {"code_challenge_method": "plain"}])
def test_a_request_without_pkce_is_refused(visitor: Visitor, change: dict[str, str]) -> None:
    """REFUSED by the provider (RFC 7636 4.4.1)."""
    asked = httpx.URL(visitor.get(BEGIN)["Location"])
    assert (
        httpx.get(asked.copy_merge_params(change), trust_env=False, verify=roots()).status_code
        == 400
    )


def test_a_code_is_worth_nothing_without_its_verifier(visitor: Visitor) -> None:
    """REFUSED. Another challenge goes to the provider: our verifier is not its own (4.6)."""
    begun = visitor.get(BEGIN)
    asked = httpx.URL(begun["Location"]).copy_set_param("code_challenge", "A" * 43)
    begun["Location"] = str(asked)
    answer = visitor.get(at_provider(begun, sub=JEAN))
    assert answer.status_code == 403
    assert visitor.actor is None


def test_the_provider_has_a_page_of_its_own(visitor: Visitor) -> None:
    page = httpx.get(visitor.get(BEGIN)["Location"], trust_env=False, verify=roots()).text
    assert "FranceConnect de démonstration" in page
    assert "MARIE CURIEUSE" in page
    assert "SOPHIE" not in page


def test_the_first_login_opens_an_account(visitor: Visitor) -> None:
    answer = enter(visitor, JEAN, next="/habilitations/")
    assert (answer.status_code, answer["Location"]) == (302, "/habilitations/")
    account = Account.objects.get()
    actor = visitor.actor
    assert actor is not None
    assert (actor.ref, actor.authenticated_by) == (str(account), "franceconnect")
    assert (actor.given_names, actor.surname, actor.email) == ("JEAN", "DUPONT", JEAN_EMAIL)
    assert (actor.card_number, actor.national_id, actor.roles) == (None, None, frozenset())
    assert not account.has_usable_password()
    assert account.login_email is None
    assert events_of(account) == ["account-registered", "identity-linked", "logged-in"]


def test_the_second_login_finds_it_again(visitor: Visitor) -> None:
    for number in range(2):
        enter(Visitor(f"192.0.2.{number}"), JEAN)
    enter(visitor, MARIE)
    assert ExternalIdentity.objects.count() == Account.objects.count() == 2


def test_staff_roles_sleep_by_franceconnect(visitor: Visitor) -> None:
    enter(visitor, JEAN)
    Account.objects.update(roles=["instructor", "representative"])
    actor = visitor.actor
    assert actor is not None
    assert actor.roles == {"representative"}


def test_a_closed_account_stays_closed(visitor: Visitor) -> None:
    enter(visitor, JEAN)
    Account.objects.update(is_active=False)
    assert visitor.actor is None
    assert enter(visitor, JEAN).status_code == 409
    assert Account.objects.count() == 1


def test_no_is_an_answer(visitor: Visitor) -> None:
    back = at_provider(visitor.get(BEGIN), action="deny")
    assert "error=access_denied" in back
    answer = visitor.get(back)
    assert answer.status_code == 403
    assert "Connexion refusée" in text_of(answer)
    (entry,) = journal.recent(1)
    assert (entry.event, entry.facts["by"]) == ("login-refused", "franceconnect")


def test_an_answer_opens_the_session_that_asked_alone(visitor: Visitor) -> None:
    """RFC 6749 §10.12: state; and each answer once."""
    back = at_provider(visitor.get(BEGIN), sub=JEAN)
    thief = Visitor("198.51.100.7")
    assert thief.get(back).status_code == 403
    thief.get(BEGIN)
    assert thief.get(back).status_code == 403
    assert visitor.get(back).status_code == 302
    assert visitor.get(back).status_code == 403


def test_an_answer_of_one_provider_does_not_serve_at_another(visitor: Visitor) -> None:
    back = at_provider(visitor.get("/connexion/ecps/"), sub="sophie")
    assert visitor.get(back.replace("/ecps/", "/franceconnect/")).status_code == 403
    assert not Account.objects.exists()


def test_a_provider_that_is_down_is_told(visitor: Visitor, settings: Any, unused_port: int) -> None:
    settings.GUICHET = replace(
        settings.GUICHET, franceconnect_issuer=f"http://localhost:{unused_port}"
    )
    answer = visitor.get(BEGIN)
    assert answer.status_code == 503
    assert "ne répond pas" in text_of(answer)


@pytest.fixture
def unused_port() -> int:
    from kit.stack import free_port  # noqa: PLC0415

    return free_port()


def test_ecps_opens_the_account_of_a_national_identifier(
    visitor: Visitor, providers: Environment
) -> None:
    known = json.loads((providers.state / "demo" / "identities.json").read_text())["people"]
    sophie = next(person for person in known if person["file"] == "sophie")
    assert enter(visitor, "sophie", "/connexion/ecps/").status_code == 403
    asked = operations.AccountAsked(
        display_name="DIRECTRICE / SOPHIE",
        email="sophie@hopital.test",
        national_id=sophie["national_id"],
        roles=("administrator",),
    )
    pk = operations.register_account(asked=asked, by="test", at=EPOCH)
    operations.register_card(
        number=sophie["card_number"], account_id=pk, holder_name="SOPHIE", by="test", at=EPOCH
    )
    assert enter(visitor, "sophie", "/connexion/ecps/").status_code == 302
    actor = visitor.actor
    assert actor is not None
    assert (actor.card_number, actor.authenticated_by) == (sophie["card_number"], "ecps")
    assert (actor.roles, actor.national_id) == ({"administrator"}, sophie["national_id"])


def test_two_accounts_may_have_one_address(db: None) -> None:
    """The address of a provider is not a login: only local accounts' are unique."""
    for subject in ("1", "2"):
        person = ExternalPerson(
            provider="franceconnect",
            subject=subject,
            given_names="A",
            surname="B",
            email="a@b.test",
        )
        operations.open_external_account(person=person, at=EPOCH)
    assert Account.objects.filter(email="a@b.test").count() == 2
