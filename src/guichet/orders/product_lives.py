"""The whole life of a product, each line with its proof in the journal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.habilitations.queries.approvals import approval_of
from guichet.identities.actors import Actor
from guichet.journal.events import Event
from guichet.notifications.queries import WrittenMail
from guichet.orders.key_lives import KeyLife
from guichet.orders.lives import Happening, Link, life_of_product
from guichet.orders.proofs import ShownProof
from guichet.orders.queries import visible_orders
from guichet.orders.summaries import ProductSummary

# What only the journal tells; the other lines are those of the order and of the product.
TOLD: Final[Mapping[str, str]] = {
    Event.EXPIRY_TOLD.value: "info",
    Event.CONTACTS_CHANGED.value: "neutral",
    Event.CONTACT_BOUNCED.value: "warning",
    Event.CONTACT_LEFT.value: "neutral",
    Event.PRODUCT_TAGGED.value: "neutral",
    Event.PRODUCT_UNTAGGED.value: "neutral",
    Event.PRODUCT_OWNER_SET.value: "neutral",
    Event.REVOCATION_CODE_WRONG.value: "warning",
    Event.REVOCATION_CODE_LOCKED.value: "warning",
}
# The journal's entry that proves each line of the order and of the product.
PROVED_BY: Final[Mapping[str, str]] = {
    "placed": Event.ORDER_PLACED.value,
    "rekeyed": Event.ORDER_REKEYED.value,
    "available": Event.ORDER_AVAILABLE.value,
    "withdrawn": Event.ORDER_WITHDRAWN.value,
    "proved": Event.KEY_PROVED.value,
    "revoked": Event.PRODUCT_REVOKED.value,
}


def whole_life(
    product: ProductSummary,
    keys: KeyLife,
    proofs: Sequence[ShownProof],
    mails: Sequence[WrittenMail],
) -> list[Happening]:
    """From the approval to the end: what happened in order, then what is to come."""
    page = reverse("orders:proofs", args=[product.number])
    lines = [_with_proof(line, proofs, page) for line in life_of_product(product, keys)]
    lines += _told(proofs, page)
    lines += (
        Happening(mail.created_at, _("Courriel : %(subject)s") % {"subject": mail.subject})
        for mail in mails
    )
    return in_order(lines)


def around(product: ProductSummary, actor: Actor, at: datetime) -> Iterator[Happening]:
    """What came before the order, and what took the product's place."""
    yield from _approval(product, actor)
    rows = visible_orders(actor, at).filter(renewal_of=product.number).order_by("number")
    for row in rows:
        order = Link(_("Demande %(number)s") % {"number": row.number}, _order(row.number))
        yield Happening(row.placed_at, _("Renouvellement demandé"), "", "info", links=(order,))
        if row.withdrawn_at and hasattr(row, "product"):
            number = row.product.number
            heir = Link(
                _("Produit %(number)s") % {"number": number},
                reverse("orders:product", args=[number]),
            )
            yield Happening(row.withdrawn_at, _("Produit renouvelé"), "", "success", links=(heir,))


def in_order(lines: Sequence[Happening]) -> list[Happening]:
    """By instant; what has none comes last."""
    return sorted(lines, key=lambda line: (line.at is None, line.at))


def _approval(product: ProductSummary, actor: Actor) -> Iterator[Happening]:
    found = approval_of(product.order.right_key, actor)
    if found is None:
        return
    by = found.by or _("l’instruction")
    if found.dossier is None:
        yield Happening(found.at, _("Habilitation ouverte"), "", "success")
        return
    number = {"number": found.dossier}
    title = _("Habilitation accordée sur le dossier %(number)s") % number
    links: tuple[Link, ...] = ()
    if found.may_see:
        address = reverse("habilitations:summary", args=[found.dossier])
        links = (Link(_("Dossier %(number)s") % number, address),)
    yield Happening(found.at, title, _("Par %(by)s") % {"by": by}, "success", links=links)


def _with_proof(line: Happening, proofs: Sequence[ShownProof], page: str) -> Happening:
    """The line with its proof: the last entry of its event that is not later than it."""
    event = PROVED_BY.get(line.act)
    found = [p for p in proofs if p.event == event and line.at is not None and p.at <= line.at]
    return replace(line, links=(*line.links, _proof(found[-1], page))) if found else line


def _told(proofs: Sequence[ShownProof], page: str) -> Iterator[Happening]:
    for proof in proofs:
        if proof.event in TOLD:
            detail = str(proof.facts.get("tag", ""))
            kind, link = TOLD[proof.event], _proof(proof, page)
            yield Happening(proof.at, proof.words, detail, kind, links=(link,))


def _proof(proof: ShownProof, page: str) -> Link:
    return Link(_("Preuve n° %(seq)s") % {"seq": proof.seq}, f"{page}#entree-{proof.seq}")


def _order(number: int) -> str:
    return reverse("orders:order", args=[number])
