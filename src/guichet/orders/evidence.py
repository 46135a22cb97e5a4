"""The evidence file of a product, in "guichet-evidence/1" or "/2": no more of people than needed.

What it opens of an entry depends on who reads: facts of things to whoever sees the product, those
that name somebody to that person and to auditors. What stays sealed is proved all the same.
"""

import base64
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from guichet.authority import queries as authority
from guichet.domain import evidence
from guichet.domain.duties import Duty
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations.evidence import Papers, papers_of
from guichet.identities.actors import Actor
from guichet.journal import log
from guichet.journal import queries as journal
from guichet.journal.events import Event
from guichet.journal.log import Included, LogProof
from guichet.journal.queries import JournalEntry
from guichet.orders import mails, queries
from guichet.orders.evidence_texts import text_of_order, text_of_withdrawal
from guichet.orders.models import Product
from guichet.orders.proof_words import FACTS
from guichet.orders.summaries import ProductSummary
from guichet.x509 import bundles, certificate

FORMAT: Final = "guichet-evidence/1"
FORMAT_BEHIND: Final = "guichet-evidence/2"
"""Of a file that shows what stands behind a habilitation that no dossier opened itself."""
BEHIND: Final = frozenset({"delegation", "carrying"})
OPEN_FACTS: Final = frozenset(FACTS) | {
    *(evidence.FACT, evidence.HABILITATION_FACT, "authority", "beneficiary", "csr", "decision"),
    *("editor", "key_use", "reference", "renews", "revision", "sha256", "siret", "spki_sha256"),
    *("terms", "terms_sha256", "policy", "policy_sha256"),
    *("delegation", "offers", "renewal", "successor"),
}
"""Facts that name nobody who is not in the certificate."""
OF_ORDER: Final = frozenset(
    {Event.ORDER_PLACED, Event.ORDER_REKEYED, Event.ORDER_AVAILABLE, Event.ORDER_WITHDRAWN}
)
OF_SIGNING: Final = frozenset(
    {Event.SIGNING_REQUESTED, Event.SIGNING_PLANNED, Event.CERTIFICATE_ISSUED}
)
OF_END: Final = frozenset({Event.CERTIFICATE_REVOKED, Event.PRODUCT_REVOKED})
OF_STRUCTURE: Final = frozenset({Event.DELEGATION_ACCEPTED, Event.RIGHT_CARRIED_OVER})
OF_DOSSIER: Final = frozenset(
    {Event.DOSSIER_DEPOSITED, Event.DOSSIER_CHANGED, Event.DOSSIER_ACCEPTED}
)
NEEDED: Final[Mapping[Event, str]] = {
    Event.ORDER_PLACED: "order",
    Event.SIGNING_PLANNED: "intent",
    Event.CERTIFICATE_ISSUED: "certificate",
    Event.ORDER_WITHDRAWN: "withdrawal",
}


@dataclass(frozen=True, slots=True)
class _Gathered:
    """The entries of a product's story, and the papers of the right it was ordered under."""

    entries: tuple[JournalEntry, ...]
    papers: Papers | None

    def told(self, event: Event) -> JournalEntry | None:
        """The last entry of this event."""
        return next((one for one in reversed(self.entries) if one.event == event.value), None)

    def fact(self, event: Event, name: str) -> str:
        """A fact of that entry as text; empty when it is not told."""
        entry = self.told(event)
        return str(entry.facts.get(name) or "") if entry else ""


def product_for(number: int, actor: Actor, at: datetime) -> ProductSummary:
    """A product that somebody sees, or any for whoever reads the journal.

    Raises Refusal(PRODUCT_UNKNOWN).
    """
    if actor.may(Duty.SEE_JOURNAL) and queries.fits(number):
        row = Product.objects.select_related("order").filter(number=number).first()
        if row is not None:
            return queries.product_summary(row, at)
    return queries.product(number, actor, at)


def evidence_of(product: ProductSummary, actor: Actor, at: datetime) -> dict[str, Any]:
    """The evidence file, as JSON holds it, opened for this reader.

    Raises Refusal: EVIDENCE_NOT_READY (the published log does not hold all of it yet),
    EVIDENCE_DAMAGED (it does not agree with the journal), EVIDENCE_TOO_OLD (made before entries
    carried the digests of documents).
    """
    row = Product.objects.select_related("order").get(number=product.number)
    found = _gathered(row)
    documents = _documents(row, found)
    proof = _proved([entry.seq for entry in found.entries])
    sees_all = actor.may(Duty.SEE_JOURNAL)
    return {
        "format": FORMAT_BEHIND if BEHIND & documents.keys() else FORMAT,
        "made_at": evidence.instant(at),
        "log": {
            "origin": proof.checkpoint.partition("\n")[0],
            "vkey": proof.vkey,
            "checkpoint": proof.checkpoint,
        },
        "entries": [_entry(one, actor, sees_all=sees_all) for one in proof.entries],
        "documents": documents,
    }


def _gathered(row: Product) -> _Gathered:
    order = row.order
    own = _about(
        {mails.about(order.number): OF_ORDER, f"signing:{order.signing_request}": OF_SIGNING}
    )
    ends = _about({f"certificate:{row.serial_hex}": OF_END, f"product:{row.number}": OF_END})
    structure = {f"structure:{order.structure_id}": {Event.RIGHT_GRANTED}}
    given = [one for one in _about(structure) if one.facts.get("right") == order.right_key]
    ends_at = str(given[-1].facts.get("ends_at") or "") if given else ""
    papers = papers_of(order.right_key, datetime.fromisoformat(ends_at) if ends_at else None)
    behind = list(_behind(papers, order.structure_id)) if papers else []
    entries = sorted((*own, *ends, *given, *behind), key=lambda one: one.seq)
    return _Gathered(tuple(entries), papers)


def _behind(papers: Papers, structure_id: str) -> Iterator[JournalEntry]:
    """The entries that carry the digests of what a right stands on, besides its own."""
    wanted = {evidence.digest(text) for text in papers.documents().values()}
    subjects = {f"structure:{structure_id}": OF_STRUCTURE}
    if papers.subject:
        subjects[papers.subject] = OF_DOSSIER
    for entry in _about(subjects):
        if entry.facts.get(evidence.FACT) in wanted:
            yield entry


def _about(wanted: Mapping[str, Collection[Event]]) -> list[JournalEntry]:
    found = [proof.entry for proof in journal.proofs_about(wanted.keys())]
    return [one for one in found if one.event in {e.value for e in wanted[one.subject]}]


def _documents(row: Product, found: _Gathered) -> dict[str, str]:
    """Every document that an entry names, by its digest. Raises Refusal(EVIDENCE_TOO_OLD)."""
    issued = authority.certificate(row.certificate_id)
    tbs = certificate.tbs(issued.der)
    habilitation = found.fact(Event.ORDER_PLACED, evidence.HABILITATION_FACT)
    order, withdrawal = text_of_order(row.order, habilitation), text_of_withdrawal(row, issued.der)
    octets: dict[str, str | bytes] = {
        "order": order,
        "intent": tbs,
        "certificate": issued.der,
        "withdrawal": withdrawal,
    }
    for event, name in NEEDED.items():
        if found.fact(event, evidence.FACT) != evidence.digest(octets[name]):
            raise Refusal(Code.EVIDENCE_TOO_OLD, number=row.number)
    return {
        **_papers(found, habilitation),
        "order": order,
        "intent": base64.b64encode(tbs).decode(),
        "certificate": bundles.pem(issued.der),
        "chain": bundles.pem_chain(issued.chain_ders),
        "withdrawal": withdrawal,
    }


def _papers(found: _Gathered, habilitation: str) -> dict[str, str]:
    """What stands behind the order, as far as entries carry its digest."""
    if found.papers is None:
        return {}
    told = {str(one.facts.get(evidence.FACT)) for one in found.entries} | {habilitation}
    texts = found.papers.documents()
    return {name: text for name, text in texts.items() if evidence.digest(text) in told}


def _proved(seqs: Collection[int]) -> LogProof:
    try:
        proof = log.proofs_of(seqs)
    except log.NotIntegratedError as error:
        raise Refusal(Code.EVIDENCE_NOT_READY) from error
    except log.LogDamagedError as error:
        raise Refusal(Code.EVIDENCE_DAMAGED) from error
    if any('"sealed"' not in entry.leaf for entry in proof.entries):
        raise Refusal(Code.EVIDENCE_TOO_OLD)
    return proof


def _entry(one: Included, actor: Actor, *, sees_all: bool) -> dict[str, Any]:
    opened: dict[str, Any] = {}
    if one.actor_salt and (sees_all or one.actor == actor.ref):
        opened["actor"] = {"salt": one.actor_salt, "value": one.actor}
    is_own = bool(actor.card_number) and one.facts.get("card") == actor.card_number
    if one.content_salt and (sees_all or is_own or one.facts.keys() <= OPEN_FACTS):
        opened["content"] = {
            "salt": one.content_salt,
            "subject": one.subject,
            "facts": dict(one.facts),
        }
    return {"leaf": one.leaf, "index": one.seq - 1, "path": list(one.path), "opened": opened}
