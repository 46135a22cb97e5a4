"""Machine accounts: the list, opening one, its page, its limits, disabled and let in again."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.automation.machines import operations, queries, texts
from guichet.automation.machines.forms import (
    AccountForm,
    SideForm,
    initial_of,
    last_day,
)
from guichet.automation.machines.hands import Hand, Side
from guichet.habilitations import queries as habilitations
from guichet.habilitations.structure_filter import StructureFilterForm
from guichet.identities import machines as identities
from guichet.identities.access import ActorRequest, login_required
from guichet.identities.machines import MachineFacts
from guichet.orders import watched
from guichet.web.forms import posted, refusals_on, status_of

FORM: Final = ["GET", "HEAD", "POST"]


@never_cache
@login_required
@require_safe
def show_accounts(request: ActorRequest) -> HttpResponse:
    """The accounts of one's structures, or what they are for where there are none."""
    hand = Hand(request.actor, request.received_at)
    structures = habilitations.structures(hand.structure_ids)
    filters = StructureFilterForm(request.GET, structures=structures.values())
    page = queries.lines(hand, filters.chosen, request.GET.get("page", "1"))
    context = {
        "filters": filters,
        "page": page,
        "may_open": bool(hand.sides),
        "may_see": bool(structures),
    }
    return render(request, "automation/accounts.html", context)


@never_cache
@login_required
@require_http_methods(FORM)
def open_account(request: ActorRequest) -> HttpResponse:
    """For whom, where there is a choice; then the account."""
    hand = Hand(request.actor, request.received_at)
    sides = _labelled(hand)
    if not sides:
        return render(request, "automation/no_right.html", status=HTTPStatus.FORBIDDEN)
    choice = SideForm(request.GET or None, sides=sides)
    side = _chosen(choice, sides)
    if side is None:
        status = status_of(choice)
        return render(request, "automation/account_side.html", {"choice": choice}, status=status)
    form = _form(request, hand, side, None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, request):
            opened = operations.open_account(
                side=side,
                asked=form.asked(),
                by=request.actor,
                at=request.received_at,
                key=form.cleaned_data["key"],
            )
            return to_account(opened.key)
    context = {"form": form, "label": dict(sides)[side], "has_choice": len(sides) > 1}
    return _answer(request, "automation/account_form.html", context, form)


@never_cache
@login_required
@require_safe
def show_account(request: ActorRequest, key: UUID) -> HttpResponse:
    """One account: what it may do, how it comes in, what it did."""
    hand = Hand(request.actor, request.received_at)
    machine = queries.visible(hand, key)
    scope = machine.scope
    context = {
        **frame(machine, hand),
        "verbs": texts.verb_words(scope.verbs),
        "profiles": sorted(scope.profiles),
        "has_services": any(code.startswith("ORG/") for code in scope.profiles),
        "credentials": [
            (found, texts.KINDS[found.kind], found.is_open(request.received_at))
            for found in identities.credentials_of(key)
        ],
        "life": texts.life_of(machine),
        "orders": watched.orders_of(machine.ref, scope.structure_id),
        "last_day": last_day(machine.ends_at),
        "channel": texts.CHANNELS.get(machine.last_used_by, ""),
    }
    return render(request, "automation/account.html", context)


@never_cache
@login_required
@require_http_methods(FORM)
def change_account(request: ActorRequest, key: UUID) -> HttpResponse:
    """Another name, another contact, other limits."""
    hand = Hand(request.actor, request.received_at)
    machine = queries.visible(hand, key)
    operations.require_held(hand, machine)
    side = Side(machine.scope.structure_id, machine.scope.delegation)
    form = _form(request, hand, side, machine)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, request):
            operations.change_account(
                key=key, asked=form.asked(), by=request.actor, at=request.received_at
            )
            return to_account(key)
    context = {**frame(machine, hand), "form": form, "label": dict(_labelled(hand))[side]}
    return _answer(request, "automation/account_form.html", context, form)


@never_cache
@login_required
@require_http_methods(FORM)
def disable(request: ActorRequest, key: UUID) -> HttpResponse:
    """Disable an account, after a page that says what stops."""
    if request.method == "POST":
        operations.disable(key=key, by=request.actor, at=request.received_at)
        return to_account(key)
    hand = Hand(request.actor, request.received_at)
    context = frame(queries.visible(hand, key), hand)
    return render(request, "automation/account_disable.html", context)


@login_required
@require_POST
def enable(request: ActorRequest, key: UUID) -> HttpResponse:
    """Let an account's machines in again, with the credentials they had."""
    operations.enable(key=key, by=request.actor, at=request.received_at)
    return to_account(key)


def frame(machine: MachineFacts, hand: Hand) -> dict[str, Any]:
    """What the pages of one account share."""
    return {
        "machine": machine,
        "structure": habilitations.structure(machine.scope.structure_id),
        "is_open": machine.is_open(hand.at),
        "holds": hand.holds(machine.scope),
    }


def to_account(key: UUID, place: str = "") -> HttpResponseRedirect:
    """Back to the page of an account."""
    return HttpResponseRedirect(reverse("automates:account", args=[key]) + place)


def _labelled(hand: Hand) -> list[tuple[Side, str]]:
    """For whom this person may open accounts, by name."""
    facts = habilitations.structures(side.structure_id for side in hand.sides)
    found = []
    for side, rights in hand.sides.items():
        structure = facts[side.structure_id]
        editor = f" — {rights[0].editor}" if rights[0].editor else ""
        found.append((side, f"{structure.label}{editor}"))
    return sorted(found, key=lambda pair: pair[1])


def _chosen(choice: SideForm, sides: list[tuple[Side, str]]) -> Side | None:
    if len(sides) == 1 and not choice.is_bound:
        return sides[0][0]
    if not choice.is_bound or not choice.is_valid():
        return None
    return next(side for side, _label in sides if side.text == choice.cleaned_data["pour"])


def _form(
    request: ActorRequest, hand: Hand, side: Side, machine: MachineFacts | None
) -> AccountForm:
    held = hand.sides[side]
    return AccountForm(
        posted(request),
        held=held,
        today=timezone.localtime(request.received_at).date(),
        initial={"contact_email": request.actor.email, **initial_of(machine, held)},
    )


def _answer(
    request: ActorRequest, template: str, context: Mapping[str, Any], form: AccountForm
) -> HttpResponse:
    status = status_of(form)
    return render(request, template, dict(context), status=status)
