"""DEMANDER: four steps, each kept in a draft, and the final page."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from guichet.domain.catalogue import profiles
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.certificates import csr_policy
from guichet.domain.orders import request as requests
from guichet.domain.orders.renewal import RenewalState
from guichet.domain.orders.request import is_misnamed_insi
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.domain.texts import whole_number
from guichet.identities.access import ActorRequest, login_required
from guichet.identities.language import language_of_page
from guichet.orders import operations, queries, renewals
from guichet.orders.drafts import FIELDS, Draft, carried_over, search_structures
from guichet.orders.forms import CsrForm, InformationForm, OfferForm, StructureSearchForm
from guichet.orders.key_pages import KeyChoice, key_choice, known_of
from guichet.orders.operations import drafting
from guichet.orders.production_forms import OrderForm
from guichet.orders.summaries import Via
from guichet.orders.texts import LOOKS_LIKE_A_KEY, USAGES
from guichet.orders.views import csr_pages
from guichet.orders.views.filtering import ProductFilterForm
from guichet.orders.views.steps import draft_step, steps
from guichet.orders.visibility import reach
from guichet.web import resume, watching
from guichet.web.forms import status_of

RIGHT_FIELDS: Final = {
    Code.RIGHT_MISSING: "usage",
    Code.RIGHT_DOMAIN: "fqdn",
    Code.RIGHT_MAIL_DOMAIN: "mail",
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: ActorRequest) -> HttpResponse:
    """Begin, or take up an unfinished draft; a link may name the offer and the structure."""
    found = reach(request.actor, request.received_at)
    if not found.rights:
        return render(request, "orders/no_right.html", {"may_see": bool(found.structure_ids)})
    drafts = Draft.all_of(queries.drafts_of(request.actor), found)
    if drafts and request.method != "POST":
        return render(request, "orders/start.html", {"drafts": drafts})
    key = drafting.begin(by=request.actor, at=request.received_at)
    address = reverse("orders:step-1", args=[key])
    named = {name: request.GET[name] for name in ("offer", "structure_id") if name in request.GET}
    return HttpResponseRedirect(f"{address}?{urlencode(named)}" if named else address)


@draft_step(1)
def offer_step(request: ActorRequest, draft: Draft) -> HttpResponse:
    """Step 1: offer and structure, found by identifier or name."""
    if request.method == "POST" and "search" in request.POST:
        return _search(request)
    search = StructureSearchForm(request.GET)
    wanted = search.cleaned_data if search.is_valid() else {}
    given = request.POST.get("structure_id") or request.GET.get("structure_id")
    chosen = given or draft.get("structure_id")
    structures, total = search_structures(draft.reach, wanted, chosen)
    typed = resume.typed(request)
    offered = draft.reach.offers
    initial = {
        "offer": request.GET.get("offer") or draft.get("offer") or _only(offered),
        "structure_id": chosen or _only([s.national_id for s in structures]),
    }
    data = request.POST if request.method == "POST" else typed
    form = OfferForm(data, initial=initial, offers=offered, structures=structures)
    if request.method == "POST" and form.is_valid():
        scope = form.cleaned_data
        if draft.reach.usages(scope["structure_id"], scope["offer"]):
            changes = {"offer": scope["offer"], "structure_id": scope["structure_id"]}
            drafting.keep(key=draft.key, by=request.actor, changes=changes, at=request.received_at)
            return HttpResponseRedirect(reverse("orders:step-2", args=[draft.key]))
        form.add_objections([_not_covered(scope["structure_id"], scope["offer"])])
    context = {
        "form": form,
        "search": search,
        "is_searching": any(wanted.values()),
        "total": total,
        "shown": len(structures),
    }
    return _step(request, draft, 1, context, status=_status(request, form))


@draft_step(2)
def renewal_step(request: ActorRequest, draft: Draft) -> HttpResponse:
    """Step 2: a new product, or one to renew, found in the inventory."""
    if request.method == "POST":
        return _choose_kind(request, draft)
    filter_form = ProductFilterForm(request.GET, usages=draft.usages)
    filters = filter_form.filters(
        offer=draft.get("offer"),
        structure_id=draft.get("structure_id"),
        only_revocable=True,
    )
    page = queries.products_for(request.actor, filters, request.received_at)
    context = {"filters": filter_form, "page": page, "searched": bool(request.GET)}
    return _step(request, draft, 2, context, status=HTTPStatus.OK)


@draft_step(3)
def information_step(request: ActorRequest, draft: Draft) -> HttpResponse:
    """Step 3: usage, product and contacts."""
    initial = {"usage": _only(draft.usages), "actor_email": request.actor.email}
    initial |= {name: value for name, value in draft.typed.items() if value}
    data = resume.typed(request)
    burnt: tuple[Objection, ...] = ()
    if request.method == "POST":
        data, burnt = _kept(request, draft)
    form = InformationForm(
        data, initial=initial, offer=Offer(draft.get("offer")), usages=draft.usages
    )
    form.add_objections(burnt)
    if not burnt and _is_emptied(request, data):
        form.add_error(None, LOOKS_LIKE_A_KEY)
    if request.method == "POST" and form.is_valid() and _is_well_formed(request, draft, form):
        drafting.keep(
            key=draft.key, by=request.actor, changes={"informed": True}, at=request.received_at
        )
        return HttpResponseRedirect(reverse("orders:step-4", args=[draft.key]))
    context = {"form": form, "usages": [(u, USAGES[u]) for u in draft.usages]}
    return _step(request, draft, 3, context, status=_status(request, form))


@draft_step(4)
def csr_step(request: ActorRequest, draft: Draft) -> HttpResponse:
    """Step 4: the request, judged whole; the order is placed once."""
    answered = csr_pages.answer(
        request, lambda form: _place(request, draft, form), form_class=OrderForm
    )
    if isinstance(answered, HttpResponse):
        return answered
    context = {
        **answered.context,
        "misnamed_insi": is_misnamed_insi(draft.get("service")),
        "key_choice": _key_choice(request, draft),
    }
    return _step(request, draft, 4, context, status=answered.status)


@login_required
@require_http_methods(["GET", "HEAD"])
def finished(request: ActorRequest, key: UUID) -> HttpResponse:
    """The order's number and what comes next."""
    row = queries.draft(key, request.actor)
    if row.number is None:
        return HttpResponseRedirect(reverse("orders:step-1", args=[key]))
    order = queries.order(row.number, request.actor, request.received_at)
    return render(request, "orders/finished.html", {"order": order, "steps": steps(None)})


@login_required
@require_POST
def discard(request: ActorRequest, key: UUID) -> HttpResponse:
    """Throw the draft away."""
    drafting.discard(key=key, by=request.actor)
    return HttpResponseRedirect(reverse("orders:products"))


def _step(
    request: ActorRequest,
    draft: Draft,
    number: int,
    context: dict[str, Any],
    *,
    status: HTTPStatus,
) -> HttpResponse:
    values = {**context, "draft": draft, "steps": steps(draft), "number": number}
    return render(request, f"orders/step_{number}.html", values, status=status)


def _status(request: ActorRequest, form: OfferForm | InformationForm) -> HTTPStatus:
    """That of the form, once sent: one that comes back after a login was not refused yet."""
    return status_of(form) if request.method == "POST" else HTTPStatus.OK


def _search(request: ActorRequest) -> HttpResponseRedirect:
    """The search is an address, so that it can be reloaded and gone back to."""
    names = ("national_id", "legal_name", "offer", "structure_id")
    query = {name: request.POST.get(name, "")[:100] for name in names}
    return HttpResponseRedirect(f"?{urlencode({n: v for n, v in query.items() if v})}#structures")


def _choose_kind(request: ActorRequest, draft: Draft) -> HttpResponse:
    """A new product, or the one to renew with what is known of it."""
    changes: dict[str, Any] = {"kind": "new", "renewal_of": None}
    renewed = request.POST.get("renew", "")
    if renewed:
        number = whole_number(renewed)
        product = queries.product(number, request.actor, request.received_at)
        same = (product.order.structure_id, product.order.offer)
        if same != (draft.get("structure_id"), draft.get("offer")) or not product.is_revocable:
            raise Refusal(Code.PRODUCT_UNKNOWN)
        if renewals.standing(product, request.received_at).state is not RenewalState.OPEN:
            return HttpResponseRedirect(reverse("orders:renew", args=[number]))  # tells why not
        changes = carried_over(product)
    drafting.keep(key=draft.key, by=request.actor, changes=changes, at=request.received_at)
    return HttpResponseRedirect(reverse("orders:step-3", args=[draft.key]))


def _is_well_formed(request: ActorRequest, draft: Draft, form: InformationForm) -> bool:
    """Whether the domain reads the order and a right covers it; objections go on the form."""
    try:
        asked = requests.parse(**_raw(draft, form.cleaned_data))
        operations.covering_right(asked, request.actor, request.received_at)
    except Refusal as refusal:
        watching.tell(request, refusal)
        form.add_objections(_on_fields(objection) for objection in refusal.all)
        return False
    return True


def _on_fields(objection: Objection) -> Objection:
    """Objections of rights are about the field that names what the right does not cover."""
    field = RIGHT_FIELDS.get(objection.code)
    if field is None:
        return objection
    return Objection(objection.code, (("field", field), *objection.facts))


def _raw(draft: Draft, typed: Mapping[str, Any]) -> dict[str, str]:
    values = {name: str(typed.get(name) or "") for name in FIELDS}
    return {**values, "offer": draft.get("offer"), "structure_id": draft.get("structure_id")}


def _kept(request: ActorRequest, draft: Draft) -> tuple[QueryDict, tuple[Objection, ...]]:
    """What step 3 typed, as the draft keeps it: what may be a private key is not sent back."""
    typed = request.POST.copy()
    changes = {**{name: typed.get(name, "") for name in FIELDS}, "informed": False}
    burnt = drafting.keep(key=draft.key, by=request.actor, changes=changes, at=request.received_at)
    for name in FIELDS:
        typed[name] = typed.get(name, "") if drafting.may_keep(typed.get(name, "")) else ""
    return typed, burnt


def _is_emptied(request: ActorRequest, data: QueryDict | None) -> bool:
    """Whether something that was typed was not kept."""
    return data is not None and any(request.POST.get(n) and not data.get(n) for n in FIELDS)


def _place(request: ActorRequest, draft: Draft, form: CsrForm) -> HttpResponse:
    """Place what this page showed. Raises Refusal: DRAFT_CHANGED, those of `place`."""
    via = Via(
        channel="portal",
        language=language_of_page(),
        draft_id=draft.key,
        renewal_of=draft.renewal_of,
        key_origin=form.origin,
    )
    sent = form.everything()
    with operations.telling_of_keys(sent=sent, by=request.actor, at=request.received_at):
        if request.POST.get("seen", draft.seen) != draft.seen:
            raise Refusal(Code.DRAFT_CHANGED)
        asked = requests.parse(**_raw(draft, draft.typed))
        csr_policy.read(form.content())
    operations.place(
        asked=asked,
        csr=form.content(),
        by=request.actor,
        via=via,
        at=request.received_at,
    )
    return HttpResponseRedirect(reverse("orders:finished", args=[draft.key]))


def _key_choice(request: ActorRequest, draft: Draft) -> KeyChoice:
    structure = draft.structure
    name = structure.legal_name if structure else ""
    about = (draft.beneficiary, draft.get("structure_id"), name)
    profile = profiles.profile_for(Offer(draft.get("offer")), Usage(draft.get("usage")))
    return key_choice(profile, draft.beneficiary, known_of(request.actor, *about))


def _not_covered(structure_id: str, offer: str) -> Objection:
    facts = (("field", "structure_id"), ("structure", structure_id), ("offer", offer))
    return Objection(Code.RIGHT_MISSING, facts)


def _only(values: Sequence[str]) -> str | None:
    """The value, when there is no choice."""
    return values[0] if len(values) == 1 else None
