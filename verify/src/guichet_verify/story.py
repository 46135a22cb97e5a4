"""The story: what happened came in order, and each document speaks of the same thing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from guichet_verify import certificates
from guichet_verify.documents import KINDS, Tied
from guichet_verify.entries import Proved
from guichet_verify.findings import Code, Finding, Step, bad, good, note

BESIDE: Final = (("delegation", "habilitation", "order"), ("decision", "carrying", "order"))
"""A delegation may be older than the dossier, and what was carried over may be narrowed since."""
REVOKED: Final = frozenset({"certificate-revoked", "product-revoked"})


def check(tied: Mapping[str, Tied], entries: Sequence[Proved]) -> Iterator[Finding]:
    """Faults of order and of links; a revocation that the entries tell."""
    faults = [*_order(tied), *_links(tied, entries)]
    yield from faults
    if not faults:
        yield good(Step.STORY, Code.STORY_GOOD)
    for entry in entries:
        if entry.event in REVOKED:
            yield note(Step.STORY, Code.REVOKED, index=entry.index, at=entry.at)


def _order(tied: Mapping[str, Tied]) -> Iterator[Finding]:
    main = [name for name in KINDS if name not in {"delegation", "carrying"}]
    for names in (main, *BESIDE):
        told = [tied[name] for name in names if name in tied and tied[name].is_own]
        for earlier, later in pairwise(told):
            if earlier.entry.index >= later.entry.index:
                yield bad(Step.STORY, Code.STORY_ORDER, before=earlier.name, after=later.name)


def _links(tied: Mapping[str, Tied], entries: Sequence[Proved]) -> Iterator[Finding]:
    for link, holds in (*_before(tied), *_after(tied, entries)):
        if not holds:
            yield bad(Step.STORY, Code.STORY_LINK, link=link)


def _before(tied: Mapping[str, Tied]) -> Iterator[tuple[str, bool]]:
    dossier, decision = tied.get("dossier"), tied.get("decision")
    right, order = tied.get("habilitation"), tied.get("order")
    if dossier and decision:
        same = all(dossier.told(name) == decision.told(name) for name in ("dossier", "revision"))
        yield "dossier-decision", same
    if decision and right:
        yield "decision-habilitation", _stands_on(right, f"dossier:{decision.told('dossier')}")
    if right and order:
        yield "habilitation-order", _is_covered(right, order)
    yield from _behind(tied)


def _behind(tied: Mapping[str, Tied]) -> Iterator[tuple[str, bool]]:
    """What a habilitation that no dossier opened itself stands on besides."""
    right = tied.get("habilitation")
    delegation, carrying = tied.get("delegation"), tied.get("carrying")
    if right and delegation:
        yield "delegation-habilitation", _is_delegated(right, delegation)
    if right and carrying:
        yield "habilitation-carrying", _is_carried(right, carrying)


def _stands_on(right: Tied, dossier: str) -> bool:
    behind = right.content.get("dossiers")
    return right.told("origin") == dossier or (isinstance(behind, list) and dossier in behind)


def _is_delegated(right: Tied, delegation: Tied) -> bool:
    offers = delegation.content.get("offers")
    same = right.told("structure") == delegation.told("structure")
    named = right.told("origin") == f"delegation:{delegation.told('delegation')}"
    within = isinstance(offers, list) and right.told("offer") in offers
    return same and named and within and _is_in_time(delegation, right.told("starts_at"))


def _is_carried(right: Tied, carrying: Tied) -> bool:
    """Whether it is what was carried over, or less: a right may be narrowed since."""
    held, given = carrying.content.get("usages"), right.content.get("usages")
    same = all(right.told(name) == carrying.told(name) for name in ("structure", "offer"))
    named = right.told("origin") == f"renewal:{carrying.told('renewal')}"
    if not isinstance(held, list) or not isinstance(given, list):
        return False
    return same and named and all(usage in held for usage in given)


def _is_covered(right: Tied, order: Tied) -> bool:
    """Whether the order was placed under this habilitation, for what it allows, in its time."""
    offer, _, usage = order.told("profile").partition("/")
    same = all(right.told(name) == order.told(name) for name in ("right", "structure"))
    usages = right.content.get("usages")
    allowed = right.told("offer") == offer and isinstance(usages, list) and usage in usages
    named = order.entry.fact("habilitation") in {"", right.sha256}
    return same and allowed and named and _is_in_time(right, order.entry.at)


def _is_in_time(right: Tied, at: str) -> bool:
    try:
        placed = datetime.fromisoformat(at)
        begun = datetime.fromisoformat(right.told("starts_at"))
        ends = right.told("ends_at")
        return begun <= placed and (not ends or placed < datetime.fromisoformat(ends))
    except (ValueError, TypeError):
        return False


def _after(tied: Mapping[str, Tied], entries: Sequence[Proved]) -> Iterator[tuple[str, bool]]:
    order, intent = tied.get("order"), tied.get("intent")
    certificate, withdrawal = tied.get("certificate"), tied.get("withdrawal")
    if order and intent:
        yield "order-intent", _is_asked(order, intent, entries)
    if intent and certificate:
        yield "intent-certificate", intent.entry.subject == certificate.entry.subject
    if intent and certificate:
        yield "key-certificate", _has_key(intent, certificate, entries)
    if certificate and withdrawal:
        same = withdrawal.told("certificate_sha256") == certificate.sha256
        yield "certificate-withdrawal", same
    if order and withdrawal:
        same = order.entry.subject == withdrawal.entry.subject
        yield "order-withdrawal", same and order.told("order") == withdrawal.told("order")


def _is_asked(order: Tied, intent: Tied, entries: Sequence[Proved]) -> bool:
    """Whether what was signed is what the order asked: its reference, and its key or a new one."""
    reference, number = intent.entry.fact("reference"), f"order:{order.told('order')}"
    if reference != number and not reference.startswith(f"{number}:"):
        return False
    asked = _request(intent, entries)
    keys = [
        entry.fact("key")
        for entry in entries
        if entry.event in {"order-placed", "order-rekeyed"} and entry.subject == number
    ]
    return asked is not None and asked.fact("spki_sha256") in keys


def _has_key(intent: Tied, certificate: Tied, entries: Sequence[Proved]) -> bool:
    asked = _request(intent, entries)
    try:
        spki = certificates.spki_sha256(certificate.octets)
    except ValueError:
        return False
    return asked is not None and asked.fact("spki_sha256") == spki


def _request(intent: Tied, entries: Sequence[Proved]) -> Proved | None:
    """The entry that asked for the signature, before it was planned."""
    subject, index = intent.entry.subject, intent.entry.index
    found = [e for e in entries if e.event == "signing-requested" and e.subject == subject]
    return next((entry for entry in found if entry.index < index), None)
