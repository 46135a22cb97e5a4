"""Where services are met from other pages: home, a structure’s, a product’s."""

from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.associations import queries
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.habilitations.structure_tabs import Tab
from guichet.identities.actors import Actor
from guichet.orders.beside_product import Panel
from guichet.orders.summaries import ProductSummary
from guichet.web.home import Section


def services_section(request: HttpRequest) -> Section | None:
    """On the home page, for who sees a structure whole."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not queries.structures_of(actor, request.received_at):  # type: ignore[attr-defined]
        return None
    return Section("associations/home_section.html", order=12)


def services_tab(national_id: str) -> Tab:
    """The tab of a structure's services, beside its rights."""
    address = f"{reverse('associations:services')}?structure={national_id}"
    return ("associations", _("Associations"), address)


def services_panel(product: ProductSummary, actor: Actor, at: datetime) -> Panel | None:
    """Which services present a certificate of the kind that services present."""
    order = product.order
    if (order.offer, order.usage) != (Offer.ORG.value, Usage.AUTH_CLI.value):
        return None
    found = queries.services_of_product(product.number, actor, at)
    return Panel("associations/parts/of_product.html", {"services": found})
