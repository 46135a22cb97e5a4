"""Webhooks: the list, making one, its page and log, its signing key shown once, its end."""

import json
import secrets
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.automation.webhooks import operations, texts
from guichet.automation.webhooks.acts import to_hook
from guichet.automation.webhooks.facts import DeliveryFacts, HookFacts
from guichet.automation.webhooks.forms import HookForm, Owner, initial_of
from guichet.automation.webhooks.operations import Shown
from guichet.automation.webhooks.sight import Sight
from guichet.domain.refusals import Refusal
from guichet.domain.webhooks import DeliveryState
from guichet.habilitations import queries as habilitations
from guichet.habilitations.structure_filter import StructureFilterForm
from guichet.identities.access import ActorRequest, login_required
from guichet.web import watching
from guichet.web.forms import posted, refusals_on, status_of

FORM: Final = ["GET", "HEAD", "POST"]
SERVED: Final = "webhooks.served"
SERVED_AT_MOST: Final = 20


@never_cache
@login_required
@require_safe
def show_hooks(request: ActorRequest) -> HttpResponse:
    """The hooks of one's structures, or what they are for where there are none."""
    sight = _sight(request)
    structures = habilitations.structures(sight.structures_seen)
    filters = StructureFilterForm(request.GET, structures=structures.values())
    page = sight.hooks(filters.chosen, request.GET.get("page", "1"))
    names = sight.machine_names(hook.machine for hook in page.object_list)
    context = {
        "filters": filters,
        "page": page,
        "lines": [
            (hook, structures.get(hook.structure_id), names.get(hook.machine), _state(hook))
            for hook in page.object_list
        ],
        "may_see": bool(structures),
    }
    return render(request, "automation/webhooks/hooks.html", context)


@never_cache
@login_required
@require_http_methods(FORM)
def make_hook(request: ActorRequest) -> HttpResponse:
    """Make a hook; its signing key is in the answer to the press that makes it."""
    owners = _owners(_sight(request))
    if not owners:
        return render(request, "automation/webhooks/no_right.html", status=HTTPStatus.FORBIDDEN)
    initial = {"once": secrets.token_urlsafe(16), **initial_of(None, request.actor.email or "")}
    form = HookForm(posted(request), owners=owners, initial=initial)
    if request.method == "POST" and form.is_valid():
        once = form.cleaned_data["once"]
        if once in request.session.get(SERVED, []):
            return HttpResponseRedirect(reverse("automates:webhooks:hooks"))
        try:
            made = operations.create(asked=form.asked(), by=request.actor, at=request.received_at)
        except Refusal as refusal:
            watching.tell(request, refusal)
            form.add_objections(refusal.all)
        else:
            request.session[SERVED] = [*request.session.get(SERVED, []), once][-SERVED_AT_MOST:]
            return _shown(request, made)
    return _answer(request, {"form": form}, form)


@never_cache
@login_required
@require_safe
def show_hook(request: ActorRequest, key: UUID) -> HttpResponse:
    """One hook: what it tells, how it fares, and the log of what was sent."""
    sight = _sight(request)
    hook = sight.hook(key)
    page = sight.deliveries(key, number=request.GET.get("page", "1"))
    context = {
        **_frame(hook),
        "machine": sight.machine_names([hook.machine]).get(hook.machine),
        "topics": [(topic, texts.TOPICS[topic]) for topic in hook.topics],
        "page": page,
        "log": [_logged(found) for found in page.object_list],
        "mark": _mark(page.object_list),
        "waits": any(found.state is DeliveryState.WAITING for found in page.object_list),
        "overlaps": hook.overlap_until and request.received_at < hook.overlap_until,
    }
    return render(request, "automation/webhooks/hook.html", context)


@never_cache
@login_required
@require_safe
def show_delivery(request: ActorRequest, key: UUID, delivery: UUID) -> HttpResponse:
    """One delivery: what is sent, and how each try went."""
    sight = _sight(request)
    found = sight.delivery(key, delivery)
    context = {**_frame(sight.hook(key)), "delivery": found, "line": _logged(found)}
    context["body"] = json.dumps(json.loads(found.body), indent=2, ensure_ascii=False)
    return render(request, "automation/webhooks/delivery.html", context)


@never_cache
@login_required
@require_safe
def state(request: ActorRequest, key: UUID) -> JsonResponse:
    """How the last deliveries fare, for the page that waits for them."""
    return JsonResponse({"state": _mark(_sight(request).deliveries(key).object_list)})


@never_cache
@login_required
@require_http_methods(FORM)
def change_hook(request: ActorRequest, key: UUID) -> HttpResponse:
    """Another address, other events."""
    hook = _sight(request).hook(key)
    form = HookForm(posted(request), owners=None, initial=initial_of(hook, ""))
    if request.method == "POST" and form.is_valid():
        by, at = request.actor, request.received_at
        with refusals_on(form, request):
            operations.change(key=key, asked=form.asked(hook), by=by, at=at)
            return to_hook(key)
    return _answer(request, {**_frame(hook), "form": form}, form)


@never_cache
@login_required
@require_http_methods(FORM)
def rotate_key(request: ActorRequest, key: UUID) -> HttpResponse:
    """Another signing key, after a page that says what becomes of the first."""
    if request.method == "POST":
        made = operations.rotate(key=key, by=request.actor, at=request.received_at)
        return _shown(request, made)
    return render(request, "automation/webhooks/rotate.html", _frame(_sight(request).hook(key)))


@never_cache
@login_required
@require_http_methods(FORM)
def delete_hook(request: ActorRequest, key: UUID) -> HttpResponse:
    """Delete a hook, after a page that says what is lost."""
    if request.method == "POST":
        operations.delete(key=key, by=request.actor, at=request.received_at)
        return HttpResponseRedirect(reverse("automates:webhooks:hooks"))
    return render(request, "automation/webhooks/delete.html", _frame(_sight(request).hook(key)))


def _sight(request: ActorRequest) -> Sight:
    return Sight(request.actor, request.received_at)


def _owners(sight: Sight) -> list[tuple[Owner, str]]:
    """Structures first, then machine accounts, each by name."""
    machines = sight.machines()
    wanted = {*sight.structure_ids, *(one.scope.structure_id for one in machines)}
    names = {key: facts.label for key, facts in habilitations.structures(wanted).items()}
    own: list[tuple[Owner, str]] = [((key, None), names[key]) for key in sight.structure_ids]
    theirs: list[tuple[Owner, str]] = [
        ((one.scope.structure_id, one.key), f"{one.name} — {names[one.scope.structure_id]}")
        for one in machines
    ]
    return [*sorted(own, key=lambda pair: pair[1]), *sorted(theirs, key=lambda pair: pair[1])]


def _frame(hook: HookFacts) -> dict[str, Any]:
    """What the pages of one hook share."""
    return {
        "hook": hook,
        "state": _state(hook),
        "structure": habilitations.structure(hook.structure_id),
    }


def _state(hook: HookFacts) -> tuple[Any, str]:
    return texts.STATES[hook.state]


def _logged(found: DeliveryFacts) -> Mapping[str, Any]:
    return {
        "delivery": found,
        "words": texts.TOPICS[found.topic],
        "state": texts.DELIVERIES[found.state],
        "tries": [(one, texts.ERRORS.get(one.error, "")) for one in found.tries],
    }


def _mark(found: Iterable[DeliveryFacts]) -> str:
    return " ".join(f"{one.state}{one.attempts}" for one in found)


def _shown(request: ActorRequest, made: Shown) -> HttpResponse:
    context = {**_frame(made.facts), "secret": made.secret, "program": texts.VERIFY}
    return render(request, "automation/webhooks/secret.html", context)


def _answer(request: ActorRequest, context: Mapping[str, Any], form: HookForm) -> HttpResponse:
    status = status_of(form)
    return render(request, "automation/webhooks/form.html", dict(context), status=status)
