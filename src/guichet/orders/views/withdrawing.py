"""RETIRER: what is ready, then the code, the terms and the certificate."""

from collections.abc import Mapping

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.authority import queries as authority
from guichet.domain.orders.states import OrderState
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.identities.access import ActorRequest, login_required
from guichet.orders import operations, queries
from guichet.orders.forms import WithdrawalForm
from guichet.orders.key_pages import KeyFound, key_of_order
from guichet.orders.summaries import OrderSummary
from guichet.orders.views.filtering import OrderFilterForm
from guichet.orders.views.tracking import asked_of
from guichet.orders.visibility import reach
from guichet.terms import queries as terms
from guichet.web import watching
from guichet.web.forms import status_of

WAITING = (OrderState.AVAILABLE, OrderState.ISSUING)
CONSENTS = ("terms", "policy")
CODE_FIELDS = {
    Code.REVOCATION_CODE_WEAK: "code",
    Code.REVOCATION_CODE_MISMATCH: "code_again",
    Code.TERMS_NOT_ACCEPTED: "terms",
}


@login_required
@require_safe
def list_available(request: ActorRequest) -> HttpResponse:
    """Orders ready to be withdrawn, and those that soon will be."""
    form = OrderFilterForm(request.GET)
    del form.fields["etat"]
    filters = form.filters(request.GET.get("page", "1"), states=WAITING)
    page = queries.orders_for(request.actor, filters, request.received_at)
    context = {
        "filters": form,
        "page": page,
        "may_see": bool(reach(request.actor, request.received_at).structure_ids),
    }
    return render(request, "orders/withdrawals.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: ActorRequest, number: int) -> HttpResponse:
    """Choose the revocation code, accept the terms, receive the certificate."""
    order = queries.order(number, request.actor, request.received_at)
    if order.product_number is not None:
        return _to_product(order)
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and order.state is OrderState.AVAILABLE and form.is_valid():
        try:
            return _withdraw(request, order, form)
        except Refusal as refusal:
            watching.tell(request, refusal)
            withdrawn = queries.order(number, request.actor, request.received_at)
            if withdrawn.product_number is not None:  # the same button, pressed twice
                return _to_product(withdrawn)
            form.add_objections(on_fields(objection) for objection in refusal.all)
            forget_consent(form, refusal)
    status = status_of(form)
    context = {
        "form": form,
        "order": order,
        "facts": asked_of(order),
        "key": _key(order),
        "documents": terms.to_accept(request.received_at),
        "may_withdraw": reach(request.actor, request.received_at).may_withdraw(
            order.structure_id, order.offer
        ),
    }
    return render(request, "orders/withdraw.html", context, status=status)


def _key(order: OrderSummary) -> KeyFound | None:
    """The key that a browser made, once its certificate is there."""
    if order.key_origin != "browser" or order.certificate_id is None:
        return None
    return key_of_order(order, authority.certificate(order.certificate_id))


def _withdraw(request: ActorRequest, order: OrderSummary, form: WithdrawalForm) -> HttpResponse:
    typed = form.cleaned_data
    withdrawal = operations.withdraw(
        number=order.number,
        by=request.actor,
        code=code_of(typed),
        terms_accepted=typed["terms"] and typed["policy"],
        at=request.received_at,
        shown=request.POST.get("shown", ""),
    )
    address = reverse("orders:product", args=[withdrawal.product_number])
    return HttpResponseRedirect(f"{address}?retire=1")


def code_of(typed: Mapping[str, str]) -> str:
    """The revocation code, typed twice alike. Raises Refusal(REVOCATION_CODE_MISMATCH)."""
    if typed["code"] != typed["code_again"]:
        raise Refusal(Code.REVOCATION_CODE_MISMATCH)
    return typed["code"]


def forget_consent(form: WithdrawalForm, refusal: Refusal) -> None:
    """What was accepted is no longer in force: the boxes come back empty."""
    if refusal.code is Code.TERMS_CHANGED:
        form.data = {name: text for name, text in form.data.items() if name not in CONSENTS}


def _to_product(order: OrderSummary) -> HttpResponse:
    return HttpResponseRedirect(reverse("orders:product", args=[order.product_number]))


def on_fields(objection: Objection) -> Objection:
    """Put an objection on the field of the form of withdrawal that it is about."""
    field = CODE_FIELDS.get(objection.code)
    if field is None:
        return objection
    return Objection(objection.code, (("field", field), *objection.facts))
