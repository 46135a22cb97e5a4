"""The cards of a structure and what they may do: seen, suspended, narrowed, ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import stewardship
from guichet.habilitations.operations import lives
from guichet.habilitations.queries import holdings
from guichet.habilitations.queries.holdings import CardHoldings, Holding
from guichet.habilitations.rights_forms import (
    CardSearchForm,
    NarrowForm,
    ReasonForm,
    StructureSearchForm,
)
from guichet.habilitations.texts.rights import life_of
from guichet.habilitations.views.structure_frame import frame
from guichet.identities.access import ActorRequest, login_required
from guichet.web.forms import posted, refusals_on, status_of

Form = ["GET", "HEAD", "POST"]


class Change(Protocol):
    """An operation on one right."""

    def __call__(self, *, key: str, because: str, by: Any, at: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class Verb:
    """What one may do to a right: its word in addresses, its operation, whether it needs words."""

    name: str
    operation: Change
    needs_reason: bool = True


VERBS: Final[Mapping[str, Verb]] = {
    "suspendre": Verb("suspend", lives.suspend),
    "reprendre": Verb("resume", lives.resume, needs_reason=False),
    "terminer": Verb("end", lives.end),
}


@login_required
@require_safe
def show_structures(request: ActorRequest) -> HttpResponse:
    """The structures that somebody represents; all of them for instructors and auditors."""
    form = StructureSearchForm(request.GET)
    page = holdings.structures_seen_by(
        request.actor, form.text, request.GET.get("page", "1"), request.received_at
    )
    context = {
        "filters": form,
        "page": page,
        "is_reader": request.actor.is_a(*stewardship.READERS),
    }
    return render(request, "habilitations/rights/structures.html", context)


@never_cache
@login_required
@require_safe
def show_structure(request: ActorRequest, national_id: str) -> HttpResponse:
    """One structure: what its cards hold, card by card, and what ends soon."""
    context = frame(request, national_id, "rights")
    form = CardSearchForm(request.GET)
    ended = request.GET.get("etat") == holdings.ENDED
    which = holdings.ENDED if ended else holdings.OPEN
    page = holdings.holdings(
        national_id,
        request.actor,
        card=form.text,
        which=which,
        page=request.GET.get("page", "1"),
        at=request.received_at,
    )
    structure = stewardship.see(national_id, request.actor).structure
    ending = holdings.ending_soon(structure, request.received_at)
    shown = [held for card in (*ending, *page.object_list) for held in card.holdings]
    context |= {
        "filters": form,
        "which": which,
        "page": page,
        "ending": ending,
        "owned": holdings.dossiers_owned((held.dossier for held in shown), request.actor),
    }
    return render(request, "habilitations/rights/structure.html", context)


@never_cache
@login_required
@require_safe
def show_right(request: ActorRequest, national_id: str, key: UUID) -> HttpResponse:
    """One right, its life, and what may be done to it."""
    context = _about(request, national_id, key)
    context["life"] = life_of(national_id, key)
    return render(request, "habilitations/rights/right.html", context)


@never_cache
@login_required
@require_http_methods(Form)
def change_right(request: ActorRequest, national_id: str, key: UUID, verb: str) -> HttpResponse:
    """Suspend, resume or end a right, after a page that says what it means."""
    context = _about(request, national_id, key, acting=True)
    chosen = VERBS[verb]
    form = ReasonForm(posted(request), needed=chosen.needs_reason)
    if request.method == "POST" and form.is_valid():
        try:
            with refusals_on(form, request, but={Code.RIGHT_STATE}):
                chosen.operation(
                    key=str(key),
                    because=form.cleaned_data["because"],
                    by=request.actor,
                    at=request.received_at,
                )
                return _to_right(national_id, key)
        except Refusal:  # the same button, pressed twice
            return _to_right(national_id, key)
    context |= {"form": form, "verb": chosen.name}
    return _answer(request, "habilitations/rights/right_change.html", context)


@never_cache
@login_required
@require_http_methods(Form)
def narrow_right(request: ActorRequest, national_id: str, key: UUID) -> HttpResponse:
    """Take usages or names away from a right; the new right is shown."""
    context = _about(request, national_id, key, acting=True)
    holding: Holding = context["right"]
    if holding.is_ended:
        return _to_right(national_id, holding.successor or key)
    form = NarrowForm(posted(request), holding=holding)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, request):
            successor = lives.narrow(
                key=str(key),
                kept=form.kept(),
                because=form.cleaned_data["because"],
                by=request.actor,
                at=request.received_at,
            )
            return _to_right(national_id, successor)
    return _answer(request, "habilitations/rights/right_narrow.html", {**context, "form": form})


@never_cache
@login_required
@require_http_methods(Form)
def administrator_leaves(request: ActorRequest, national_id: str, card_number: str) -> HttpResponse:
    """An administrator leaves: every right of the card for the structure ends."""
    context = frame(request, national_id, "rights")
    stewardship.act(national_id, request.actor)
    home = HttpResponseRedirect(reverse("habilitations:structure", args=[national_id]))
    try:
        held = holdings.held_by_card(national_id, card_number, request.actor, request.received_at)
    except Refusal as refusal:
        if refusal.code is Code.RIGHT_UNKNOWN and request.method == "POST":
            return home  # the same button, pressed twice
        raise
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        lives.administrator_leaves(
            national_id=national_id,
            card_number=card_number,
            because=form.cleaned_data["because"],
            by=request.actor,
            at=request.received_at,
        )
        return home
    return _answer(
        request, "habilitations/rights/departure.html", {**context, "form": form, "card": held}
    )


@never_cache
@login_required
@require_http_methods(Form)
def structure_leaves(request: ActorRequest, national_id: str) -> HttpResponse:
    """A structure leaves: an instructor ends all its rights and delegations."""
    context = frame(request, national_id, "rights")
    if not context["is_staff"]:
        raise Refusal(Code.ROLE_MISSING)
    rights = holdings.open_rights(national_id, request.received_at)
    home = HttpResponseRedirect(reverse("habilitations:structure", args=[national_id]))
    if not rights:
        return home
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        lives.structure_leaves(
            national_id=national_id,
            because=form.cleaned_data["because"],
            by=request.actor,
            at=request.received_at,
        )
        return home
    cards = len({held.card_number for held in rights})
    context |= {"form": form, "count": len(rights), "cards": cards}
    return _answer(request, "habilitations/rights/structure_departure.html", context)


def _about(
    request: ActorRequest, national_id: str, key: UUID, *, acting: bool = False
) -> dict[str, Any]:
    """The context of a page about one right of this structure."""
    structure, card = holdings.holding(key, request.actor, request.received_at)
    if structure.national_id != national_id:
        raise Refusal(Code.RIGHT_UNKNOWN)
    context = frame(request, national_id, "rights")
    if acting:
        stewardship.act(national_id, request.actor)
    right = card.holdings[0]
    owned = holdings.dossiers_owned([right.dossier], request.actor)
    return {**context, "card": card, "right": right, "owned": owned, **_may(context, card)}


def _may(context: Mapping[str, Any], card: CardHoldings) -> dict[str, bool]:
    right = card.holdings[0]
    acts = context["acts"] and not right.is_ended
    return {
        "may_change": acts,
        "may_resume": acts and (context["is_staff"] or not right.suspended_by_staff),
    }


def _to_right(national_id: str, key: UUID | str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("habilitations:right", args=[national_id, key]))


def _answer(request: ActorRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """The page of an act, with its form."""
    return render(request, template, dict(context), status=status_of(context["form"]))
