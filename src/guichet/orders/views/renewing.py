"""A product renewed on one page: everything is known but the key, and the key may stay."""

from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.domain.catalogue import profiles
from guichet.domain.certificates import csr_policy
from guichet.domain.orders import request as requests
from guichet.domain.orders.renewal import RenewalState
from guichet.domain.refusals import Refusal
from guichet.identities.access import ActorRequest, login_required
from guichet.identities.language import language_of_page
from guichet.orders import operations, queries, renewals
from guichet.orders.drafts import carried_over
from guichet.orders.forms import CsrForm
from guichet.orders.key_pages import KeyChoice, key_choice, known_of
from guichet.orders.operations import drafting, renewing
from guichet.orders.operations.renewing import RenewalAsked
from guichet.orders.renewal_forms import RenewalForm
from guichet.orders.summaries import ProductSummary, Via
from guichet.orders.views import csr_pages
from guichet.orders.views.tracking import asked_of
from guichet.web.refusal_texts import Explained, explain, explain_all

SAME, NEW, AGAIN = "same", "new", "again"
ADDRESSES: Final = ("actor_email", "informed_email")
STARTED: Final = frozenset({RenewalState.PENDING, RenewalState.DONE})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: ActorRequest, number: int) -> HttpResponse:
    """Renew with one press; sent twice, it is renewed once."""
    product = queries.product(number, request.actor, request.received_at)
    standing = renewals.standing(product, request.received_at)
    if request.method == "POST":
        if standing.state in STARTED:
            return _to_renewed(number)
        if request.POST.get("key") == AGAIN:
            return _as_new(request, product)

    def send(form: CsrForm) -> HttpResponse:
        return _send(request, product, form)

    addresses = {name: str(getattr(product.order, name)) for name in ADDRESSES}
    answered = csr_pages.answer(request, send, form_class=RenewalForm, initial=addresses)
    if isinstance(answered, HttpResponse):
        return answered
    context = {**answered.context, **_context(request, product), "standing": standing}
    context["wants_same"] = not context["against_same_key"] and not _wants_new(request)
    return render(request, "orders/renew.html", context, status=answered.status)


@never_cache
@login_required
@require_safe
def renewed(request: ActorRequest, number: int) -> HttpResponse:
    """What comes after a renewal; a product without one leads to its renewal."""
    product = queries.product(number, request.actor, request.received_at)
    if product.heir is None:
        return HttpResponseRedirect(reverse("orders:renew", args=[number]))
    order = queries.order(product.heir.order, request.actor, request.received_at)
    return render(request, "orders/renewed.html", {"product": product, "order": order})


def _send(request: ActorRequest, product: ProductSummary, form: CsrForm) -> HttpResponse:
    by, at = request.actor, request.received_at
    asked = RenewalAsked(
        product_number=product.number,
        csr=None if request.POST.get("key") == SAME else form.content(),
        actor_email=form.cleaned_data["actor_email"],
        informed_email=form.cleaned_data["informed_email"],
    )
    with operations.telling_of_keys(sent=_everything(form), by=by, at=at):
        requests.parse(**renewing.order_typed(product, asked))
        if asked.csr is not None:
            csr_policy.read(asked.csr)
    via = Via(channel="portal", language=language_of_page(), key_origin=form.origin)
    try:
        operations.renew(asked=asked, by=by, via=via, at=at)
    except Refusal as refusal:
        if renewing.pending_of(refusal) is None:  # else the same button, pressed twice
            raise
    return _to_renewed(product.number)


def _wants_new(request: ActorRequest) -> bool:
    """Whether another key was chosen, by the link or by the form sent."""
    return request.GET.get("cle") == "nouvelle" or request.POST.get("key") == NEW


def _everything(form: CsrForm) -> bytes:
    """All that was typed, in whatever field a private key may have slipped."""
    addresses = (form.cleaned_data["actor_email"], form.cleaned_data["informed_email"])
    return b"\n".join((form.everything(), *(text.encode() for text in addresses)))


def _as_new(request: ActorRequest, product: ProductSummary) -> HttpResponse:
    """An order of a new product, filled with what is known of one that is over."""
    typed = {
        **carried_over(product),
        "kind": "new",
        "renewal_of": None,
        "offer": product.order.offer,
        "structure_id": product.order.structure_id,
    }
    key = drafting.begin(by=request.actor, at=request.received_at, typed=typed)
    return HttpResponseRedirect(reverse("orders:step-3", args=[key]))


def _context(request: ActorRequest, product: ProductSummary) -> dict[str, Any]:
    order = product.order
    addresses = {str(RenewalForm.base_fields[name].label) for name in ADDRESSES}
    objections = renewals.objections_to_same_key(product, request.received_at)
    return {
        "product": product,
        "facts": [fact for fact in asked_of(order) if fact[0] not in addresses],
        "lacking": _lacking(request, product),
        "against_same_key": [explain(objection) for objection in objections],
        "key_choice": _key_choice(request, product),
    }


def _lacking(request: ActorRequest, product: ProductSummary) -> tuple[Explained, ...]:
    """Why the actor's rights, or today's rules, do not let this product be ordered again."""
    typed = renewing.order_typed(product, RenewalAsked(product_number=product.number))
    try:
        operations.covering_right(requests.parse(**typed), request.actor, request.received_at)
    except Refusal as refusal:
        return explain_all(refusal)
    return ()


def _key_choice(request: ActorRequest, product: ProductSummary) -> KeyChoice:
    order = product.order
    about = (order.beneficiary, order.structure_id, order.structure_name)
    profile = profiles.profile(order.profile)
    return key_choice(profile, order.beneficiary, known_of(request.actor, *about))


def _to_renewed(number: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("orders:renewed", args=[number]))
