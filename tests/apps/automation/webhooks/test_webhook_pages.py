"""The pages of webhooks: made, tried, paused, mended and deleted by people of a structure."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from apps.automation.machine_callers import account
from apps.automation.machines.conftest import leo  # noqa: F401 somebody of an editor
from apps.automation.webhooks.hooks import made, tell
from apps.orders.counter import HOSPITAL, LABORATORY, Person, text_of
from guichet.automation.models import Webhook
from guichet.domain.machines import MachineScope, Verb
from guichet.habilitations.models import Delegation
from guichet.identities.operations import machines
from kit.receiver import Receiver, is_signed

BASE = "/automates/webhooks/"
ASKED = {
    "pour": f"{HOSPITAL}|",
    "topics": ["order.available", "product.revoked"],
    "label": "Supervision",
    "contact_email": "si@hopital.fr",
    "once": "un",
}


def test_a_hook_from_its_making_to_its_end(sophie: Person, receiver: Receiver) -> None:
    """The key is shown by the press that makes it and by a rotation, and on no other page."""
    assert "Aucun webhook" in text_of(sophie.get(BASE))
    chosen = sophie.get(f"{BASE}nouveau/").context["form"].initial["topics"]
    assert "product.renewal-wanted" in chosen
    answer = sophie.post(f"{BASE}nouveau/", {**ASKED, "url": receiver.url})
    assert answer.status_code == 200
    secret = answer.context["secret"]
    again = sophie.post(f"{BASE}nouveau/", {**ASKED, "url": receiver.url})
    assert (again.status_code, Webhook.objects.count()) == (302, 1)
    place = f"{BASE}{Webhook.objects.get().key}/"
    assert "Aucun envoi pour l’instant" in text_of(sophie.get(place))

    receiver.statuses, receiver.body = [500], b"<script>panne</script>"
    assert sophie.post(f"{place}essayer/")["Location"] == f"{place}#envois"
    waits = sophie.get(f"{place}etat/").json()
    tell()
    assert sophie.get(f"{place}etat/").json() != waits
    assert "HTTP 500" in text_of(sophie.get(place))
    ping = sophie.get(place).context["page"].object_list[0]
    page = text_of(sophie.get(f"{place}envois/{ping.key}/"))
    assert "&lt;script&gt;panne" in page
    assert ping.message in page
    sophie.post(f"{place}envois/{ping.key}/renvoyer/")
    tell()
    assert all(is_signed(one, secret) for one in receiver.received)
    assert "Reçu" in text_of(sophie.get(place))

    assert "pendant 24 heures" in text_of(sophie.get(f"{place}cle/"))
    assert sophie.post(f"{place}cle/").context["secret"] != secret
    assert "L’ancienne clé de signature vaut encore" in text_of(sophie.get(place))
    sophie.post(f"{place}suspendre/")
    assert "Les envois sont suspendus" in text_of(sophie.get(place))
    sophie.post(f"{place}reprendre/")
    changed = {**ASKED, "url": receiver.url, "label": "Relais"}
    assert sophie.post(f"{place}modifier/", changed)["Location"] == place
    assert "Relais" in text_of(sophie.get(BASE))
    assert secret not in "".join(text_of(sophie.get(each)) for each in (BASE, place))
    assert "définitif" in text_of(sophie.get(f"{place}supprimer/"))
    assert sophie.post(f"{place}supprimer/")["Location"] == BASE
    assert sophie.get(place).status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "http://automate.hopital.fr/"}, "n’est pas en https"),
        ({"url": "https://192.168.1.1/"}, "adresse privée ou locale"),
        ({"url": ""}, "Donnez l’adresse"),
        ({"topics": []}, "Cochez au moins un événement"),
        ({"topics": ["ping"]}, "ping"),
        ({"contact_email": "si"}, "si"),
        ({"pour": f"{LABORATORY}|"}, "Choisissez une structure"),
    ],
)
def test_what_is_refused_keeps_what_was_typed(
    sophie: Person, changes: dict[str, Any], words: str
) -> None:
    answer = sophie.post(
        f"{BASE}nouveau/", {**ASKED, "url": "https://automate.hopital.fr/", **changes}
    )
    page = text_of(answer)
    assert answer.status_code == 422
    assert words in page
    assert 'value="Supervision"' in page


def test_strangers_see_no_hook(
    sophie: Person,
    jeanne: Person,
    jean: Person,
    nobody: Person,
    receiver: Receiver,
) -> None:
    """404 at every address of another structure's hook; a representative sees it all."""
    hook = made(sophie.actor, receiver.url)
    place = f"{BASE}{hook.facts.key}/"
    sophie.post(f"{place}essayer/")
    ping = sophie.get(place).context["page"].object_list[0].key
    one = f"envois/{ping}/"
    pages = ["", "etat/", one, "modifier/", "cle/", "supprimer/"]
    acts = ["essayer/", "suspendre/", "reprendre/", f"{one}renvoyer/", *pages[3:]]
    for stranger in (jeanne, nobody):
        for each in pages:
            assert stranger.get(place + each).status_code == 404, each
        for each in acts:
            typed = {**ASKED, "url": receiver.url}
            assert stranger.post(place + each, typed).status_code == 404, each
        assert receiver.url not in text_of(stranger.get(BASE))
    assert nobody.get(f"{BASE}nouveau/").status_code == 403
    for each in pages:
        assert jean.get(place + each).status_code == 200, each
    assert Webhook.objects.get().state == "active"


def test_an_editor_sees_the_hooks_of_its_own_accounts(
    sophie: Person,
    leo: Person,  # noqa: F811
    receiver: Receiver,
) -> None:
    """Those that work by its delegation and do no more than its card; never the structure's."""
    structure = made(sophie.actor, receiver.url)
    theirs = made(sophie.actor, receiver.url, machine=account().key)
    own = made(leo.actor, receiver.url, machine=_delegated_account(leo))
    for hook, status in ((structure, 404), (theirs, 404), (own, 200)):
        assert leo.get(f"{BASE}{hook.facts.key}/").status_code == status
    assert sophie.get(f"{BASE}{own.facts.key}/").status_code == 200


def _delegated_account(leo: Person) -> Any:  # noqa: F811
    """An account that works by the delegation that leo's editor was given."""
    scope = MachineScope(
        account="",
        structure_id=HOSPITAL,
        delegation=Delegation.objects.get().pk,
        verbs=frozenset(Verb),
        profiles=frozenset({"ORG/AUTH_CLI"}),
    )
    asked = machines.MachineAsked(name="Éditeur", scope=scope, contact_email="si@editeur.fr")
    return machines.create_machine(asked=asked, by=leo.actor, at=timezone.now()).key


def test_the_list_costs_the_same_for_many(
    sophie: Person, django_assert_num_queries: Callable[..., Any]
) -> None:
    sophie.get(BASE)
    for _round in range(2):
        for _one in range(3):
            made(sophie.actor, "https://automate.hopital.fr/", machine=account().key)
        with django_assert_num_queries(9):
            sophie.get(BASE)
