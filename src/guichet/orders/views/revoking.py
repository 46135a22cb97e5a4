"""RÉVOQUER: which product, why, confirmed; by ownership or by the revocation code."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.domain.orders.revocation import RevocationMotive, parse_motive
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.identities.access import ActorRequest, VisitorRequest, login_required
from guichet.identities.operations import throttle
from guichet.identities.peer import client_address
from guichet.orders import operations, queries
from guichet.orders.revocation_forms import CodeRevocationForm, ConfirmationForm, MotiveForm
from guichet.orders.summaries import ProductSummary
from guichet.orders.texts import MOTIVES
from guichet.orders.views.filtering import ProductFilterForm
from guichet.orders.visibility import reach
from guichet.web import watching
from guichet.web.forms import status_of

# A product locks after a few wrong codes; this keeps one place from trying every product.
CODES_BY_PLACE: Final = throttle.Limit("revocation-code-place", 60, timedelta(minutes=10))


@require_safe
def list_revocable(request: VisitorRequest) -> HttpResponse:
    """Products to revoke; without login, the way by the revocation code."""
    if request.actor is None:
        login_url = f"{settings.LOGIN_URL}?{urlencode({'next': request.path})}"
        return render(request, "orders/revocations_visitor.html", {"login_url": login_url})
    form = ProductFilterForm(request.GET)
    for name in ("etat", "valide", "apres", "avant"):
        del form.fields[name]
    filters = form.filters(request.GET.get("page", "1"), only_revocable=True)
    page = queries.products_for(request.actor, filters, request.received_at)
    context = {
        "filters": form,
        "page": page,
        "may_see": bool(reach(request.actor, request.received_at).structure_ids),
    }
    return render(request, "orders/revocations.html", context)


@login_required
@require_safe
def choose_motive(request: ActorRequest, number: int) -> HttpResponse:
    """Why: the motive goes to the confirmation page in its address."""
    product = queries.product(number, request.actor, request.received_at)
    form = MotiveForm(request.GET or None)
    if product.is_revocable and form.is_valid():
        address = reverse("orders:revoke-confirm", args=[number])
        return HttpResponseRedirect(f"{address}?motif={form.cleaned_data['motif']}")
    return render(request, "orders/revoke.html", {"form": form, "product": product})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: ActorRequest, number: int) -> HttpResponse:
    """The last page before it is definitive."""
    product = queries.product(number, request.actor, request.received_at)
    if product.revoked_at is not None:
        return HttpResponseRedirect(reverse("orders:revoke-done", args=[number]))
    if not product.is_revocable:
        return HttpResponseRedirect(reverse("orders:revoke", args=[number]))
    try:
        motive = parse_motive(request.GET.get("motif", ""))
    except Refusal:
        return HttpResponseRedirect(reverse("orders:revoke", args=[number]))
    found = reach(request.actor, request.received_at)
    needs_code = not found.may_handle(product.order.structure_id, product.order.offer)
    form = ConfirmationForm(request.POST or None, needs_code=needs_code)
    if request.method == "POST" and form.is_valid():
        try:
            return _revoke(request, product, motive, form.cleaned_data.get("code"))
        except Refusal as refusal:
            if refusal.code is Code.ALREADY_REVOKED:  # the same button, pressed twice
                return HttpResponseRedirect(reverse("orders:revoke-done", args=[number]))
            watching.tell(request, refusal)
            form.add_objections(_on_code(objection) for objection in refusal.all)
    context = {"form": form, "product": product, "motive": MOTIVES[motive]}
    status = status_of(form)
    return render(request, "orders/revoke_confirm.html", context, status=status)


@login_required
@require_safe
def done(request: ActorRequest, number: int) -> HttpResponse:
    """The receipt of a revocation."""
    product = queries.product(number, request.actor, request.received_at)
    if product.revoked_at is None:
        return HttpResponseRedirect(reverse("orders:revoke", args=[number]))
    motive = MOTIVES[product.revocation_motive] if product.revocation_motive else ""
    return render(request, "orders/revoke_done.html", {"product": product, "motive": motive})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_by_code(request: VisitorRequest) -> HttpResponse:
    """Without login: a number, its code and a motive. One answer to everything that is wrong."""
    form = CodeRevocationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed, at = form.cleaned_data, request.received_at
        throttle.count(CODES_BY_PLACE, client_address(request), at=at)
        try:
            receipt = operations.revoke(
                product_number=queries.number_of(typed["which"]),
                by=None,
                code=typed["code"],
                motive=RevocationMotive(typed["motif"]),
                at=at,
            )
        except Refusal as refusal:
            form.add_objections(_on_code(objection) for objection in refusal.all)
        else:
            return render(request, "orders/revoked_by_code.html", {"receipt": receipt})
    status = status_of(form)
    return render(request, "orders/revoke_by_code.html", {"form": form}, status=status)


def _revoke(
    request: ActorRequest, product: ProductSummary, motive: RevocationMotive, code: str | None
) -> HttpResponse:
    operations.revoke(
        product_number=product.number,
        by=request.actor,
        code=code,
        motive=motive,
        at=request.received_at,
    )
    return HttpResponseRedirect(reverse("orders:revoke-done", args=[product.number]))


def _on_code(objection: Objection) -> Objection:
    if objection.code is not Code.REVOCATION_CODE_WRONG:
        return objection
    return Objection(objection.code, (("field", "code"), *objection.facts))
