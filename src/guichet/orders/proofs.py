"""What the journal holds of one product: entries found by their subjects, none by a scan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from guichet.authority import queries as authority
from guichet.identities.actors import Actor
from guichet.journal import queries as journal
from guichet.journal.chain import Fact
from guichet.journal.queries import Proof
from guichet.orders import mails
from guichet.orders.models import Order, SupersededCertificate
from guichet.orders.proof_words import EVENTS, FACTS
from guichet.orders.summaries import ProductSummary

# Facts of things; those of people (addresses, cards, who was told) stay in the journal.
SHOWN_FACTS: Final = frozenset(FACTS)
MACHINES: Final = ("clerk", "portal", "signer:")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProof:
    """One entry as somebody may see it: `who` is "you", "guichet" or "somebody"."""

    seq: int
    at: datetime
    event: str
    subject: str
    who: str
    facts: Mapping[str, Fact]
    previous: str
    digest: str

    @property
    def words(self) -> str:
        """What happened, for people; empty for an event that has no words."""
        return str(EVENTS.get(self.event, ""))

    @property
    def told(self) -> list[tuple[str, Fact]]:
        """The facts with their words."""
        return [(str(FACTS[name]), fact) for name, fact in self.facts.items()]


def proofs_of(product: ProductSummary, actor: Actor) -> tuple[ShownProof, ...]:
    """The entries about a product, its order and its certificates, in order."""
    return tuple(_shown(proof, actor) for proof in journal.proofs_about(subjects_of(product)))


def subjects_of(product: ProductSummary) -> tuple[str, ...]:
    """What the journal calls the product, its order, its signature and its certificates."""
    number = product.order.number
    signing = Order.objects.values_list("signing_request", flat=True).get(number=number)
    former = SupersededCertificate.objects.filter(order__number=number).order_by("at")
    ids = former.values_list("certificate_id", flat=True) if product.order.attempt > 1 else ()
    serials = [*(authority.certificate(pk).serial_hex for pk in ids), product.serial_hex]
    return (
        mails.about(number),
        f"product:{product.number}",
        f"signing:{signing}",
        *(f"certificate:{serial}" for serial in serials),
    )


def as_json(product: ProductSummary, proofs: tuple[ShownProof, ...]) -> dict[str, Any]:
    """The same, for a file that is kept: what is hidden from this person is absent."""
    return {
        "product": product.number,
        "order": product.order.number,
        "serial": product.serial_hex,
        "entries": [
            {
                "seq": proof.seq,
                "at": proof.at.isoformat(),
                "event": proof.event,
                "subject": proof.subject,
                "actor": proof.who,
                "facts": dict(proof.facts),
                "previous": proof.previous,
                "digest": proof.digest,
            }
            for proof in proofs
        ],
    }


def _shown(proof: Proof, actor: Actor) -> ShownProof:
    entry = proof.entry
    is_machine = entry.actor.startswith(MACHINES)
    who = "you" if entry.actor == actor.ref else "guichet" if is_machine else "somebody"
    return ShownProof(
        seq=entry.seq,
        at=entry.at,
        event=entry.event,
        subject=entry.subject,
        who=who,
        facts={name: fact for name, fact in entry.facts.items() if name in SHOWN_FACTS},
        previous=proof.previous,
        digest=proof.digest,
    )
