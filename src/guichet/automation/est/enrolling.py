"""A request made by EST becomes an order, once; the same request again is the same order."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from guichet.automation.est.clients import CHANNEL, EstClient
from guichet.automation.models import EstEnrolment
from guichet.domain.certificates import csr_policy
from guichet.domain.est import labels, naming
from guichet.domain.est.labels import Label
from guichet.domain.machines import Verb
from guichet.domain.orders import request as requests
from guichet.domain.orders.states import OrderState
from guichet.domain.refusals import Code, Refusal
from guichet.identities import machines
from guichet.identities.operations import machines as accounts
from guichet.orders import operations, presented, queries
from guichet.orders.operations import issuing
from guichet.orders.operations.renewing import RenewalAsked, pending_of
from guichet.orders.summaries import OrderSummary, ProductSummary, Via
from guichet.x509 import identity
from guichet.x509.csr import Csr
from guichet.x509.identity import Identity

ENROL: Final = "simpleenroll"
RENEW: Final = "simplereenroll"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came: function (ENROL or RENEW), label (empty without one), CSR."""

    function: str
    label: str
    sent: bytes

    def digest_of(self, csr: Csr) -> str:
        """What tells two requests apart, however their CSR was wrapped."""
        head = f"{self.function}\n{self.label.lower()}\n".encode()
        return hashlib.sha256(head + csr.der).hexdigest()


@dataclass(frozen=True, slots=True)
class _New:
    """A request that was not made before, read."""

    asked: Asked
    csr: Csr
    told: Identity
    client: EstClient
    via: Via
    at: datetime


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The order of a request, and the public key that its certificate must carry."""

    number: int
    spki_sha256: str


def enrol(*, asked: Asked, client: EstClient, at: datetime) -> Enrolled:
    """Place the order of a request, unless it was already.

    A secret of one use is spent with the order that it opens. Raises Refusal: VERB_MISSING,
    CREDENTIAL_WRONG (a secret spent on another request), CLIENT_CERTIFICATE_UNBOUND, EST_*, and
    what orders.operations.place and renew raise. A private key sent is burnt.
    """
    client.require(Verb.ORDER if asked.function == ENROL else Verb.RENEW, Verb.WITHDRAW)
    with operations.telling_of_keys(sent=asked.sent, by=client.actor, at=at):
        csr = csr_policy.read(asked.sent)
        told = naming.read(csr.der)
    digest = asked.digest_of(csr)
    number = _earlier(client, digest)
    if number is None:
        facts = machines.machine(client.account)
        via = Via(channel=CHANNEL, language=facts.language, idempotency_key=f"est:{digest}")
        number = _placed_once(_New(asked, csr, told, client, via, at), digest)
    return Enrolled(number, csr.key.spki_sha256)


def _placed_once(new: _New, digest: str) -> int:
    """As `_placed`; of two requests made with one secret at once, the second follows the first."""
    try:
        return _placed(new, digest)
    except Refusal as refusal:
        earlier = _earlier(new.client, digest) if refusal.code is Code.CREDENTIAL_WRONG else None
        if earlier is None:
            raise
        return earlier


def _earlier(client: EstClient, digest: str) -> int | None:
    """The order of the same request, asked by whoever asked it."""
    row = EstEnrolment.objects.filter(account=client.account, digest=digest).first()
    if row is None and not client.is_spent:
        return None
    if row is None or (client.is_spent and row.credential != client.secret):
        raise Refusal(Code.CREDENTIAL_WRONG)
    return row.order_number


@transaction.atomic
def _placed(new: _New, digest: str) -> int:
    client = new.client
    if client.secret is not None:
        accounts.spend(credential=client.secret, by=client.actor, at=new.at)
    place: Callable[[_New], OrderSummary] = _first if new.asked.function == ENROL else _next
    order = place(new)
    EstEnrolment.objects.get_or_create(
        account=client.account,
        digest=digest,
        defaults={
            "credential": client.secret,
            "order_number": order.number,
            "created_at": new.at,
        },
    )
    return order.number


def _first(new: _New) -> OrderSummary:
    if new.client.product is not None:
        raise Refusal(Code.CLIENT_CERTIFICATE_UNBOUND)
    facts = machines.machine(new.client.account)
    label = _label(new)
    asked = requests.parse(
        offer=str(label.profile.offer),
        usage=str(label.profile.usage),
        structure_id=facts.scope.structure_id,
        actor_email=facts.contact_email,
        **naming.fields(label, new.told, facts.scope.services),
    )
    return operations.place(
        asked=asked, csr=new.csr.der, by=new.client.actor, via=new.via, at=new.at
    )


def _next(new: _New) -> OrderSummary:
    """The renewal of what the request names, or another key for one that nobody withdrew."""
    asked = RenewalAsked(product_number=_renewed(new).number, csr=new.csr.der)
    by = new.client.actor
    try:
        return operations.renew(asked=asked, by=by, via=new.via, at=new.at)
    except Refusal as refusal:
        number = pending_of(refusal)
        if number is None or not _is_ours_to_rekey(number, new):
            raise
    return operations.rekey(number=number, csr=new.csr.der, key_origin="csr", by=by, at=new.at)


def _is_ours_to_rekey(number: int, new: _New) -> bool:
    """Whether a renewal was asked by EST and never fetched: its key may be lost.

    Raises Refusal(SIGNING_BUSY) while its first key is being certified.
    """
    issuing.settle_if_signed(number, new.at)
    pending = queries.order(number, new.client.actor, new.at)
    if pending.channel != CHANNEL:
        return False
    if pending.state is OrderState.ISSUING:
        raise Refusal(Code.SIGNING_BUSY)
    return pending.state is not OrderState.WITHDRAWN


def _renewed(new: _New) -> ProductSummary:
    """The product that a request renews: what was presented, or else what bears the same names.

    Raises Refusal: EST_SUBJECT_DIFFERS, EST_NOTHING_TO_RENEW, EST_LABEL_*.
    """
    der, own = new.client.certificate, new.client.product
    if der is not None:
        product = _shown(der, new)
        theirs = identity.of_certificate(der)
        if product is not None and (own or new.told.has_subject_of(theirs)):
            naming.require_same(new.told, theirs)
            return product
    if own:
        raise Refusal(Code.EST_NOTHING_TO_RENEW)
    profile = _label(new).profile.code
    for product, other in presented.products_named(new.told, profile, new.client.actor, new.at):
        theirs = identity.of_certificate(other)
        if new.told.has_subject_of(theirs):
            naming.require_same(new.told, theirs)
            return product
    raise Refusal(Code.EST_NOTHING_TO_RENEW)


def _shown(der: bytes, new: _New) -> ProductSummary | None:
    """The product that was presented, when it is of the label and within reach."""
    found = presented.product_of(der)
    if found is None:
        return None
    try:
        product = queries.product(found.number, new.client.actor, new.at)
    except Refusal:
        return None
    label = new.asked.label
    is_meant = not label or labels.parse(label).profile.code == product.order.profile
    return product if is_meant else None


def _label(new: _New) -> Label:
    if new.asked.label:
        return labels.parse(new.asked.label)
    scope = new.client.actor.machine
    return labels.only_of(scope.profiles if scope else frozenset())
