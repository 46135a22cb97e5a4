"""People and clerks at one order, each a process of its own; see signer_process."""

import os
import signal
from datetime import timedelta
from typing import Any

from faults import signer_process as base
from faults.signer_process import NOW
from guichet.authority.models import Certificate
from guichet.authority.witnesses import witnesses as of_authority
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.orders import request
from guichet.domain.refusals import Refusal
from guichet.habilitations import operations as habilitations
from guichet.identities.actors import Actor
from guichet.journal.verify import verify
from guichet.orders import operations
from guichet.orders.models import Order, Product
from guichet.orders.summaries import Via
from guichet.orders.witnesses import witnesses
from kit import pki

STRUCTURE = "10B0135356"
SOPHIE = Actor(
    ref="card:2800143590",
    label="DIRECTRICE / SOPHIE",
    card_number="2800143590",
    account_id=1,
    roles=frozenset({"administrator"}),
    email="sophie@hopital.test",
    authenticated_by="card",
)


def prepare() -> None:
    """One order, ready to be withdrawn."""
    base.prepare(0)
    facts = habilitations.StructureFacts(
        national_id=STRUCTURE,
        legal_name="HOPITAL DES 3 DAMES",
        finess=STRUCTURE[1:],
        department_name="Paris",
        department_number="75",
    )
    habilitations.register_structure(facts=facts, by="test", at=NOW)
    right = habilitations.RightAsked(
        card_number=SOPHIE.card_number or "",
        structure_id=STRUCTURE,
        offer=Offer.ORG,
        usages=frozenset({Usage.AUTH_CLI}),
        starts_at=NOW,
    )
    habilitations.grant_right(asked=right, by="test", at=NOW)
    asked = request.parse(
        offer="ORG",
        usage="AUTH_CLI",
        structure_id=STRUCTURE,
        service="Service",
        actor_email="sophie@hopital.test",
    )
    csr = pki.csr(pki.fresh_key("p-256"))
    operations.place(asked=asked, csr=csr, by=SOPHIE, via=Via(channel="api"), at=NOW)
    base.sign(0)
    operations.collect_issued(NOW)


def rekey(seconds: int, stage: str = "") -> str:
    """Another key for the order; killed within the transaction when a stage says so."""
    if stage:
        base.inside(stage, lambda: os.kill(os.getpid(), signal.SIGKILL))
    return _told(
        lambda: operations.rekey(
            number=_number(),
            csr=pki.csr(pki.fresh_key("p-256")),
            key_origin="csr",
            by=SOPHIE,
            at=NOW + timedelta(seconds=seconds),
        )
    )


def withdraw(seconds: int) -> str:
    return _told(
        lambda: operations.withdraw(
            number=_number(),
            by=SOPHIE,
            code="agrafe-correcte-2026",
            terms_accepted=True,
            at=NOW + timedelta(seconds=seconds),
        )
    )


def collect(seconds: int) -> int:
    return operations.collect_issued(NOW + timedelta(seconds=seconds))


def _number() -> int:
    return Order.objects.get().number


def _told(act: Any) -> str:
    try:
        act()
    except Refusal as refusal:
        return refusal.code.value
    return "done"


def report() -> dict[str, Any]:
    """The order, its certificates from the first, and what the journal misses."""
    row = Order.objects.get()
    issued = Certificate.objects.filter(request__reference__startswith="order:").order_by("pk")
    product = Product.objects.first()
    faults = verify(None, [*of_authority(), *witnesses()]).faults
    return {
        "state": row.state,
        "attempt": row.attempt,
        "certificates": [found.state for found in issued],
        "of_order": [found.pk for found in issued].index(row.certificate_id or 0)
        if row.certificate_id
        else None,
        "of_product": product and product.certificate_id == row.certificate_id,
        "faults": [fault.message for fault in faults],
    }


base.VERBS |= {
    "prepare": prepare,
    "rekey": rekey,
    "withdraw": withdraw,
    "collect": collect,
    "report": report,
}

if __name__ == "__main__":
    base.serve()
