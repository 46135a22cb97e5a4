"""Where everybody of a town begins, and what else happened there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from django.utils import timezone

from apps.automation import machine_callers
from apps.automation.webhooks import hooks
from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as instruction
from apps.habilitations.rights_kit import END, know_card
from apps.identities.applicants import EMAIL, PASSWORD, Visitor, link_in, local_account, mails_to
from apps.orders.counter import HOSPITAL, csr_pem, withdrawn
from apps.orders.incidents import placed
from apps.walk.happenings import ACCESS, WHY, build
from apps.walk.town import Town, at, links_of
from guichet.authority import queue
from guichet.habilitations.registers import register
from guichet.identities import operations as identities
from guichet.identities.actors import Establishment
from guichet.identities.machines import MachineFacts
from guichet.identities.operations import ExternalPerson
from guichet.identities.operations.machines import Issued
from guichet.identities.sessions import ESTABLISHMENT
from guichet.orders import contacts
from guichet.orders.models import Contact, Order, OrderGroup, Product, SavedView
from guichet.samples import operations as samples
from kit import pki, published_log

# Where each begins: what is found there is theirs.
HOLDERS = (
    *("/", "/produits/", "/produits/suivre/", "/habilitations/", "/habilitations/structures/"),
    *("/habilitations/editeur/", "/automates/", "/associations/", "/connexion/compte/"),
)
STAFF = ("/", "/gestion/", "/gestion/dossiers/", "/gestion/acces/")
HUBS = {
    "": ("/", "/produits/", "/habilitations/", "/annonces/", "/courriers/", "/aide/"),
    **dict.fromkeys(("sophie", "jean", "eve", "denise"), HOLDERS),
    **dict.fromkeys(("operator", "instructor", "auditor", "supervisor"), STAFF),
    **dict.fromkeys(("ca-officer", "support"), STAFF[:2]),
    "julien": ("/connexion/compte/",),
}
PROFILES = ("SERV/SSL_SERV", "ORG/AUTH_CLI")
# Who sees the first of them on a page, and how its address looks.
INCIDENT = ("operator", "/gestion/incidents/", r"/gestion/incidents/\d+/")
ASKED = ("supervisor", f"{ACCESS}demandes/", rf"{ACCESS}demandes/\d+/")
EMERGENCY = ("supervisor", f"{ACCESS}urgences/", rf"{ACCESS}urgences/\d+/revoir/")
ANNOUNCED = ("operator", "/gestion/textes/annonces/", r"/gestion/textes/annonces/(\d+)/")
KEPT_KEY = ("kept in a browser", "p-256")
# A card that SOPHIE had before hers.
OLD_CARD = "2800143582"
SENT = "/connexion/oubli/envoye/", "/connexion/inscription/envoyee/"


@dataclass(frozen=True)
class Scene:
    """The town, and the machine account of the hospital with a token.

    `proposed` is a dossier whose decision waits for a second person, `kept` a product whose key
    is `KEPT_KEY`.
    """

    town: Town
    machine: MachineFacts
    token: Issued
    proposed: int
    kept: int

    def hubs(self, name: str) -> tuple[str, ...]:
        """What somebody opens first: pages of everybody's, and those that no link leads to."""
        return (*HUBS.get(name, ()), *self.town.seeds.get(name, ()))


@dataclass(frozen=True)
class Entered:
    """Somebody logged in without a card."""

    browser: Client
    account: Any


def furnish(town: Town) -> Scene:
    """Have something of everything happen."""
    build(town)
    sophie = town.people["sophie"]
    SavedView.objects.create(account_id=sophie.account.pk, name="Signature", query="usage=SIGN")
    hooks.made(sophie.actor, "https://hopital.fr/guichet")
    _holders(town)
    _applicants(town)
    _staff(town)
    _signer(town)
    _colleague(town)
    published_log.integrate(settings.GUICHET.state / "keys")
    machine = machine_callers.account(profiles=PROFILES, names=frozenset({"hopital.fr"}))
    kept = withdrawn(sophie, town.sign, csr_pem(pki.kept_key(*KEPT_KEY)))
    return Scene(town, machine, machine_callers.token_of(machine), _proposed(town), kept)


def first_of(town: Town, what: tuple[str, str, str]) -> str:
    """The address of the first of its kind."""
    return links_of(town, *what)[0]


def _holders(town: Town) -> None:
    """Pages that scripts, mails and buttons lead SOPHIE to."""
    town.sign()
    samples.collect(timezone.now())
    order = Order.objects.filter(state="available").earliest("number").number
    product = Product.objects.filter(revoked_at=None).latest("number").number
    group = f"/produits/demander/groupe/{OrderGroup.objects.latest('pk').key}/"
    town.from_here(
        "sophie",
        "/connexion/confirmer/",
        f"/automates/nouveau/?pour={HOSPITAL}",
        "/habilitations/renouvellement/",
        "/produits/cles/connues/",
        f"/produits/cles/etats/?demande={order}",
        *(f"{group}{page}" for page in ("etat/", "certificats.json")),
        f"/produits/retirer/{order}/nouvelle-cle/",
        f"/produits/revoquer/{product}/confirmer/?motif=theft",
        f"/produits/suivre/demandes/{order}/",
        *(f"/produits/suivre/parc/{product}/{page}" for page in ("preuve/", "preuve.json")),
        *links_of(town, "sophie", "/essais/", r"/essais/[\w-]{36}\.zip"),
    )
    link = town.people["sophie"].post("/produits/suivre/echeances/abonnements/", {"structure": ""})
    followed = r"/produits/calendriers/[^/\s\"]+/echeances\.ics"
    leaving = urlsplit(contacts.leaving_address(Contact.objects.earliest("pk"))).path
    town.from_here("", leaving, *links_of(town, "sophie", link["Location"], followed))


def _applicants(town: Town) -> None:
    """Somebody with every way in, links by e-mail, and a dossier ready to be deposited."""
    account = local_account()
    holder = town.people["nobody"].account.pk
    by, now = str(account), timezone.now()
    identities.attach_card(account_id=account.pk, card_account_id=holder, by=by, at=now)
    for provider in ("franceconnect", "proconnect"):
        identities.link_identity(
            account_id=account.pk, provider=provider, subject="julien", by=by, at=now
        )
    julien, elsewhere = Visitor(), Visitor()
    for browser in (julien, elsewhere):
        browser.logs_in()
    town.people["julien"] = Entered(julien.client, account)
    elsewhere.post("/connexion/oubli/", email=EMAIL)
    town.from_here("", link_in(mails_to(EMAIL)[0]), *SENT, "/connexion/inscription/renvoi/")
    julien.post(
        "/connexion/compte/adresse/", email="autre@laboratoire.test", current_password=PASSWORD
    )
    town.from_here("", link_in(mails_to("autre@laboratoire.test")[0]))
    stranger = Visitor()
    stranger.signs_up(email="neuf@clinique.test")
    town.from_here("", link_in(mails_to("neuf@clinique.test")[0]))
    town.from_here("", "/style/", "/connexion/carte/", "/conditions/terms/", "/etat.json")
    ready = dossiers.complete_draft(town.people["denise"].actor)
    pages = (
        "formulaire/",
        "enregistrer/",
        f"siret/{dossiers.HOSPITAL}/",
        "demande/",
        "dossier.pdf",
    )
    town.from_here("denise", *(at(ready, page) for page in pages))


def _proposed(town: Town) -> int:
    """A decision on a domain that is new, which a second person must approve."""
    instructor = town.people["instructor"]
    number = dossiers.deposited(town.people["denise"].actor, instruction.NEW_DOMAIN)
    instruction.take(number, instructor.actor)
    assert instruction.decide(number, instructor.actor) is False
    return number


def _colleague(town: Town) -> None:
    """PAUL, whom ProConnect says to work where the dossiers of DENISE are from."""
    paul, at = town.people["paul"], timezone.now()
    who, facts = paul.actor, {"provider": "proconnect", "subject": "paul"}
    told = ExternalPerson(
        **facts,
        given_names=who.given_names,
        surname=who.surname,
        email=who.email,
        siret=dossiers.AGENCY,
    )
    identities.link_identity(account_id=who.account_id, **facts, by=who.ref, at=at)
    identities.prove_establishment(account_id=who.account_id, person=told, at=at)
    session = paul.browser.session
    session[ESTABLISHMENT] = [dossiers.AGENCY, at.isoformat()]
    session.save()
    proved = Establishment(dossiers.AGENCY, at)
    town.people["paul"] = replace(paul, actor=replace(who, establishment=proved))


def _signer(town: Town) -> None:
    """A request that could not be signed."""
    request = Order.objects.get(number=placed(town.people["sophie"])).signing_request
    at = timezone.now()
    queue.take(by="signer", limit=1, at=at)
    queue.set_aside(request, "lint: pkix.bad", by="signer", at=at)


def _staff(town: Town) -> None:
    """What needs two people, and pages that no link leads to in the state where things are."""
    mail = "/gestion/textes/courriers/orders/taken/en/"
    text = "Subject: Request {{ order.number }}\n\nReceived: {{ order.usage }}.\n"
    written = town.send("operator", f"{mail}ecrire/", acte="garder", text=text, note="Short")
    town.send("supervisor", f"{written}en-vigueur/")
    town.send("operator", f"{ACCESS}urgences/finir/")
    town.send("operator", f"{ACCESS}urgences/ouvrir/", role="support", why=WHY)
    support = town.people["support"].account.public_id
    town.from_here(
        "operator",
        f"{mail}origine/",
        f"/gestion/incidents/nouveau/?structure_id={HOSPITAL}",
        *(f"{first_of(town, INCIDENT)}{page}" for page in ("etat/", "renouvellement/")),
        "/gestion/profils/org_auth_cli/simuler/",
        f"{ACCESS}personnes/{support}/donner/",
    )
    town.from_here(
        "supervisor",
        first_of(town, ASKED),
        first_of(town, EMERGENCY),
        "/gestion/textes/conditions/terms/2027-02/",
    )
    structure = f"/habilitations/structures/{HOSPITAL}/"
    town.from_here("instructor", "/gestion/dossiers/notifications/", f"{structure}depart/")
    know_card(register(), "2800999992", "AUTRE", "PIA", "899700999992", END)
