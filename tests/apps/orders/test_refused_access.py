"""What is somebody else's: unknown on the screen, known to the journal, once an hour."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from apps.orders.counter import HOSPITAL, INFORMATION, WITHDRAWAL, Person, Sign, withdrawn
from guichet.automation import authentication
from guichet.domain.refusals import Code, Refusal
from guichet.journal import access
from guichet.journal import queries as journal
from guichet.journal.queries import JournalEntry
from guichet.orders import operations
from guichet.orders.models import OrderDraft


def refused(person: Person) -> list[JournalEntry]:
    """What the journal tells of this person's refused accesses, oldest first."""
    found = journal.entries_about(person.actor.ref)
    return [entry for entry in found if entry.event == "access-refused"]


@pytest.fixture
def theirs(sophie: Person, sign: Sign) -> dict[str, str]:
    """Sophie's product, order and draft, by kind."""
    product = withdrawn(sophie, sign)
    number = sophie.orders()
    sign()
    draft = sophie.draft()
    return {"product": str(product), "order": str(number), "order-draft": draft}


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("order", "/produits/retirer/{}/"),
        ("order", "/produits/suivre/demandes/{}/"),
        ("order", "/produits/suivre/demandes/{}/etat/"),
        ("product", "/produits/suivre/parc/{}/"),
        ("product", "/produits/suivre/parc/{}/certificat.pem"),
        ("product", "/produits/revoquer/{}/"),
        ("product", "/produits/revoquer/{}/confirmer/?motif=theft"),
        ("product", "/produits/revoquer/{}/fait/"),
        ("order-draft", "{}1/"),
        ("order-draft", "{}fin/"),
    ],
)
def test_every_address_of_somebody_else_is_journalled(
    jeanne: Person, theirs: dict[str, str], kind: str, address: str
) -> None:
    """The entry names who tried and what; the page is that of a number never given."""
    assert jeanne.get(address.format(theirs[kind])).status_code == 404
    [entry] = refused(jeanne)
    assert entry.actor == jeanne.actor.ref
    name = OrderDraft.objects.get(number=None).key if kind == "order-draft" else theirs[kind]
    assert entry.facts["hidden"] == f"{kind}:{name}"
    assert entry.facts["kind"] == kind


def test_acts_are_journalled_as_pages_are(jeanne: Person, theirs: dict[str, str]) -> None:
    cancel = f"/produits/suivre/demandes/{theirs['order']}/annuler/"
    revoke = f"/produits/revoquer/{theirs['product']}/confirmer/?motif=theft"
    assert jeanne.post(cancel).status_code == 404
    assert jeanne.post(revoke, {"confirmed": "on"}).status_code == 404
    assert [entry.facts["kind"] for entry in refused(jeanne)] == ["order", "product"]


def test_operations_say_what_they_hide(jeanne: Person, theirs: dict[str, str]) -> None:
    """Also without a view before them."""
    at = timezone.now()
    with pytest.raises(Refusal) as caught:
        operations.cancel(number=int(theirs["order"]), by=jeanne.actor, at=at)
    assert caught.value.hides == f"order:{theirs['order']}"
    assert "101" not in str(dict(caught.value.facts))


def test_what_does_not_exist_is_not_journalled(jeanne: Person, theirs: dict[str, str]) -> None:
    for address in ("suivre/demandes/999999/", "suivre/parc/1/", f"demander/{uuid4()}/1/"):
        assert jeanne.get(f"/produits/{address}").status_code == 404
    assert jeanne.get(f"/produits/suivre/demandes/{2**63}/").status_code == 404
    assert refused(jeanne) == []


def test_one_s_own_is_not_journalled(sophie: Person, theirs: dict[str, str]) -> None:
    assert sophie.get(f"/produits/suivre/demandes/{theirs['order']}/").status_code == 200
    assert refused(sophie) == []


def test_a_thousand_tries_write_one_entry_an_hour(jeanne: Person, theirs: dict[str, str]) -> None:
    """The journal cannot be flooded, and another kind of thing is still told."""
    for _turn in range(30):
        jeanne.get(f"/produits/suivre/demandes/{theirs['order']}/")
        jeanne.get(f"/produits/retirer/{theirs['order']}/")
    assert len(refused(jeanne)) == 1
    jeanne.get(f"/produits/suivre/parc/{theirs['product']}/")
    assert len(refused(jeanne)) == 2
    refusal = Refusal(Code.ORDER_UNKNOWN, hides=f"order:{theirs['order']}")
    later = refused(jeanne)[0].at + timedelta(hours=1)
    access.note_refused_access(jeanne.actor.ref, "order", refusal, at=later - timedelta(seconds=1))
    assert len(refused(jeanne)) == 2
    access.note_refused_access(jeanne.actor.ref, "order", refusal, at=later)
    assert len(refused(jeanne)) == 3


@pytest.mark.parametrize("path", ["orders/{order}", "products/{product}"])
def test_the_api_is_journalled_too(
    jeanne: Person,
    theirs: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    settings: object,
    path: str,
) -> None:
    settings.ROOT_URLCONF = "guichet.conf.card_urls"  # type: ignore[attr-defined]
    monkeypatch.setattr(authentication, "actor_of_peer", lambda request: jeanne.actor)
    answer = Client(**{"guichet.listener": "card"}).get(
        f"/api/v1/{path.format(**theirs)}", secure=True
    )
    assert answer.status_code == 404
    assert len(refused(jeanne)) == 1


def test_a_right_that_lacks_is_journalled(sophie: Person, jean: Person, sign: Sign) -> None:
    """A representative withdraws nothing; a name outside the right is told as well."""
    number = sophie.orders()
    sign()
    assert jean.post(f"/produits/retirer/{number}/", WITHDRAWAL).status_code == 422
    [entry] = refused(jean)
    assert entry.facts == {
        "kind": "right",
        "why": "right-missing",
        "hidden": "",
        "structure": HOSPITAL,
        "offer": "ORG",
        "usage": "AUTH_CLI",
    }
    base = sophie.draft()
    sophie.post(base + "1/", {"offer": "SERV", "structure_id": HOSPITAL})
    sophie.post(base + "2/")
    typed = {**INFORMATION, "usage": "SSL_SERV", "service": "", "fqdn": "ailleurs.fr"}
    assert sophie.post(base + "3/", typed).status_code == 422
    assert [entry.facts["why"] for entry in refused(sophie)] == ["right-domain"]


def test_visitors_have_no_name_to_be_journalled_under(theirs: dict[str, str]) -> None:
    answer = Client().get(f"/produits/suivre/demandes/{theirs['order']}/", secure=True)
    assert answer.status_code == 302
    assert "access-refused" not in [entry.event for entry in journal.recent()]
