"""Machine accounts on the portal: opened, limited, let in, disabled, by the right hands alone."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from apps.automation.machines.conftest import ASKED, opened
from apps.orders.conftest import grant
from apps.orders.counter import HOSPITAL, Person, Sign, everything_stored, text_of, withdrawn
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.machines import CredentialKind, Verb
from guichet.domain.refusals import Refusal
from guichet.habilitations import operations as habilitations
from guichet.habilitations import queries as rights
from guichet.identities import machines
from guichet.identities.models import MachineAccount, MachineCredential
from guichet.journal import queries as journal

NEW = "/automates/nouveau/"
KINDS = ("jeton", "cle-acme", "secret-est")


def test_an_account_is_opened_seen_changed_disabled_and_let_in_again(
    sophie: Person, account: str
) -> None:
    """What is asked is what it may do; each act is one entry of the journal and of its page."""
    row = MachineAccount.objects.get()
    assert (row.structure_id, row.delegation) == (HOSPITAL, None)
    assert row.profiles == ["SERV/SSL_SERV"]
    assert row.names == ["hopital.fr"]
    listed = text_of(sophie.get("/automates/"))
    assert "Serveurs web" in listed
    assert "Lire, Commander, Retirer, Renouveler" in listed
    changed = ASKED | {
        "verbs": ["read"],
        "names": [],
        "typed_names": "www.hopital.fr\nApp.Hopital.fr",
    }
    assert sophie.post(f"{account}modifier/", changed).status_code == 302
    row.refresh_from_db()
    assert row.names == ["www.hopital.fr", "app.hopital.fr"]
    assert "www.hopital.fr\napp.hopital.fr" in text_of(sophie.get(f"{account}modifier/"))
    assert "n’entreront plus" in text_of(sophie.get(f"{account}desactiver/"))
    for _again in range(2):
        assert sophie.post(f"{account}desactiver/")["Location"] == account
    with pytest.raises(Refusal):
        machines.actor_of_machine(row.key, timezone.now())
    assert "Cet automate est désactivé" in text_of(sophie.get(account))
    assert sophie.post(f"{account}reactiver/")["Location"] == account
    assert machines.actor_of_machine(row.key, timezone.now()).machine is not None
    told = [entry.event for entry in journal.entries_about(str(row))]
    assert told == ["machine-created", "machine-changed", "machine-disabled", "machine-enabled"]
    assert "Automate réactivé" in text_of(sophie.get(account))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"verbs": []}, "Cochez au moins une permission"),
        ({"profiles": ["PS/AUTH"]}, "Choisissez parmi les types"),
        ({"names": []}, "Cochez au moins un domaine"),
        ({"names": [], "typed_names": "www.autre.fr"}, "www.autre.fr"),
        ({"names": [], "typed_names": "pas un nom!"}, "id_typed_names"),
        ({"contact_email": "personne"}, "id_contact_email"),
        ({"ends_on": "2020-01-01"}, "Ce jour est passé"),
        ({"services": "a" * 65}, "id_services"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    sophie: Person, wrong: dict[str, Any], words: str
) -> None:
    answer = sophie.post(NEW, ASKED | wrong)
    assert answer.status_code == 422
    page = text_of(answer)
    assert words in page
    assert 'value="Serveurs web"' in page
    [field] = re.findall(r'<a href="#(id_\w+)"', page)
    assert f'id="field-{field.removeprefix("id_").removesuffix("_0")}"' in page
    assert MachineAccount.objects.count() == 0


def test_nobody_gives_a_machine_more_than_they_hold(sophie: Person, person: Any) -> None:
    """Not what other cards of the structure hold: neither by a name nor by leaving names out."""
    card = "2800111111"
    grant(card, HOSPITAL, Offer.SERV, Usage.SSL_SERV, domain="labo.hopital.fr")
    narrow = person(card, "ANNE ETROITE", "899700111111")
    page = text_of(narrow.get(NEW))
    assert "ORG/AUTH_CLI" not in page
    grant(card, HOSPITAL, Offer.PRO, Usage.AUTH, domain="personnes.fr")
    for typed in ("", "www.hopital.fr", "www.personnes.fr"):
        names: dict[str, Any] = {"names": [], "typed_names": typed}
        assert narrow.post(NEW, ASKED | names).status_code == 422
    own = opened(narrow, **ASKED | {"names": ["labo.hopital.fr"]})
    key = MachineAccount.objects.get().key
    actor = machines.actor_of_machine(key, timezone.now())
    assert {right.domains for right in rights.rights_in_hand(actor, timezone.now())} == {
        ("labo.hopital.fr",)
    }
    assert narrow.post(f"{own}acces/jeton/", {"once": "1"}).status_code == 200


def test_mail_domains_of_other_cards_are_not_given_either(sophie: Person, person: Any) -> None:
    """An account is not limited to mail domains: who holds fewer than the structure opens none."""
    card = "2800111112"
    grant(card, HOSPITAL, Offer.SERV, Usage.SMIME, domain="labo.hopital.fr")
    narrow = person(card, "ANNE ETROITE", "899700111112")
    asked = ASKED | {"profiles": ["SERV/SMIME"], "names": []}
    answer = narrow.post(NEW, asked)
    assert answer.status_code == 422
    assert "SERV/SMIME @hopital.fr" in text_of(answer)


def test_whoever_holds_less_may_only_close(
    sophie: Person, person: Any, jean: Person, account: str
) -> None:
    """A narrower card and a representative see, disable and revoke; they open nothing."""
    sophie.post(f"{account}acces/jeton/", {"once": "1", "label": "web-01"})
    credential = MachineCredential.objects.get()
    card = "2800111113"
    grant(card, HOSPITAL, Offer.ORG, Usage.AUTH_CLI)
    for somebody in (person(card, "ANNE ETROITE", "899700111113"), jean):
        page = text_of(somebody.get(account))
        assert "pas lui en donner" in page
        assert "acces/jeton" not in page
        for place in ("modifier/", "acces/certificat/", *(f"acces/{kind}/" for kind in KINDS)):
            assert somebody.get(account + place).status_code == 403, place
            assert somebody.post(account + place, ASKED).status_code == 403, place
        assert somebody.post(f"{account}desactiver/")["Location"] == account
        assert somebody.post(f"{account}reactiver/").status_code == 403
        assert sophie.post(f"{account}reactiver/").status_code == 302
    answer = jean.post(f"{account}acces/{credential.key}/revoquer/")
    assert answer["Location"] == f"{account}#acces"
    credential.refresh_from_db()
    assert credential.revoked_at is not None
    assert jean.post(NEW, ASKED).status_code == 403


def test_rights_that_ended_open_nothing_more(sophie: Person, account: str) -> None:
    """What was opened under them stays disabled until somebody who has them lets it in again."""
    at = timezone.now()
    for right in rights.rights_of(sophie.actor.card_number, at):
        if right.offer is Offer.SERV:
            habilitations.close_right(right=right, by="test", at=at)
    assert sophie.post(f"{account}acces/jeton/", {"once": "1"}).status_code == 403
    assert sophie.post(f"{account}desactiver/").status_code == 302
    assert sophie.post(f"{account}reactiver/").status_code == 403


def test_strangers_find_nothing(
    sophie: Person, jeanne: Person, nobody: Person, leo: Person, account: str
) -> None:
    """404 on every address for another structure, no right, an editor of the same structure."""
    sophie.post(f"{account}acces/jeton/", {"once": "1"})
    revoke = f"acces/{MachineCredential.objects.get().key}/revoquer/"
    places = ("", "modifier/", "desactiver/", "acces/certificat/", revoke)
    secrets = tuple(f"acces/{kind}/" for kind in KINDS)
    for stranger in (jeanne, nobody, leo):
        for place in (*places, *secrets):
            assert stranger.get(account + place).status_code == 404, place
        for place in (*places[1:], *secrets, "reactiver/"):
            assert stranger.post(account + place, ASKED).status_code == 404, place
        assert "Serveurs web" not in text_of(stranger.get("/automates/"))
    for place in (*places, *secrets):
        assert sophie.get(account + place).status_code == 200, place
        assert sophie.get(f"/automates/{uuid4()}/{place}").status_code == 404, place
    assert sophie.get(f"{account}acces/{uuid4()}/revoquer/").status_code == 404
    for path in ("", "nouveau/", "sante/", f"{uuid4()}/"):
        answer = Client().get(f"/automates/{path}", secure=True)
        assert "/connexion/" in answer["Location"]


def test_by_delegation_an_account_works_for_the_client(
    leo: Person, sophie: Person, jean: Person
) -> None:
    """For whom is asked first; the client sees and stops it, and gives it nothing."""
    assert text_of(leo.get(NEW)).count("<option") == 2
    asked = ASKED | {"profiles": ["ORG/AUTH_CLI"], "names": []}
    [side] = re.findall(rf"{HOSPITAL}-\d+", text_of(leo.get(NEW)))
    account = opened(leo, f"{NEW}?pour={side}", **asked)
    row = MachineAccount.objects.get()
    assert row.delegation == int(side.partition("-")[2])
    assert leo.post(f"{account}acces/jeton/", {"once": "1"}).status_code == 200
    for client in (sophie, jean):
        assert "pas lui en donner" in text_of(client.get(account))
        assert client.post(f"{account}acces/jeton/", {"once": "2"}).status_code == 403
    assert sophie.post(f"{account}desactiver/").status_code == 302
    assert leo.get(f"{NEW}?pour=10B9999999").status_code == 422


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_is_shown_once_and_never_again(sophie: Person, account: str, kind: str) -> None:
    """In the answer to the press that makes it; pressed again, nothing more is made nor shown."""
    address = f"{account}acces/{kind}/"
    [once] = re.findall(r'name="once" value="([^"]+)"', text_of(sophie.get(address)))
    shown = sophie.post(address, {"once": once, "label": "web-01"})
    assert "no-store" in shown["Cache-Control"]
    page = text_of(shown)
    [secret] = set(re.findall(r"gu[tes]_[\w-]{43}", page))
    assert "www.exemple.fr" in page or "hopital.fr" in page or kind == "jeton"
    again = sophie.post(address, {"once": once, "label": "web-01"})
    assert again["Location"] == f"{account}#acces"
    row = MachineCredential.objects.get()
    assert row.label == "web-01"
    for page in (sophie.get(account), sophie.get(address), sophie.get("/automates/")):
        assert secret not in text_of(page)
    if kind != "cle-acme":  # whose key identifier is no secret, and MAC key is kept nowhere
        assert secret not in everything_stored()
    else:
        assert row.mark == secret
    entered = machines.enter(CredentialKind(row.kind), row.mark, channel="api", at=timezone.now())
    assert entered.actor.machine is not None
    assert Verb.ORDER in entered.actor.machine.verbs
    assert "Dernier usage" in text_of(sophie.get(account))


def test_a_press_without_its_number_makes_a_secret_each_time(sophie: Person, account: str) -> None:
    """It only tells the same press from another: nobody is told of a field that they cannot see."""
    for _ in range(2):
        assert "gut_" in text_of(sophie.post(f"{account}acces/jeton/", {}))
    assert MachineCredential.objects.count() == 2


def test_a_certificate_of_the_structure_is_bound_once(
    sophie: Person, sign: Sign, account: str
) -> None:
    """Only what is in service is proposed; the page leads to an order where there is nothing."""
    address = f"{account}acces/certificat/"
    assert "Aucun certificat à lier" in text_of(sophie.get(address))
    product = withdrawn(sophie, sign)
    assert str(product) in text_of(sophie.get(address))
    assert sophie.post(address, {"product": "1"}).status_code == 422
    assert sophie.post(address, {"product": str(product)})["Location"] == f"{account}#acces"
    row = MachineCredential.objects.get()
    at = timezone.now()
    assert machines.enter(CredentialKind.CERTIFICATE, row.mark, channel="api", at=at)
    again = sophie.post(address, {"product": str(product)})
    assert again.status_code == 409
    assert "Certificat déjà lié" in text_of(again) or "l’a été" in text_of(again)


def test_a_disabled_account_is_given_nothing(sophie: Person, account: str) -> None:
    sophie.post(f"{account}desactiver/")
    answer = sophie.post(f"{account}acces/jeton/", {"once": "1"})
    assert answer.status_code == 422
    assert "désactivé" in text_of(answer)
    assert MachineCredential.objects.count() == 0


def test_without_any_account_the_page_teaches_the_four_ways(sophie: Person, jean: Person) -> None:
    for somebody in (sophie, jean):
        page = text_of(somebody.get("/automates/"))
        assert all(way in page for way in ("ACME", "EST", "Jeton", "Certificat"))
    assert "/automates/nouveau/" in text_of(sophie.get("/automates/"))
    assert "/automates/nouveau/" not in text_of(jean.get("/automates/"))
    structure = text_of(jean.get(f"/habilitations/structures/{HOSPITAL}/"))
    assert f"/automates/?structure={HOSPITAL}" in structure
    home = text_of(sophie.get("/"))
    assert "/automates/sante/" in home


def test_the_list_asks_the_same_of_the_database_however_long(
    sophie: Person, account: str, django_assert_num_queries: Any
) -> None:
    for _each in range(3):
        opened(sophie, **ASKED)
    sophie.get("/automates/")
    with django_assert_num_queries(10):
        assert sophie.get("/automates/").status_code == 200
