"""ProConnect: the same login as FranceConnect's, and the proof of where somebody works."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from apps.identities.applicants import EPOCH, PASSWORD, Visitor, events_of, local_account, text_of
from apps.identities.at_providers import at_provider, enter
from guichet.conf.environment import Environment
from guichet.domain.refusals import Code
from guichet.identities import holders, operations
from guichet.identities.actors import Establishment
from guichet.identities.models import Account, ExternalIdentity
from guichet.identities.operations import ExternalPerson
from guichet.identities.providers import FRANCECONNECT, PROCONNECT
from kit.refusals import assert_refused

pytestmark = [
    pytest.mark.usefixtures("providers"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of the mock, in its threads
]
NADIA = "agente-nadia"
NADIA_EMAIL = "nadia.bertin@hopital-3-dames.test"
LUC = "agent-luc"
HOSPITAL = "99999003900011"
LABORATORY = "39912345400023"
BEGIN = "/connexion/proconnect/"
CLAIMS = {
    "sub": "1",
    "given_name": "A",
    "family_name": "B",
    "usual_name": "B",
    "email": "a@b.test",
    "siret": HOSPITAL,
}


def proved(visitor: Visitor) -> Establishment | None:
    assert visitor.actor is not None
    return visitor.actor.establishment


def test_the_first_login_opens_an_account_and_proves_an_establishment(visitor: Visitor) -> None:
    assert enter(visitor, NADIA, BEGIN, next="/habilitations/")["Location"] == "/habilitations/"
    account, actor = Account.objects.get(), visitor.actor
    assert actor is not None
    assert (actor.authenticated_by, actor.roles) == ("proconnect", frozenset())
    assert (actor.given_names, actor.surname, actor.email) == ("NADIA", "BERTIN", NADIA_EMAIL)
    identity = ExternalIdentity.objects.get()
    assert actor.establishment == Establishment(HOSPITAL, identity.siret_proved_at)  # type: ignore[arg-type]
    assert holders.siret_of(account.pk) == HOSPITAL
    kinds = ["account-registered", "identity-linked", "logged-in", "establishment-proved"]
    assert events_of(account) == kinds
    page = text_of(visitor.get("/connexion/compte/"))
    assert "connexion par ProConnect" in page
    assert f"établissement {HOSPITAL}, prouvé le" in page


def test_the_proof_is_this_session_s_alone(visitor: Visitor) -> None:
    """The same account entered otherwise, or by another provider's person, proves nothing."""
    account = local_account(NADIA_EMAIL)
    join = enter(visitor, NADIA, BEGIN)["Location"]
    assert join == "/connexion/proconnect/rattacher/"
    assert visitor.get("/connexion/franceconnect/rattacher/").status_code == 403
    assert visitor.post(join, password=PASSWORD)["Location"] == "/"
    assert proved(visitor) is not None
    elsewhere = Visitor("198.51.100.7")
    elsewhere.logs_in(NADIA_EMAIL)
    assert proved(elsewhere) is None
    assert elsewhere.actor is not None
    assert elsewhere.actor.account_id == account.pk


def test_another_login_forgets_the_proof(visitor: Visitor) -> None:
    enter(visitor, NADIA, BEGIN)
    enter(visitor, "citoyenne-marie", "/connexion/franceconnect/")
    assert proved(visitor) is None


def test_one_may_prove_it_within_a_session_and_let_it_go(visitor: Visitor) -> None:
    account = local_account()
    visitor.logs_in()
    back = enter(visitor, NADIA, BEGIN, rattacher="1", next="/habilitations/")
    assert back["Location"] == "/habilitations/"
    assert (proved(visitor) or Establishment("", EPOCH)).siret == HOSPITAL
    enter(visitor, NADIA, BEGIN, rattacher="1")
    assert events_of(account).count("identity-linked") == 1
    assert events_of(account).count("establishment-proved") == 2
    done = visitor.post("/connexion/compte/proconnect/retirer/")
    assert "ProConnect n’ouvre plus ce compte" in text_of(visitor.follow(done))
    assert proved(visitor) is None
    assert holders.siret_of(account.pk) == ""


def test_two_providers_make_two_ways_in(visitor: Visitor) -> None:
    """Either may go, the last one stays."""
    enter(visitor, NADIA, BEGIN)
    assert "Retirer ProConnect" not in text_of(visitor.get("/connexion/compte/"))
    enter(visitor, "citoyenne-marie", "/connexion/franceconnect/", rattacher="1")
    assert visitor.post("/connexion/compte/proconnect/retirer/").status_code == 302
    assert visitor.post("/connexion/compte/franceconnect/retirer/").status_code == 409


def test_the_last_establishment_counts(visitor: Visitor) -> None:
    """Who moved to another one is no longer of the first."""
    enter(visitor, LUC, BEGIN)
    identity = ExternalIdentity.objects.get()
    assert identity.siret == LABORATORY
    person = PROCONNECT.person(CLAIMS | {"sub": identity.subject}, "fr")
    later = (identity.siret_proved_at or EPOCH) + timedelta(hours=1)
    operations.prove_establishment(account_id=identity.account_id, person=person, at=later)
    assert holders.siret_of(identity.account_id) == HOSPITAL
    for other in (replace(person, subject="2"), replace(person, provider="franceconnect")):
        with assert_refused(Code.ACCOUNT_UNKNOWN):
            operations.prove_establishment(account_id=identity.account_id, person=other, at=later)


@pytest.mark.parametrize(
    "forged",
    [
        {"siret": ""},
        {"siret": "99999003900012"},
        {"siret": "MONACOCONFO001"},
        {"siret": [HOSPITAL]},
        {"usual_name": ""},
        {"email": "personne"},
        {"sub": None},
    ],
)
def test_a_forged_or_partial_identity_is_refused(forged: dict[str, Any]) -> None:
    with assert_refused(Code.LOGIN_OIDC_FAILED):
        PROCONNECT.person(CLAIMS | forged, "fr")


def test_franceconnect_proves_no_establishment(visitor: Visitor) -> None:
    """REFUSED, whatever claims come with the identity."""
    assert FRANCECONNECT.person(CLAIMS, "fr").siret == ""
    nobody = ExternalPerson(
        provider="franceconnect", subject="1", given_names="A", surname="B", email="a@b.test"
    )
    assert operations.prove_establishment(account_id=1, person=nobody, at=EPOCH) is None
    back = at_provider(visitor.get(BEGIN), sub=NADIA)
    assert visitor.get(back.replace("/proconnect/", "/franceconnect/")).status_code == 403


def test_it_is_offered_where_an_issuer_is_named(
    visitor: Visitor, providers: Environment, settings: Any
) -> None:
    assert "S’identifier avec ProConnect" in text_of(visitor.get("/connexion/"))
    settings.GUICHET = replace(settings.GUICHET, proconnect_issuer="")
    assert "ProConnect" not in text_of(visitor.get("/connexion/"))
    assert visitor.get(BEGIN).status_code == 404
    assert visitor.get(BEGIN + "retour").status_code == 404
