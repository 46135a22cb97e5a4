"""What pages send by their scripts, and doors that no page of the town leads to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from apps.backoffice.programs import step
from apps.backoffice.scenery import ANNOUNCED, Scene, first_of
from apps.backoffice.steps import Step
from apps.orders.counter import HOSPITAL, csr_pem
from guichet.associations.models import Attachment
from guichet.authority import queue, queue_acts
from guichet.habilitations.models import Dossier
from guichet.identities.models.accounts import MachineAccount
from guichet.orders.models import OrderGroup
from guichet.samples.models import Sample

# Somebody, an address, and what is posted there; nothing: it is read.
Sent = tuple[str, str, dict[str, Any] | None]


def asked(scene: Scene) -> Iterator[Step]:
    """Each as a step that begins."""
    for who, address, data in (*_of_everybody(scene), *_of_holders(), *_of_staff(scene)):
        browser = scene.town.browsers[who]
        if data is None:
            ask = partial(browser.get, address, secure=True)
            yield step("portal", who, "GET", address, browser, ask)
        else:
            ask = partial(browser.post, address, data, secure=True)
            yield step("portal", who, "POST", address, browser, ask)
    yield _typed(scene)


def _typed(scene: Scene) -> Step:
    """A field of a dossier that is saved while it is typed."""
    draft = Dossier.objects.filter(state="draft").latest("number")
    browser = scene.town.browsers["denise"]
    address = f"/habilitations/dossiers/{draft.number}/enregistrer/"
    body = json.dumps({"changes": {"use.solution": "Un autre logiciel"}, "version": draft.version})
    ask = partial(browser.post, address, body, content_type="application/json", secure=True)
    return step("portal", "denise", "POST", address, browser, ask)


def _of_everybody(scene: Scene) -> Iterator[Sent]:
    for address in ("/healthz", "/readyz", "/metrics"):
        yield "", address, None
    announced = first_of(scene.town, ANNOUNCED)
    yield "", f"/annonces/{announced}/fermer/", {"next": "/"}


def _of_holders() -> Iterator[Sent]:
    machine = MachineAccount.objects.filter(name="Serveurs web").earliest("pk").key
    attached = Attachment.objects.earliest("pk").product
    sample = Sample.objects.latest("pk").public_id
    key = OrderGroup.objects.order_by("pk")[1].key
    yield "sophie", f"/automates/{machine}/acces/certificat/", {"product": str(attached)}
    yield "sophie", f"/essais/{sample}.zip", None
    yield "jean", f"/habilitations/structures/{HOSPITAL}/domaines/", {"domain": "sante.hopital.fr"}
    yield "sophie", f"/produits/demander/groupe/{key}/csr/1/", {"csr": csr_pem()}
    yield "sophie", "/produits/suivre/parc/vues/", {"name": "Autre", "query": "usage=SIGN"}


def _of_staff(scene: Scene) -> Iterator[Sent]:
    waiting = Dossier.objects.filter(state="filed").latest("number").number
    batch = {"acte": "take", "numero": [str(waiting)]}
    yield "instructor", "/gestion/dossiers/lot/", batch
    aside = [str(row.request_id) for row in queue.all_set_aside()]
    for act in queue_acts.Asked:
        yield "operator", "/gestion/signatures/preparer/", {"acte": act.value, "demande": aside}
