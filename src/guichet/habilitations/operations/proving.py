"""Proving a domain by a TXT record: asked, checked, checked again each month."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from guichet.domain.addresses import Fqdn
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import rights_mails, stewardship
from guichet.habilitations.dns import DnsUnavailable, TxtResolver, record_name
from guichet.habilitations.models import DomainProof, Structure
from guichet.habilitations.policy import policy
from guichet.habilitations.queries import people
from guichet.habilitations.rights_mails import Occasion
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event

FOUND, MISSING, UNAVAILABLE = "found", "missing", "unavailable"
ROUND_AT_MOST: Final = 50
PROOFS_AT_MOST: Final = 200


@transaction.atomic
def challenge(*, national_id: str, domain: str, by: Actor, at: datetime) -> int:
    """Give the token that a structure publishes to prove a domain; the same one each time.

    Returns the proof's number. Raises Refusal: DOMAIN_NAME_*, STRUCTURE_UNKNOWN, ROLE_MISSING,
    TOO_MANY_TRIES.
    """
    structure = stewardship.act(national_id, by).structure
    name = Fqdn.parse(domain.strip().removeprefix("@")).value
    known = DomainProof.objects.filter(structure=structure)
    asked = known.filter(domain=name).first()
    if asked is None and known.count() >= PROOFS_AT_MOST:
        raise Refusal(Code.TOO_MANY_TRIES)
    return asked.pk if asked else _create(structure, name, by, at)


def check(*, pk: int, national_id: str, resolver: TxtResolver, by: Actor, at: datetime) -> bool:
    """Look for the record now; True when the domain is proved.

    The network is asked outside any transaction. A proof once given is not lost here.
    Raises Refusal: DOMAIN_UNKNOWN, DNS_UNAVAILABLE, STRUCTURE_UNKNOWN, ROLE_MISSING.
    """
    structure = stewardship.act(national_id, by).structure
    row = DomainProof.objects.filter(pk=pk, structure=structure).first()
    if row is None:
        raise Refusal(Code.DOMAIN_UNKNOWN)
    answer = _ask(row, resolver)
    if answer == UNAVAILABLE:
        _keep_answer(row.pk, answer, at)
        raise Refusal(Code.DNS_UNAVAILABLE, domain=row.domain)
    if answer == MISSING:
        _keep_answer(row.pk, answer, at)
        return False
    _prove(row.pk, by.ref, at)
    return True


def check_again(resolver: TxtResolver, at: datetime) -> int:
    """Check proofs that are a month old; one whose record is gone is lost after some days.

    Returns how many were checked. A resolver that does not answer proves nothing.
    """
    rules = policy()
    is_old = Q(checked_at__lte=at - rules.domain_check_every)
    is_doubtful = Q(last_answer=MISSING, checked_at__lte=at - rules.domain_grace)
    is_unanswered = Q(last_answer=UNAVAILABLE, checked_at__lte=at - timedelta(days=1))
    rows = DomainProof.objects.filter(is_old | is_doubtful | is_unanswered, proved_at__isnull=False)
    due = list(rows.order_by("checked_at", "pk")[:ROUND_AT_MOST])
    for row in due:
        _check_again(row, resolver, at)
    return len(due)


def _create(structure: Structure, domain: str, by: Actor, at: datetime) -> int:
    row, is_new = DomainProof.objects.get_or_create(
        structure=structure,
        domain=domain,
        defaults={
            "token": secrets.token_urlsafe(32),
            "asked_by": by.label[:120],
            "asked_at": at,
        },
    )
    if is_new:
        _note(Event.DOMAIN_PROOF_ASKED, row, by.ref, at)
    return row.pk


def _ask(row: DomainProof, resolver: TxtResolver) -> str:
    try:
        records = resolver.txt(record_name(row.domain))
    except DnsUnavailable:
        return UNAVAILABLE
    published = (record.strip().encode() for record in records)
    token = row.token.encode()
    return FOUND if any(secrets.compare_digest(token, found) for found in published) else MISSING


def _check_again(row: DomainProof, resolver: TxtResolver, at: datetime) -> None:
    answer = _ask(row, resolver)
    if answer == FOUND:
        _prove(row.pk, "clerk", at)
    elif answer == MISSING and row.last_answer == MISSING:
        _lose(row.pk, at)
    else:
        _keep_answer(row.pk, answer, at)
        if answer == MISSING:
            _tell("domain-missing", row, at)


@transaction.atomic
def _keep_answer(pk: int, answer: str, at: datetime) -> None:
    DomainProof.objects.filter(pk=pk).update(last_answer=answer, checked_at=at)


@transaction.atomic
def _prove(pk: int, by: str, at: datetime) -> None:
    row = DomainProof.objects.select_for_update(of=("self",)).select_related("structure").get(pk=pk)
    is_new = row.proved_at is None
    row.proved_at, row.checked_at, row.last_answer = row.proved_at or at, at, FOUND
    row.save(update_fields=["proved_at", "checked_at", "last_answer"])
    if is_new:
        _note(Event.DOMAIN_PROVED, row, by, at)


@transaction.atomic
def _lose(pk: int, at: datetime) -> None:
    row = DomainProof.objects.select_for_update(of=("self",)).select_related("structure").get(pk=pk)
    row.proved_at, row.checked_at, row.last_answer = None, at, MISSING
    row.save(update_fields=["proved_at", "checked_at", "last_answer"])
    _note(Event.DOMAIN_PROOF_LOST, row, "clerk", at)
    _tell("domain-lost", row, at)


@transaction.atomic
def _tell(template: str, row: DomainProof, at: datetime) -> None:
    occasion = Occasion(
        template=template,
        structure=row.structure,
        key=f"{row.pk}:{at.date().isoformat()}",
        at=at,
        context={
            "domain": row.domain,
            "record": record_name(row.domain),
            "token": row.token,
            "lost_after": at + policy().domain_grace,
        },
    )
    rights_mails.tell(people.representatives_of(row.structure), occasion)


def _note(event: Event, row: DomainProof, by: str, at: datetime) -> None:
    subject = rights_mails.about(row.structure.national_id)
    facts: dict[str, str | int | None] = {"domain": row.domain, "proof": row.pk}
    journal.record(event, subject=subject, actor=by, at=at, facts=facts)
