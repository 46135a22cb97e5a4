"""SUIVRE: the requests and the inventory, with every field decoded."""

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guichet.authority import queries as authority
from guichet.authority.queries import IssuedCertificate
from guichet.domain.orders.states import ORDERS, OrderAct, OrderState, may_rekey
from guichet.identities.access import ActorRequest, login_required
from guichet.notifications import queries as notifications
from guichet.orders import agreements, mails, operations, queries
from guichet.orders.beside_product import panels
from guichet.orders.extensions import explained
from guichet.orders.key_lives import key_life
from guichet.orders.key_pages import KeyFound, key_of_product
from guichet.orders.lives import Happening, life_of_order
from guichet.orders.product_lives import around, in_order, whole_life
from guichet.orders.proofs import proofs_of
from guichet.orders.renewal_pages import renewal_part
from guichet.orders.summaries import OrderSummary, ProductSummary
from guichet.orders.texts import CHANNELS, failure_words
from guichet.orders.views.filtering import OrderFilterForm
from guichet.orders.visibility import reach
from guichet.x509 import decode
from guichet.x509.decode import Description
from guichet.x509.keys import POST_QUANTUM


@login_required
@require_safe
def list_orders(request: ActorRequest) -> HttpResponse:
    """Requests, the newest first."""
    form = OrderFilterForm(request.GET)
    filters = form.filters(request.GET.get("page", "1"))
    page = queries.orders_for(request.actor, filters, request.received_at)
    return render(request, "orders/orders.html", framed(request, "orders", form, page))


@never_cache
@login_required
@require_safe
def show_order(request: ActorRequest, number: int) -> HttpResponse:
    """One request: what was asked, its life, the e-mails written."""
    order = queries.order(number, request.actor, request.received_at)
    found = reach(request.actor, request.received_at)
    context = {
        "order": order,
        "facts": asked_of(order),
        "life": life_of_order(order, key_life(number, order.attempt)),
        "mails": notifications.about(mails.about(number)),
        "may_withdraw": found.may_withdraw(order.structure_id, order.offer),
        "may_rekey": may_rekey(order.state, order.failure),
        "failure": failure_words(order.failure),
        "may_cancel": ORDERS.allows(order.state, OrderAct.CANCEL)
        and found.may_handle(order.structure_id, order.offer),
        "is_moving": order.state in {OrderState.SUBMITTED, OrderState.ISSUING},
    }
    return render(request, "orders/order.html", context)


@never_cache
@login_required
@require_safe
def order_state(request: ActorRequest, number: int) -> JsonResponse:
    """The state alone, for pages that wait."""
    order = queries.order(number, request.actor, request.received_at)
    return JsonResponse({"number": order.number, "state": order.state.value})


@login_required
@require_POST
def cancel(request: ActorRequest, number: int) -> HttpResponse:
    """Give up a request; pressed twice, it is given up once."""
    order = queries.order(number, request.actor, request.received_at)
    if order.state is not OrderState.CANCELLED:
        operations.cancel(number=number, by=request.actor, at=request.received_at)
    return HttpResponseRedirect(reverse("orders:order", args=[number]))


@never_cache
@login_required
@require_safe
def show_product(request: ActorRequest, number: int) -> HttpResponse:
    """One product: its certificate read aloud, its files, its life."""
    product = queries.product(number, request.actor, request.received_at)
    order = product.order
    issued = authority.certificate(product.certificate_id)
    described = decode.describe(issued.der)
    found = reach(request.actor, request.received_at)
    context = {
        "product": product,
        "described": described,
        "facts": _certificate(described),
        "extensions": explained(described),
        "asked": asked_of(order),
        "agreement": agreements.of_order(order.number),
        "life": life_of(request, product),
        "mails": notifications.about(mails.about(order.number)),
        "may_handle": found.may_handle(order.structure_id, order.offer),
        "key": _key(request, product, issued),
        "is_post_quantum": described.key.kind in POST_QUANTUM,
        "just_withdrawn": "retire" in request.GET,
        "panels": panels(product, request.actor, request.received_at),
        **renewal_part(product, request.actor, request.received_at),
    }
    return render(request, "orders/product.html", context)


def life_of(request: ActorRequest, product: ProductSummary) -> list[Happening]:
    """The whole life of a product, as this person may see it."""
    order = product.order
    keys = key_life(order.number, order.attempt)
    written = notifications.about(mails.about(order.number))
    found = whole_life(product, keys, proofs_of(product, request.actor), written)
    return in_order([*found, *around(product, request.actor, request.received_at)])


def _key(
    request: ActorRequest, product: ProductSummary, issued: IssuedCertificate
) -> KeyFound | None:
    """The key that a browser made, and what it is to sign."""
    if product.order.key_origin != "browser":
        return None
    challenge = operations.challenge(product.number, request.actor, request.received_at)
    return key_of_product(product, issued, challenge)


def framed(request: ActorRequest, tab: str, form: object, page: object) -> dict[str, object]:
    """What the pages of lists share: their tabs, the filters and the page of rows."""
    found = reach(request.actor, request.received_at)
    return {
        "tabs": tabs(),
        "tab": tab,
        "filters": form,
        "page": page,
        "may_see": bool(found.structure_ids),
        "may_order": bool(found.rights),
    }


def tabs() -> list[tuple[str, str, str]]:
    """The three views of SUIVRE."""
    return [
        ("orders", _("Demandes"), reverse("orders:orders")),
        ("inventory", _("Parc de produits"), reverse("orders:inventory")),
        ("expiries", _("Échéances"), reverse("orders:expiries")),
    ]


def asked_of(order: OrderSummary) -> list[tuple[str, object]]:
    """What was asked; only what concerns the offer."""
    person = order.person
    rows: list[tuple[str, object]] = [
        (_("Offre et usage"), order.profile),
        (_("Structure"), f"{order.structure_name} ({order.structure_id})"),
        (_("Service applicatif"), order.service),
        (_("Nom de domaine ou de serveur"), order.fqdn),
        (_("Identifiant national de la personne"), person.national_id if person else ""),
        (_("Personne"), f"{person.surname} {person.given_names}" if person else ""),
        (_("Titre ou profession"), person.title if person else ""),
        (_("Adresse de messagerie"), order.mail),
        (_("Renouvelle le produit"), str(order.renewal_of or "")),
    ]
    return [
        *((term, value) for term, value in rows if value),
        (_("Email de l’acteur"), order.actor_email),
        (_("Email d’une personne à informer"), order.informed_email),
        (_("Demandeur"), order.requester),
        *_delegated(order),
        (_("Canal"), CHANNELS.get(order.channel, order.channel)),
    ]


def _delegated(order: OrderSummary) -> list[tuple[str, object]]:
    if not order.editor:
        return []
    names = {"editor": order.editor, "structure": order.structure_name}
    return [(_("Par délégation"), _("%(editor)s, pour le compte de %(structure)s") % names)]


def _certificate(described: Description) -> list[tuple[str, object]]:
    return [
        (_("Émetteur"), described.issuer_text),
        (_("Numéro de série"), described.serial_hex),
        (_("Clé publique"), described.key_text),
        (_("Algorithme de signature"), described.signature_algorithm),
        (_("Empreinte SHA-256"), described.sha256),
        (_("Empreinte SHA-1"), described.sha1),
    ]
