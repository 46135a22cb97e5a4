"""The life of an order and of its product, as a timeline tells it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from guichet.domain.orders.states import OrderState
from guichet.orders.key_lives import KeyLife
from guichet.orders.summaries import OrderSummary, ProductSummary
from guichet.orders.texts import MOTIVES, failure_words

NO_KEYS: Final = KeyLife()


@dataclass(frozen=True, slots=True)
class Link:
    """Where a line of a timeline leads."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline; `at` is None for what is still to come.

    `act` names what was done, where the journal proves it.
    """

    at: datetime | None
    title: str
    detail: str = ""
    kind: str = "neutral"
    act: str = ""
    links: tuple[Link, ...] = ()


def life_of_order(order: OrderSummary, keys: KeyLife = NO_KEYS) -> list[Happening]:
    """From the request to where it stands, and what comes next."""
    return [*_past(order, keys), *_next(order)]


def life_of_product(product: ProductSummary, keys: KeyLife = NO_KEYS) -> list[Happening]:
    """From the request to the end of validity, or the revocation."""
    events = list(_past(product.order, keys))
    if keys.proved_at:
        title = _("Possession de la clé privée prouvée")
        events.append(Happening(keys.proved_at, title, keys.proved_by, "success", "proved"))
    if product.revoked_at is None:
        events.append(Happening(product.not_after, _("Fin de validité")))
        return events
    by = product.revoked_by or _("le porteur du code de révocation")
    motive = MOTIVES[product.revocation_motive] if product.revocation_motive else ""
    detail = _("%(motive)s, par %(by)s") % {"motive": motive, "by": by}
    title = _("Certificat révoqué")
    events.append(Happening(product.revoked_at, title, detail, "danger", "revoked"))
    return events


def _past(order: OrderSummary, keys: KeyLife) -> Iterator[Happening]:
    title, by = _("Demande prise en compte"), order.requester
    yield Happening(order.placed_at, title, by, "success", "placed")
    for at in keys.replaced_at:
        title = _("Clé remplacée, l’ancien certificat ne vaut plus")
        yield Happening(at, title, "", "warning", "rekeyed")
    if order.available_at:
        title = _("Certificat créé par l’autorité")
        yield Happening(order.available_at, title, "", "success", "available")
    if order.withdrawn_at:
        title, by = _("Certificat retiré"), order.withdrawn_by
        yield Happening(order.withdrawn_at, title, by, "success", "withdrawn")
    if order.ended_at:
        title, kind = {
            OrderState.FAILED: (_("Création abandonnée"), "danger"),
            OrderState.EXPIRED: (_("Délai de retrait dépassé, certificat révoqué"), "warning"),
            OrderState.CANCELLED: (_("Demande annulée"), "neutral"),
            OrderState.REVOKED: (_("Certificat révoqué avant son retrait"), "danger"),
        }.get(order.state, (_("Demande close"), "neutral"))
        yield Happening(order.ended_at, title, failure_words(order.failure), kind)


def _next(order: OrderSummary) -> Iterator[Happening]:
    if order.state is OrderState.ISSUING:
        yield Happening(None, _("Certificat en cours de création"), "", "info")
    if order.state is OrderState.AVAILABLE:
        yield Happening(order.withdraw_before, _("À retirer avant cette date"), "", "warning")
