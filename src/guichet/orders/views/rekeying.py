"""RETIRER: the key is lost before the certificate is withdrawn; the order takes another."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.domain.catalogue import profiles
from guichet.domain.certificates import csr_policy
from guichet.domain.orders.states import may_rekey
from guichet.domain.refusals import Code, Refusal
from guichet.identities.access import ActorRequest, login_required
from guichet.orders import operations, queries
from guichet.orders.forms import CsrForm
from guichet.orders.key_pages import KeyChoice, key_choice, known_of
from guichet.orders.production_forms import OrderForm
from guichet.orders.summaries import OrderSummary
from guichet.orders.views import csr_pages
from guichet.orders.views.tracking import asked_of
from guichet.orders.visibility import reach


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rekey(request: ActorRequest, number: int) -> HttpResponse:
    """Say what becomes of the order, take another request, and lead back to the withdrawal."""
    order = queries.order(number, request.actor, request.received_at)

    def send(form: CsrForm) -> HttpResponse:
        return _rekey(request, order, form)

    answered = csr_pages.answer(request, send, form_class=OrderForm)
    if isinstance(answered, HttpResponse):
        return answered
    found = reach(request.actor, request.received_at)
    context = {
        **answered.context,
        "order": order,
        "facts": asked_of(order),
        "may_rekey": may_rekey(order.state, order.failure),
        "may_withdraw": found.may_withdraw(order.structure_id, order.offer),
        "key_choice": _key_choice(request, order),
    }
    return render(request, "orders/rekey.html", context, status=answered.status)


def _rekey(request: ActorRequest, order: OrderSummary, form: CsrForm) -> HttpResponse:
    by, at = request.actor, request.received_at
    csr = form.content()
    with operations.telling_of_keys(sent=form.everything(), by=by, at=at):
        csr_policy.read(csr)
    try:
        operations.rekey(number=order.number, csr=csr, key_origin=form.origin, by=by, at=at)
    except Refusal as refusal:
        # Somebody was faster, at this page or at the withdrawal: the order says what it is now.
        if refusal.code is not Code.MOVE_FORBIDDEN:
            raise
    return HttpResponseRedirect(reverse("orders:withdraw", args=[order.number]))


def _key_choice(request: ActorRequest, order: OrderSummary) -> KeyChoice:
    about = (order.beneficiary, order.structure_id, order.structure_name)
    return key_choice(
        profiles.profile(order.profile), order.beneficiary, known_of(request.actor, *about)
    )
