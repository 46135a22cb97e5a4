"""People and clerks at one order, each a process of its own; see signer_process."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from django.db import OperationalError
from django.urls import get_resolver

from faults import signer_process as base
from faults import signer_troubles
from faults.signer_process import NOW
from faults.signer_troubles import Trouble
from guichet.authority.models import Certificate
from guichet.authority.witnesses import witnesses as of_authority
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.orders import request
from guichet.domain.orders.revocation import RevocationMotive
from guichet.domain.refusals import Refusal
from guichet.habilitations import operations as habilitations
from guichet.identities.actors import Actor
from guichet.journal.models import Entry
from guichet.journal.verify import verify
from guichet.notifications.models import OutboxMail
from guichet.orders import codes, operations
from guichet.orders.models import Order, Product, Reminder
from guichet.orders.operations import reminding
from guichet.orders.summaries import Via
from guichet.orders.witnesses import witnesses
from kit import pki

# Argon2id at its least cost, as in tests/conftest.py: how a code is kept is no matter here.
codes._hasher = cache(lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
STRUCTURE = "10B0135356"
TOLD_ONCE = ("order-available", "order-withdrawn", "product-revoked", "certificate-revoked")
SOPHIE = Actor(
    ref="card:2800143590",
    label="DIRECTRICE / SOPHIE",
    card_number="2800143590",
    account_id=1,
    roles=frozenset({"administrator"}),
    email="sophie@hopital.test",
    authenticated_by="card",
)


def prepare(products: int = 0) -> None:
    """One order, ready to be withdrawn; or so many products, of one service each."""
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
    _place(asked)
    for position in range(1, products):
        _place(replace(asked, service=f"Service {position}"))
    base.sign(0)
    operations.collect_issued(NOW)
    if products:
        for number in Order.objects.values_list("number", flat=True):
            _withdraw(number, NOW)


def _place(asked: request.OrderRequest) -> None:
    csr = pki.csr(pki.fresh_key("p-256"))
    operations.place(asked=asked, csr=csr, by=SOPHIE, via=Via(channel="api"), at=NOW)


def remind(stage: str = "", turn: int = 1) -> int:
    """A round of the clerk 20 days before products end; killed at a turn when a stage says so.

    "telling": within the transaction of that turn. "told": before that of the next one.
    """
    if stage:
        turns = iter(range(1, turn))

        def dying() -> None:
            if next(turns, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        if stage == "telling":
            base.inside("expiry-told", dying)
        else:
            _after_each(dying)
    at = Product.objects.order_by("not_after").values_list("not_after", flat=True)[0]
    return reminding.remind_expiring(at - timedelta(days=20))


def _after_each(act: Callable[[], None]) -> None:
    """Do something after each transaction of reminders."""
    real = reminding._tell

    def telling(pk: int, occasion: str, at: datetime) -> int:
        told = real(pk, occasion, at)
        act()
        return told

    reminding._tell = telling


def reminded() -> dict[str, Any]:
    """How often each product was told of, to whom by e-mail, and by the journal."""
    entries = Entry.objects.filter(event="expiry-told").order_by("subject")
    mails = OutboxMail.objects.filter(dedupe_key__contains=":reminder:")
    return {
        "reminders": Counter(str(row.order) for row in Reminder.objects.select_related("order")),
        "mails": Counter(mail.about for mail in mails),
        "entries": Counter(entries.values_list("subject", flat=True)),
        "faults": [fault.message for fault in verify(None, [*witnesses()]).faults],
    }


def rekey(seconds: int) -> str:
    """Another key for the order."""
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
    return _told(lambda: _withdraw(_number(), NOW + timedelta(seconds=seconds)))


def _withdraw(number: int, at: datetime) -> None:
    operations.withdraw(
        number=number, by=SOPHIE, code="agrafe-correcte-2026", terms_accepted=True, at=at
    )


def revoke(seconds: int) -> str:
    return _told(
        lambda: operations.revoke(
            product_number=Product.objects.get().number,
            by=SOPHIE,
            code=None,
            motive=RevocationMotive.CESSATION,
            at=NOW + timedelta(seconds=seconds),
        )
    )


def collect(seconds: int) -> int:
    return operations.collect_issued(NOW + timedelta(seconds=seconds))


def killed(verb: str, event: str, seconds: int) -> object:
    """An act whose process is killed within the transaction that tells of the event."""
    base.inside(event, lambda: os.kill(os.getpid(), signal.SIGKILL))
    return base.VERBS[verb](seconds)


def cut_off(verb: str, when: str, seconds: int) -> object:
    """An act whose database goes away before, or just after, the commit is done."""
    signer_troubles.lost_at_commit(Trouble(NOW), 1, when)
    try:
        return base.VERBS[verb](seconds)
    except OperationalError:
        return "lost"


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
    told = Entry.objects.filter(event__in=TOLD_ONCE).values_list("event", flat=True)
    return {
        "state": row.state,
        "told": sorted(told),
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
    "remind": remind,
    "reminded": reminded,
    "rekey": rekey,
    "withdraw": withdraw,
    "revoke": revoke,
    "killed": killed,
    "cut-off": cut_off,
    "collect": collect,
    "report": report,
}

if __name__ == "__main__":
    get_resolver()._populate()  # what e-mails lead to, found once
    base.serve()
