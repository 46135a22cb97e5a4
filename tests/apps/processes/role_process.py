"""People and processes at one order, each connected as the role it has; see signer_process."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from faults import order_process as orders
from faults import signer_process as base
from faults.signer_process import NOW
from guichet.associations import operations as associations
from guichet.associations import signing
from guichet.associations.operations import ServiceAsked
from guichet.associations.publishing import Bulletin
from guichet.authority import hierarchy
from guichet.authority.models import Certificate
from guichet.authority.operations import SigningAsked, request_signature
from guichet.automation.models import Webhook, WebhookAttempt
from guichet.automation.webhooks import operations as hooks
from guichet.automation.webhooks import sending
from guichet.automation.webhooks.operations import HookAsked
from guichet.database import grants
from guichet.domain.catalogue import authorities, profiles
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.catalogue.twins import Environment
from guichet.domain.certificates import naming
from guichet.domain.orders import request
from guichet.domain.orders.revocation import RevocationMotive
from guichet.domain.webhooks import CHOSEN
from guichet.habilitations import operations as habilitations
from guichet.journal.verify import verify
from guichet.keystore import encryption
from guichet.orders import operations
from guichet.orders.models import Order, Product
from guichet.processes import clerk, publisher
from guichet.processes.witnesses import witnesses
from guichet.validation import responder_keys
from guichet.validation.models import Alarm
from guichet.validation.publisher import publish_once
from guichet.validation.watch import Watch
from kit import pki

CLOSED = "http://127.0.0.1:9"
NEAR = ip_network("127.0.0.0/8")
SEEN = timedelta(seconds=30)


def prepare() -> None:
    """The owner makes the tables and gives the roles their rights, again and again."""
    call_command("migrate", verbosity=0)
    assert grants.apply(connection)
    facts = habilitations.StructureFacts(
        national_id=orders.STRUCTURE,
        legal_name="HOPITAL DES 3 DAMES",
        finess=orders.STRUCTURE[1:],
        department_name="Paris",
        department_number="75",
    )
    habilitations.register_structure(facts=facts, by="test", at=NOW)


def found() -> None:
    """The signer's user holds the ceremony: keys and authorities."""
    encryption.PARALLELIZATION = 1
    store = base.keystore()
    for spec in authorities.specs():
        store.generate(spec.code, "rsa-2048")
    hierarchy.create(store, pki_base=base.PKI_BASE, at=NOW)


def place() -> str:
    """The front opens a right and takes an order; the request's identifier."""
    right = habilitations.RightAsked(
        card_number=orders.SOPHIE.card_number or "",
        structure_id=orders.STRUCTURE,
        offer=Offer.ORG,
        usages=frozenset({Usage.AUTH_CLI}),
        starts_at=NOW,
    )
    habilitations.grant_right(asked=right, by="test", at=NOW)
    asked = request.parse(
        offer="ORG",
        usage="AUTH_CLI",
        structure_id=orders.STRUCTURE,
        service="Service",
        actor_email="sophie@hopital.test",
    )
    orders._place(asked)
    _hook()
    sessions = apps.get_model("sessions.Session").objects
    sessions.create(session_key="over", session_data="", expire_date=NOW)
    return str(Order.objects.get().signing_request)


def _hook() -> None:
    """The front makes a webhook, to where nobody listens."""
    settings.GUICHET = replace(settings.GUICHET, webhook_networks=(NEAR,))
    asked = HookAsked(
        structure_id=orders.STRUCTURE,
        machine=None,
        url=CLOSED,
        label="",
        topics=frozenset(CHOSEN),
        contact_email="si@hopital.test",
    )
    hooks.create(asked=asked, by=orders.SOPHIE, at=NOW)


def sign() -> int:
    """What is asked; the lists that are due."""
    return int(base.sign(0))


def rounds() -> list[str]:
    """Every step of the clerk, and a try of each webhook; those that failed."""
    settings.GUICHET = replace(settings.GUICHET, webhook_networks=(NEAR,))
    failed = []
    for step in clerk.STEPS:
        try:
            step(NOW)
        except Exception as error:
            failed.append(f"{step.__name__}: {error}")
    for hook in Webhook.objects.all():
        sending.serve(hook.pk, lambda: NOW)
    return failed if WebhookAttempt.objects.exists() else [*failed, "no webhook was tried"]


SERVICE = ServiceAsked(
    structure_id=orders.STRUCTURE,
    client_id="hopital-dpi",
    name="Dossier patient",
    environment=Environment.TEST,
    redirect_uris=(),
    post_logout_redirect_uris=(),
    contact_email="si@hopital.fr",
)


def use() -> str:
    """The front withdraws the product, then revokes it; its serial."""
    orders._withdraw(Order.objects.get().number, NOW)
    product = Product.objects.get()
    service = associations.declare(asked=SERVICE, by=orders.SOPHIE, at=NOW)
    associations.attach(key=service.key, product=product.number, by=orders.SOPHIE, at=NOW)
    operations.revoke(
        product_number=product.number,
        by=orders.SOPHIE,
        code=None,
        motive=RevocationMotive.THEFT,
        at=NOW,
    )
    return product.serial_hex


def publish() -> dict[str, int]:
    """The publisher asks for its keys, publishes, and watches points that do not answer."""
    settings.GUICHET = replace(settings.GUICHET, pki_url=CLOSED)
    publisher.beat("publisher")
    asked = responder_keys.maintain(NOW) + signing.maintain(NOW)
    published = publish_once(NOW)
    Bulletin(settings.GUICHET.published).publish(NOW)
    with Watch() as watch:
        for turn in range(4):
            watch.look()
            watch.make_a_round(NOW + turn * SEEN)
    return {"asked": asked, "published": published, "alarms": Alarm.objects.count()}


def ask() -> None:
    """The front asks for one more certificate."""
    subject = naming.named(pki.subject_for(profiles.profile("ORG/AUTH_CLI"))).subject
    asked = SigningAsked(
        profile="ORG/AUTH_CLI",
        subject=subject,
        sans=(),
        csr_der=pki.csr(pki.fresh_key("p-256")),
        reference="asked",
    )
    request_signature(asked=asked, at=timezone.now())


def attempt(statement: str) -> list[str]:
    """What became of a statement, as SQLSTATE and words; nothing of it stays."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            count = cursor.rowcount
            transaction.set_rollback(True)
    except DatabaseError as error:
        cause = error.__cause__
        assert isinstance(cause, psycopg.Error)
        return [cause.sqlstate or "", str(cause).splitlines()[0]]
    return ["", str(count)]


def report() -> dict[str, Any]:
    """For whoever may read everything."""
    return {
        "order": Order.objects.get().state,
        "issued": Certificate.objects.filter(request__reference__startswith="order:").count(),
        "waiting": Certificate.objects.filter(to_publish=True).count(),
        "faults": [fault.message for fault in verify(None, witnesses()).faults],
    }


VERBS = {
    "prepare": prepare,
    "found": found,
    "place": place,
    "sign": sign,
    "rounds": rounds,
    "use": use,
    "ask": ask,
    "publish": publish,
    "attempt": attempt,
    "report": report,
}
base.VERBS |= VERBS
base.WITHOUT_DATABASE |= VERBS.keys()  # nobody is killed, whom the next would have to wait for

if __name__ == "__main__":
    base.serve()
