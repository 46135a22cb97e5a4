"""The inventory as a table: its columns, and how a product becomes a row (web.spreadsheets)."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.identities.actors import Actor
from guichet.orders import labels, queries
from guichet.orders.filters import ProductFilters
from guichet.orders.summaries import ProductSummary
from guichet.orders.texts import MOTIVES
from guichet.web.spreadsheets import Heading, Value
from guichet.web.states import STATES

CHUNK: Final = 500
COLUMNS: Final[tuple[tuple[str, Any], ...]] = (
    ("product", _("N° de produit")),
    ("order", _("N° de demande")),
    ("state", _("État")),
    ("offer", _("Offre")),
    ("usage", _("Usage")),
    ("structure", _("Identifiant national structure")),
    ("structure_name", _("Raison sociale")),
    ("beneficiary", _("Bénéficiaire")),
    ("fqdn", _("Nom de domaine ou de serveur")),
    ("mail", _("Adresse de messagerie")),
    ("subject", _("Sujet du certificat")),
    ("issuer", _("Émetteur")),
    ("serial", _("Numéro de série")),
    ("not_before", _("Valide à partir du")),
    ("not_after", _("Fin de validité")),
    ("revoked_at", _("Révoqué le")),
    ("revocation_reason", _("Motif de la révocation")),
    ("requester", _("Demandeur")),
    ("actor_email", _("Email de l’acteur")),
    ("informed_email", _("Email d’une personne à informer")),
    ("owner_name", _("Responsable")),
    ("owner_email", _("Email du responsable")),
    ("tags", _("Étiquettes")),
)


def heading() -> Heading:
    """The title of the sheet and its columns, in the active language."""
    return Heading(gettext("Parc de produits"), tuple((code, str(name)) for code, name in COLUMNS))


def rows(actor: Actor, filters: ProductFilters, at: datetime) -> Iterator[list[Value]]:
    """Every product that the filters let through, read a few hundred at a time."""
    found = filters.found(queries.visible_products(actor, at), at).iterator(CHUNK)
    while chunk := list(islice(found, CHUNK)):
        summaries = [queries.product_summary(row, at) for row in chunk]
        for product in labels.with_tags(summaries):
            yield _row(product)


def _row(product: ProductSummary) -> list[Value]:
    order = product.order
    motive = product.revocation_motive
    return [
        product.number,
        order.number,
        str(STATES[product.state].label),
        order.offer,
        order.usage,
        order.structure_id,
        order.structure_name,
        order.beneficiary,
        order.fqdn,
        order.mail,
        product.subject,
        product.issuer,
        product.serial_hex,
        product.not_before,
        product.not_after,
        product.revoked_at,
        str(MOTIVES[motive]) if motive else "",
        order.requester,
        order.actor_email,
        order.informed_email,
        product.owner_name,
        product.owner_email,
        ", ".join(product.tags),
    ]
