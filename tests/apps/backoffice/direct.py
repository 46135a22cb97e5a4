"""What pages send by their scripts, and doors that no page of the town leads to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from apps.backoffice.programs import step
from apps.backoffice.scenery import ANNOUNCED, INCIDENT, REVIEW, Scene, first_of
from apps.backoffice.steps import Step
from apps.orders.counter import HOSPITAL, csr_pem
from guichet.associations.models import Attachment
from guichet.authority import queue, queue_acts
from guichet.habilitations.models import Dossier
from guichet.identities.models.accounts import MachineAccount
from guichet.orders.models import OrderGroup, Product
from guichet.samples.models import Sample

WAYS = ("ecps", "franceconnect", "proconnect")
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
    yield "", "/connexion/carte/retour?code=x", None
    for way in WAYS:
        yield "", f"/connexion/{way}/", None
        yield "", f"/connexion/{way}/retour?state=x&code=x", None
    for way in WAYS[1:]:
        yield "", f"/connexion/{way}/rattacher/", None
        yield "", f"/connexion/{way}/rattacher/", {}
    yield "julien", "/connexion/compte/carte/", None
    yield "julien", "/connexion/compte/carte/", {}
    announced = first_of(scene.town, ANNOUNCED)
    yield "", f"/annonces/{announced}/fermer/", {"next": "/"}
    yield "", "/habilitations/reprises/x/", None
    yield "", "/habilitations/reprises/x/", {"accept": "1"}
    yield "", "/habilitations/renouvellements/x/", None
    yield "", "/habilitations/renouvellements/x/", {"reponse": "oui"}


def _of_holders() -> Iterator[Sent]:
    product = Product.objects.filter(revoked_at=None).latest("number").number
    filed = Dossier.objects.filter(state="filed").earliest("number").number
    machine = MachineAccount.objects.filter(name="Serveurs web").earliest("pk").key
    attached = Attachment.objects.earliest("pk").product
    sample = Sample.objects.latest("pk").public_id
    key = OrderGroup.objects.order_by("pk")[1].key
    yield "sophie", f"/automates/{machine}/acces/certificat/", {"product": str(attached)}
    yield "sophie", f"/essais/{sample}.zip", None
    yield "jean", f"/habilitations/structures/{HOSPITAL}/domaines/", {"domain": "sante.hopital.fr"}
    yield "sophie", "/habilitations/renouvellement/", {"structure": HOSPITAL}
    yield "sophie", f"/produits/demander/groupe/{key}/csr/1/", {"csr": csr_pem()}
    yield "sophie", "/produits/suivre/parc/vues/", {"name": "Autre", "query": "usage=SIGN"}
    yield "sophie", f"/produits/suivre/parc/{product}/preuve/", {"challenge": "x", "signature": "x"}
    yield "denise", f"/habilitations/dossiers/{filed}/abandonner/", {}
    yield "denise", f"/habilitations/etablissement/{filed}/", None
    yield "denise", f"/habilitations/etablissement/{filed}/", {}
    yield "denise", f"/habilitations/etablissement/{filed}/reponse/", {"accept": "1"}


def _of_staff(scene: Scene) -> Iterator[Sent]:
    person = scene.town.people["support"].account.public_id
    taken = Dossier.objects.filter(state="in-instruction").earliest("number").number
    waiting = Dossier.objects.filter(state="filed").latest("number").number
    batch = {"acte": "take", "numero": [str(waiting)]}
    yield "instructor", "/gestion/dossiers/lot/", batch
    aside = [str(row.request_id) for row in queue.all_set_aside()]
    for act in queue_acts.Asked:
        yield "operator", "/gestion/signatures/preparer/", {"acte": act.value, "demande": aside}
    incident = first_of(scene.town, INCIDENT)
    for page in ("renouvellement/", "relancer/"):
        yield "operator", f"{incident}{page}", {}
    yield "operator", "/gestion/acces/revues/commencer/", {}
    yield "operator", f"{first_of(scene.town, REVIEW)}terminer/", {}
    yield "supervisor", f"/gestion/acces/personnes/{person}/sessions/1/fermer/", {}
    yield "supervisor", f"/gestion/dossiers/{taken}/approbation/", None
    yield "supervisor", f"/gestion/dossiers/{taken}/approbation/", {"approve": "1"}
    yield "", "/courriers/00000000-0000-4000-8000-000000000000/0/", None
