"""DEMANDER: an order is placed with its signing request, or not at all."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from guichet.authority import key_uses
from guichet.authority import operations as authority
from guichet.domain import evidence
from guichet.domain import habilitations as domain_rights
from guichet.domain.certificates import csr_policy, naming
from guichet.domain.certificates.csr_policy import AdmittedCsr
from guichet.domain.certificates.urgency import Priority
from guichet.domain.orders.request import OrderRequest
from guichet.domain.orders.states import ORDERS, OrderAct, OrderState
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import folded
from guichet.habilitations import queries as habilitations
from guichet.habilitations.evidence import digest_of_open
from guichet.habilitations.structures import StructureFacts
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders import mails, numbers, queries, renewals
from guichet.orders.evidence_texts import text_of_order
from guichet.orders.listed_keys import naming_lists
from guichet.orders.models import Order, OrderDraft
from guichet.orders.operations import contacts
from guichet.orders.operations.burning import telling_of_keys
from guichet.orders.queries import order_summary
from guichet.orders.subjects import beneficiary, subject_of
from guichet.orders.summaries import OrderSummary, Via
from guichet.x509.csr import Csr


def place(*, asked: OrderRequest, csr: bytes, by: Actor, via: Via, at: datetime) -> OrderSummary:
    """Place one order and ask for its signature.

    The same draft or idempotency key gives the same order again. Raises Refusal: RIGHT_*,
    STRUCTURE_UNKNOWN, CSR_* and KEY_* (all objections), NAME_*, IDEMPOTENCY_CONFLICT, RENEWAL_*.
    A private key is never stored: it is burnt.
    """
    with telling_of_keys(sent=csr, by=by, at=at):
        request = csr_policy.read(csr)
    with transaction.atomic():
        numbers.lock(numbers.ORDERS)  # one order at a time: repeats and reused keys are seen
        digest = _digest(asked, request.der)
        earlier = _earlier(by, via, digest)
        return order_summary(earlier or _place(asked, request, by, via, digest, at))


def _place(asked: OrderRequest, csr: Csr, by: Actor, via: Via, digest: str, at: datetime) -> Order:
    right = covering_right(asked, by, at)
    facts = habilitations.structure(right.structure_id)
    profile = asked.profile
    named = naming.named(subject_of(asked, profile, facts))
    renews = _renewed(asked, csr, via, at)
    use = key_uses.judge(csr.key.spki_sha256, renews=renews, at=at)
    with naming_lists(csr.key.spki_sha256):
        admitted = csr_policy.admit(csr, profile, past=use.past)
    number = numbers.take(numbers.ORDERS)
    row = _row(asked, facts, by, via)
    row.editor_name = right.editor
    row.number, row.right_key, row.request_digest, row.placed_at = number, right.id, digest, at
    row.spki_sha256 = csr.key.spki_sha256
    row.search_text = _search_text(row)
    priority = Priority.BULK if renewals.is_recalled(via.renewal_of) else via.priority
    signing = replace(signing_of(row, named, admitted), renews=renews, priority=priority)
    row.signing_request = authority.request_signature(asked=signing, at=at)
    row.save(force_insert=True)
    contacts.begin(row, via.contacts)
    if via.draft_id is not None:
        OrderDraft.objects.filter(key=via.draft_id, owner_ref=by.ref).update(
            number=number, updated_at=at
        )
    _journal(row, by, admitted, at)
    mails.tell(row, "taken", at)
    return row


def _renewed(asked: OrderRequest, csr: Csr, via: Via, at: datetime) -> int | None:
    """The certificate that lends the order its key, where it renews one and keeps its key."""
    if via.renewal_of is None:
        return None
    spki = csr.key.spki_sha256
    return renewals.admit(number=via.renewal_of, asked=asked, spki_sha256=spki, at=at)


def covering_right(asked: OrderRequest, by: Actor, at: datetime) -> domain_rights.Right:
    """The right an order would be placed under. Raises Refusal(RIGHT_*)."""
    rights = habilitations.rights_in_hand(by, at)
    return domain_rights.covering(rights, scope_of(asked), at)


def scope_of(asked: OrderRequest) -> domain_rights.Scope:
    """What an order asks of a right."""
    return domain_rights.Scope(
        structure_id=str(asked.structure_id),
        offer=asked.offer,
        usage=asked.usage,
        fqdn=asked.fqdn,
        mail=asked.mail,
        service=asked.service,
    )


def signing_of(row: Order, named: naming.Named, admitted: AdmittedCsr) -> authority.SigningAsked:
    """What the authority is asked for one key of an order."""
    return authority.SigningAsked(
        profile=admitted.profile.code,
        authority=admitted.profile.authority_for(admitted.csr.key.kind),
        subject=named.subject,
        sans=named.sans,
        csr_der=admitted.csr.der,
        reference=mails.reference(row),
    )


def _earlier(by: Actor, via: Via, digest: str) -> Order | None:
    """The order that this draft or idempotency key already gave."""
    if via.draft_id is not None:
        draft = queries.draft(via.draft_id, by)
        return Order.objects.get(number=draft.number) if draft.number else None
    if via.idempotency_key is None:
        return None
    row = Order.objects.filter(requester_ref=by.ref, idempotency_key=via.idempotency_key).first()
    if row is not None and row.request_digest != digest:
        raise Refusal(Code.IDEMPOTENCY_CONFLICT, number=row.number)
    return row


def _row(asked: OrderRequest, facts: StructureFacts, by: Actor, via: Via) -> Order:
    person = asked.person
    return Order(
        state=ORDERS.next(OrderState.SUBMITTED, OrderAct.SEND).value,
        channel=via.channel,
        language=via.language,
        offer=asked.offer.value,
        usage=asked.usage.value,
        structure_id=facts.national_id,
        structure_name=facts.legal_name,
        service=asked.service or "",
        fqdn=str(asked.fqdn or ""),
        mail=str(asked.mail or ""),
        person=person
        and {
            "national_id": str(person.national_id),
            "surname": person.surname,
            "given_names": person.given_names,
            "title": person.title or "",
        },
        beneficiary=beneficiary(asked),
        actor_email=str(asked.actor_email),
        informed_email=str(asked.informed_email or ""),
        requester_ref=by.ref,
        requester_label=by.label,
        renewal_of=via.renewal_of,
        key_origin=via.key_origin,
        idempotency_key=via.idempotency_key,
    )


def _search_text(row: Order) -> str:
    parts = (
        str(row.number),
        row.offer,
        row.usage,
        row.structure_id,
        row.structure_name,
        row.beneficiary,
        row.person["national_id"] if row.person else "",
        row.mail,
        row.actor_email,
        row.informed_email,
        row.requester_label,
    )
    return folded(" ".join(parts))[:1500]


def _digest(asked: OrderRequest, csr_der: bytes) -> str:
    """Two requests are the same when all they ask for is: form and CSR."""
    content = json.dumps([repr(asked), csr_der.hex()])
    return hashlib.sha256(content.encode()).hexdigest()


def _journal(row: Order, by: Actor, admitted: AdmittedCsr, at: datetime) -> None:
    habilitation = digest_of_open(row.right_key)
    facts: dict[str, str | int | None] = {
        "profile": admitted.profile.code,
        "structure": row.structure_id,
        "beneficiary": row.beneficiary,
        "channel": row.channel,
        "right": row.right_key,
        "key": admitted.csr.key.spki_sha256,
        evidence.HABILITATION_FACT: habilitation,
        evidence.FACT: evidence.digest(text_of_order(row, habilitation)),
    }
    if row.editor_name:
        facts["editor"] = row.editor_name
    if row.renewal_of is not None:
        facts["renews"] = f"product:{row.renewal_of}"
    journal.record(
        Event.ORDER_PLACED, subject=mails.about(row.number), actor=by.ref, at=at, facts=facts
    )
