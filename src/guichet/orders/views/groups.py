"""Group orders: what they share, their lines, and their progress once placed."""

import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.domain.orders.groups import GroupKind, LineObjection, read_lines
from guichet.domain.refusals import Objection, Refusal
from guichet.habilitations import queries as habilitations
from guichet.identities.access import ActorRequest, login_required
from guichet.orders import groups
from guichet.orders.forms import WithdrawalForm
from guichet.orders.group_forms import (
    ADDED_ROWS,
    BLANK_ROWS,
    LABELS,
    GroupForm,
    LinesFileForm,
    table,
    typed_lines,
    words,
)
from guichet.orders.groups import Group
from guichet.orders.operations import grouping
from guichet.orders.views.withdrawing import code_of, forget_consent, on_fields
from guichet.orders.visibility import Reach, reach
from guichet.terms import queries as terms
from guichet.web import watching
from guichet.web.forms import posted, status_of
from guichet.web.spreadsheets import CSV, table_lines

POSTS: Final = ["GET", "HEAD", "POST"]


@login_required
@require_safe
def list_groups(request: ActorRequest) -> HttpResponse:
    """What a group order is, and the actor's own."""
    found = reach(request.actor, request.received_at)
    context = {"groups": groups.groups_of(request.actor), "may_order": bool(found.rights)}
    return render(request, "orders/groups.html", context)


@never_cache
@login_required
@require_http_methods(POSTS)
def start(request: ActorRequest) -> HttpResponse:
    """What the lines will have in common."""
    found = reach(request.actor, request.received_at)
    if not found.rights:
        return render(request, "orders/no_right.html", {"may_see": bool(found.structure_ids)})
    facts = habilitations.structures({right.structure_id for right in found.rights})
    form = GroupForm(
        posted(request),
        initial={"actor_email": request.actor.email, "kind": GroupKind.SERVICES.value},
        profiles=_profiles(found),
        structures=sorted(facts.values(), key=lambda structure: structure.legal_name),
    )
    if request.method == "POST" and form.is_valid():
        key = grouping.begin(
            kind=GroupKind(form.cleaned_data["kind"]),
            common=form.common(),
            by=request.actor,
            at=request.received_at,
        )
        return HttpResponseRedirect(reverse("orders:group-lines", args=[key]))
    status = status_of(form)
    return render(request, "orders/group_start.html", {"form": form}, status=status)


@never_cache
@login_required
@require_http_methods(POSTS)
def edit_lines(request: ActorRequest, key: UUID) -> HttpResponse:
    """The lines, brought in a file or typed; corrected in place, each error by its column."""
    group = groups.group(key, request.actor, request.received_at)
    if group.placed_at is not None:
        return HttpResponseRedirect(reverse("orders:group", args=[key]))
    if request.method != "POST":
        return _lines_page(request, group, _found(request, group))
    act = request.POST.get("acte", "")
    form = LinesFileForm(request.POST, request.FILES) if act == "file" else None
    if form is not None and not form.is_valid():
        return _lines_page(request, group, (), form=form)
    try:
        burnt = _keep(request, group, form)
    except Refusal as refusal:
        if form is None:
            raise
        watching.tell(request, refusal)
        form.add_objections(refusal.all)
        return _lines_page(request, group, (), form=form)
    group = groups.group(key, request.actor, request.received_at)
    found = _found(request, group)
    if act == "continue" and group.rows and not found and not burnt:
        return HttpResponseRedirect(reverse("orders:group-requests", args=[key]))
    blanks = ADDED_ROWS if act == "add" else BLANK_ROWS
    return _lines_page(request, group, found, burnt=burnt, blanks=blanks)


@login_required
@require_safe
def download_template(request: ActorRequest, key: UUID) -> HttpResponse:
    """An empty file of the lines, with the headings in the language of the page."""
    group = groups.group(key, request.actor, request.received_at)
    heading = [str(LABELS[name]) for name in group.columns]
    answer = HttpResponse("".join(table_lines([heading], [])), content_type=CSV)
    answer["Content-Disposition"] = 'attachment; filename="commande-groupee.csv"'
    return answer


@login_required
@require_POST
def discard(request: ActorRequest, key: UUID) -> HttpResponse:
    """Throw an unplaced group away."""
    grouping.discard(key=key, by=request.actor)
    return HttpResponseRedirect(reverse("orders:groups"))


@never_cache
@login_required
@require_safe
def show_group(request: ActorRequest, key: UUID) -> HttpResponse:
    """Where every order of a placed group stands."""
    group = groups.group(key, request.actor, request.received_at)
    if group.placed_at is None:
        return HttpResponseRedirect(reverse("orders:group-lines", args=[key]))
    ready = grouping.withdrawable(group, request.actor, request.received_at)
    context = {
        "group": group,
        "counts": group.counts(),
        "state": _state(group),
        "ready": len(ready),
        "key_orders": json.dumps(_browser_keys(group)),
        "by_browser": bool(_browser_keys(group)),
        "just_placed": "envoye" in request.GET,
        "just_withdrawn": "retire" in request.GET,
    }
    return render(request, "orders/group.html", context)


@never_cache
@login_required
@require_safe
def group_state(request: ActorRequest, key: UUID) -> JsonResponse:
    """How far the group is, for its page that waits."""
    group = groups.group(key, request.actor, request.received_at)
    return JsonResponse({"state": _state(group)})


@never_cache
@login_required
@require_http_methods(POSTS)
def withdraw(request: ActorRequest, key: UUID) -> HttpResponse:
    """One code and one acceptance for every certificate that is ready."""
    group = groups.group(key, request.actor, request.received_at)
    ready = grouping.withdrawable(group, request.actor, request.received_at)
    form = WithdrawalForm(posted(request))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            grouping.withdraw_group(
                key=key,
                by=request.actor,
                code=code_of(typed),
                terms_accepted=typed["terms"] and typed["policy"],
                at=request.received_at,
                shown=request.POST.get("shown", ""),
            )
            return HttpResponseRedirect(f"{reverse('orders:group', args=[key])}?retire=1")
        except Refusal as refusal:
            watching.tell(request, refusal)
            form.add_objections(on_fields(objection) for objection in refusal.all)
            forget_consent(form, refusal)
    status = status_of(form)
    documents = terms.to_accept(request.received_at)
    context = {"group": group, "form": form, "ready": ready, "documents": documents}
    return render(request, "orders/group_withdraw.html", context, status=status)


def _state(group: Group) -> str:
    return "-".join(str(number) for number in group.counts().values())


def _browser_keys(group: Group) -> list[tuple[str, str]]:
    """The keys that a page made, each with the number of its order."""
    made = (order for order in group.orders if order.key_origin == "browser")
    return [(order.spki_sha256, str(order.number)) for order in made]


def _profiles(found: Reach) -> list[str]:
    held = {
        f"{right.offer.value}/{usage.value}" for right in found.rights for usage in right.usages
    }
    return sorted(held)


def _found(request: ActorRequest, group: Group) -> tuple[LineObjection, ...]:
    return grouping.objections(group, request.actor, request.received_at)


def _keep(request: ActorRequest, group: Group, form: LinesFileForm | None) -> tuple[Objection, ...]:
    """Keep what was sent. Raises Refusal: LINES_*, GROUP_*."""
    if form is not None:
        lines = list(read_lines(form.cleaned_data["lines_file"].read(), group.columns))
    else:
        files = {row.position: row.file_line for row in group.rows}
        lines = typed_lines(request.POST, group.columns, files)
    return grouping.keep_lines(key=group.key, lines=lines, by=request.actor, at=request.received_at)


def _lines_page(
    request: ActorRequest,
    group: Group,
    found: Sequence[LineObjection],
    *,
    form: LinesFileForm | None = None,
    burnt: Sequence[Objection] = (),
    blanks: int = BLANK_ROWS,
) -> HttpResponse:
    context: dict[str, Any] = {
        "group": group,
        "columns": [LABELS[name] for name in group.columns],
        "lines": table(group, found, blanks=blanks),
        "found": [(o, LABELS.get(o.field, ""), words(o)) for o in found],
        "form": form or LinesFileForm(),
        "burnt": burnt,
    }
    told = (*burnt, *(line.objection for line in found)) if request.method == "POST" else ()
    status = status_of(context["form"], beside=told)
    return render(request, "orders/group_lines.html", context, status=status)
