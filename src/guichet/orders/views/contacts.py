"""Who is told of a product: its contacts, and the page by which a contact leaves."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from guichet.domain.refusals import Code, Objection, Refusal
from guichet.identities.access import ActorRequest, login_required
from guichet.orders import contacts, operations, queries
from guichet.orders.operations import contacts as changing
from guichet.orders.policy import policy
from guichet.orders.renewal_forms import ContactForm
from guichet.orders.summaries import ProductSummary
from guichet.orders.visibility import reach
from guichet.web import watching
from guichet.web.forms import status_of
from guichet.web.refusal_texts import Explained, explain_all


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_contacts(request: ActorRequest, number: int) -> HttpResponse:
    """The contacts of a product; add one, take one out, write again to one that refused."""
    product = queries.product(number, request.actor, request.received_at)
    form = ContactForm(request.POST if "add" in request.POST else None)
    wrong: tuple[Explained, ...] = ()
    if request.method == "POST":
        try:
            _change(request, product)
            return HttpResponseRedirect(reverse("orders:contacts", args=[number]))
        except Refusal as refusal:
            if refusal.code is Code.PRODUCT_UNKNOWN:
                raise
            watching.tell(request, refusal)
            wrong = explain_all(refusal)
            if refusal.code is Code.CSR_IS_PRIVATE_KEY:
                form = ContactForm()  # what was sent is not sent back
            elif refusal.code is Code.EMAIL_INVALID and form.is_bound:
                form.add_objections([Objection(refusal.code, (("field", "email"),))])
                wrong = ()
    order = product.order
    context = {
        "product": product,
        "contacts": contacts.of_order(order.number),
        "form": form,
        "reminder_days": sorted(policy().reminder_days, reverse=True),
        "wrong": wrong,
        "may_handle": reach(request.actor, request.received_at).may_handle(
            order.structure_id, order.offer
        ),
    }
    status: int = status_of(form)
    status = wrong[0].status if wrong else status
    return render(request, "orders/contacts.html", context, status=status)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, contact: int, signature: str) -> HttpResponse:
    """The page of a reminder's link: no login, one press; RFC 8058 §3.1 presses it by itself.

    The signature is the proof: there is no session that a foreign page could abuse.
    """
    at = request.received_at  # type: ignore[attr-defined]
    signed = f"{contact}:{signature}"
    row = contacts.signed_by(signed)
    context = {"contact": contacts.facts_of(row), "order": row.order}
    if request.method != "POST":
        return render(request, "orders/leave.html", context)
    try:
        context["contact"] = changing.leave(signed=signed, at=at)
    except Refusal as refusal:
        if refusal.code is not Code.CONTACT_LAST:
            raise
        context["wrong"] = explain_all(refusal)[0]
        return render(request, "orders/leave.html", context, status=HTTPStatus.CONFLICT)
    return render(request, "orders/leave.html", context)


def _change(request: ActorRequest, product: ProductSummary) -> None:
    by, at, number = request.actor, request.received_at, product.number
    if again := request.POST.get("again"):
        changing.try_again(product_number=number, email=again, by=by, at=at)
        return
    emails = [who.email for who in contacts.of_order(product.order.number)]
    if "add" in request.POST:
        email = request.POST.get("email", "")
        with operations.telling_of_keys(sent=email.encode("utf-8", "replace"), by=by, at=at):
            changing.parsed([email])
        emails.append(email)
    elif (gone := request.POST.get("remove")) in emails:
        emails.remove(gone or "")
    changing.replace(product_number=number, emails=emails, by=by, at=at)
