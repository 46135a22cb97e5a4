"""One of everything at the counter, and who looks at it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from apps.associations.conftest import asked as service_asked
from apps.automation import machine_callers
from apps.automation.webhooks import hooks
from apps.backoffice.conftest import STAFF
from apps.habilitations import dossiers, instruction_kit
from apps.habilitations.rights_kit import EDITOR, EDITOR_SIRET, structure
from apps.orders.counter import HOSPITAL, Person, Sign, withdrawn
from apps.orders.incidents import Operators
from guichet.associations import operations as associations
from guichet.domain.catalogue.offers import Offer
from guichet.domain.identifiers import Siret
from guichet.domain.orders.criteria import Criteria
from guichet.habilitations import operations as habilitations
from guichet.habilitations.operations import delegating
from guichet.habilitations.operations.delegating import DelegationAsked
from guichet.orders.models import SavedView

Enter = Callable[..., Person]
EDITORS = "899700102041"


def made(sophie: Person, enter: Enter, sign: Sign) -> dict[str, Client]:
    """Who looks, by name: who orders, who represents, an editor, each of the staff, a visitor."""
    people = {"sophie": sophie, **represented(enter)}
    people |= {role: enter(*STAFF[role], role) for role in STAFF}
    ordered(sophie, sign)
    token = declared(sophie)
    delegated(people["jean"])
    instructed(sophie, people["instructor"])
    handled(people["operator"], people["supervisor"])
    found = {name: who.browser for name, who in people.items()}
    machine = Client(headers={"Authorization": f"Bearer {token}"})
    return {**found, "machine": machine, "visitor": Client()}


def represented(enter: Enter) -> dict[str, Person]:
    """The representatives of the hospital and of an editor."""
    structure(EDITOR, "EDITEUR DE LOGICIEL", EDITOR_SIRET)
    found = {
        "jean": enter("0102030405", "JEAN DUPONT", "899700102033", "representative"),
        "eve": enter("0102030499", "EVE EDITRICE", EDITORS, "representative"),
    }
    for name, national_id in (("jean", HOSPITAL), ("eve", EDITOR)):
        account = found[name].account.pk
        habilitations.appoint_representative(
            account_id=account, structure_id=national_id, by="test", at=timezone.now()
        )
    return found


def ordered(sophie: Person, sign: Sign) -> None:
    """A product with a tag, an order to withdraw, one that waits, a draft, a view."""
    product = withdrawn(sophie, sign)
    sophie.orders()
    sign()
    sophie.orders()
    sophie.to_step_4()
    sophie.post(
        "/produits/suivre/parc/", {"produit": str(product), "acte": "tag", "tag": "urgences"}
    )
    SavedView.objects.create(account_id=sophie.account.pk, name="Signature", query="usage=SIGN")


def declared(sophie: Person) -> str:
    """A machine, a hook with a delivery to make, a service of Pro Santé Connect: its token."""
    issued = machine_callers.token_of(machine_callers.account())
    hooks.made(sophie.actor, "https://hopital.fr/guichet")
    associations.declare(asked=service_asked(), by=sophie.actor, at=timezone.now())
    return issued.secret


def delegated(jean: Person) -> None:
    """What the hospital gives to an editor."""
    today = timezone.localdate()
    asked = DelegationAsked(
        editor_siret=Siret(EDITOR_SIRET),
        offers=frozenset({Offer.ORG}),
        domains=(),
        starts_on=today,
        ends_on=today + timedelta(days=30),
    )
    delegating.give(national_id=HOSPITAL, asked=asked, by=jean.actor, at=timezone.now())


def instructed(sophie: Person, instructor: Person) -> None:
    """A draft, a dossier that waits and one in hand, with a correction asked."""
    dossiers.begin_draft(sophie.actor)
    dossiers.deposited(sophie.actor)
    number = dossiers.deposited(sophie.actor)
    instruction_kit.take(number, instructor.actor)
    instruction_kit.ask(number, instructor.actor)


def handled(operator: Person, supervisor: Person) -> None:
    """An incident whose certificates are found, and an announcement to come."""
    Operators(operator, supervisor).searched(Criteria(offer="ORG"))
