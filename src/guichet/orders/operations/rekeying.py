"""Another key for the same order, when the first is lost before the certificate is withdrawn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from guichet.authority import operations as authority
from guichet.authority import queries as authority_queries
from guichet.domain.certificates import csr_policy, naming
from guichet.domain.certificates.csr_policy import KeyPast
from guichet.domain.orders import request as requests
from guichet.domain.orders.request import OrderRequest
from guichet.domain.orders.states import ORDERS, OrderAct, OrderState, may_rekey
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import queries as habilitations
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders import mails, numbers
from guichet.orders.listed_keys import naming_lists
from guichet.orders.models import Order, SupersededCertificate
from guichet.orders.operations.burning import telling_of_keys
from guichet.orders.operations.issuing import locked_order
from guichet.orders.operations.placing import covering_right, signing_of
from guichet.orders.queries import order_summary, visible_order
from guichet.orders.subjects import subject_of
from guichet.orders.summaries import KeyOrigin, OrderSummary
from guichet.x509.crl import Reason
from guichet.x509.csr import Csr

CHANGED: Final = (
    "state",
    "attempt",
    "spki_sha256",
    "key_origin",
    "signing_request",
    "certificate_id",
    "available_at",
    "withdraw_before",
    "ended_at",
    "failure",
)


@dataclass(frozen=True, slots=True)
class NewKey:
    """The request that takes the place of the order's, and who brings it."""

    csr: Csr
    origin: KeyOrigin
    by: Actor
    at: datetime


def rekey(
    *, number: int, csr: bytes, key_origin: KeyOrigin, by: Actor, at: datetime
) -> OrderSummary:
    """Give an order another key; its certificate, never withdrawn, is revoked and made again.

    The order keeps its number and the approval it was placed under; the delay to withdraw it
    starts again. The same request sent twice changes nothing. Raises Refusal: ORDER_UNKNOWN,
    MOVE_FORBIDDEN (see may_rekey), RIGHT_*, CSR_* and KEY_* (all objections).
    A private key is never stored: it is burnt.
    """
    with telling_of_keys(sent=csr, by=by, at=at):
        visible_order(number, by, at)
        new = NewKey(csr_policy.read(csr), key_origin, by, at)
    with transaction.atomic():
        row = locked_order(number)
        numbers.lock(numbers.ORDERS)  # as `place`: a key asked for twice at once is seen
        if not (row.attempt > 1 and row.spki_sha256 == new.csr.key.spki_sha256):
            _rekey(row, new)
        return order_summary(row)


def _rekey(row: Order, new: NewKey) -> None:
    state = OrderState(row.state)
    if not may_rekey(state, row.failure):
        raise Refusal(Code.MOVE_FORBIDDEN, state=state.value, act=OrderAct.REKEY.value)
    asked = _asked(row)
    right = covering_right(asked, new.by, new.at)
    named = naming.named(
        subject_of(asked, asked.profile, habilitations.structure(right.structure_id))
    )
    past = authority_queries.key_past(new.csr.key.spki_sha256)
    with naming_lists(new.csr.key.spki_sha256):
        admitted = csr_policy.admit(new.csr, asked.profile, past=past)
    superseded = _supersede(row, new.by, new.at)
    row.state = ORDERS.next(state, OrderAct.REKEY).value
    row.attempt += 1
    row.spki_sha256, row.key_origin = new.csr.key.spki_sha256, new.origin
    row.certificate_id = row.available_at = row.withdraw_before = row.ended_at = None
    row.failure = ""
    row.signing_request = authority.request_signature(
        asked=signing_of(row, named, admitted), at=new.at
    )
    row.save(update_fields=CHANGED)
    journal.record(
        Event.ORDER_REKEYED,
        subject=mails.about(row.number),
        actor=new.by.ref,
        at=new.at,
        facts={
            "attempt": row.attempt,
            "superseded": superseded,
            "right": right.id,
            "key": row.spki_sha256,
        },
    )
    mails.tell(row, "rekeyed", new.at, {"by": new.by.label})


def _asked(row: Order) -> OrderRequest:
    """What the order asks, as it was placed."""
    return requests.parse(
        offer=row.offer,
        usage=row.usage,
        structure_id=row.structure_id,
        service=row.service,
        fqdn=row.fqdn,
        mail=row.mail,
        actor_email=row.actor_email,
        informed_email=row.informed_email,
        **(row.person or {}),
    )


def _supersede(row: Order, by: Actor, at: datetime) -> int | None:
    """Revoke the certificate of the key that is given up; None when there is none."""
    if row.certificate_id is None:
        return None
    is_burnt = authority_queries.key_past(row.spki_sha256) is KeyPast.BURNT
    authority.revoke_batch(
        certificate_ids=[row.certificate_id],
        reason=Reason.KEY_COMPROMISE if is_burnt else Reason.SUPERSEDED,
        by=by.ref,
        at=at,
    )
    SupersededCertificate.objects.create(order=row, certificate_id=row.certificate_id, at=at)
    return row.certificate_id
