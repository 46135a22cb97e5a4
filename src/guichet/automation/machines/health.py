"""The health of structures: who watches over the end of their certificates, and what to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.automation.machines import queries
from guichet.automation.machines.hands import Hand
from guichet.habilitations import queries as habilitations
from guichet.habilitations.structure_filter import StructureFilterForm
from guichet.habilitations.structures import StructureFacts
from guichet.identities.access import ActorRequest, login_required
from guichet.orders import watched
from guichet.orders.policy import policy
from guichet.orders.watched import Counted, Watch, WatchFilters

SOON: Final = "bientot"
STRUCTURES_AT_MOST: Final = 50
LISTS: Final = {
    Watch.NOBODY.value: _("Que personne ne surveille"),
    SOON: _("À renouveler maintenant"),
    Watch.PEOPLE.value: _("Renouvelés à la main"),
    Watch.MACHINE.value: _("Renouvelés par un automate"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of one way of watching, or of all; `share` is that of the total, in hundredths."""

    key: str
    total: int
    soon: int
    urgent: int
    share: int


@dataclass(frozen=True, slots=True)
class StructureHealth:
    """A structure and its counts, by way of watching."""

    structure: StructureFacts
    machine: int
    people: int
    nobody: int
    soon: int

    @property
    def total(self) -> int:
        """Its certificates in service."""
        return self.machine + self.people + self.nobody


@never_cache
@login_required
@require_safe
def show_health(request: ActorRequest) -> HttpResponse:
    """Counts by way of watching, by structure where there are several, and one list at a time."""
    at = request.received_at
    hand = Hand(request.actor, at)
    structures = habilitations.structures(hand.structure_ids)
    form = StructureFilterForm(request.GET, structures=structures.values())
    machines = queries.renewers(hand, form.chosen)
    refs = tuple(machine.ref for machine in machines)
    counted = watched.counts(hand.reach, WatchFilters(machines=refs, structure_id=form.chosen), at)
    figures = _figures(counted)
    shown = _list(request.GET.get("voir", ""), figures)
    filters = WatchFilters(
        machines=refs,
        structure_id=form.chosen,
        watch=Watch(shown) if shown in set(Watch) else None,
        is_soon=shown == SOON,
        page=request.GET.get("page", "1"),
    )
    context = {
        "filters": form,
        "figures": figures,
        "total": sum(row.total for row in counted),
        "structures": () if form.chosen else _by_structure(counted, structures),
        "page": watched.products(hand.reach, filters, at),
        "shown": shown,
        "tabs": _tabs(form.chosen, figures),
        "machines": len(machines),
        "opens_before": at + policy().renewal_opens,
        "days": policy().renewal_opens.days,
        "urgent_days": policy().escalation_days,
        "may_see": bool(structures),
        "may_open": bool(hand.sides),
    }
    return render(request, "automation/health.html", context)


def _figures(counted: Iterable[Counted]) -> dict[str, Figures]:
    rows = tuple(counted)
    total = sum(row.total for row in rows)
    ways = {watch.value: [r for r in rows if r.watch is watch] for watch in Watch}
    found = {key: _figure(key, several, total) for key, several in ways.items()}
    return {**found, SOON: _figure(SOON, rows, total)}


def _figure(key: str, rows: Iterable[Counted], total: int) -> Figures:
    several = tuple(rows)
    soon = sum(row.soon for row in several)
    count = soon if key == SOON else sum(row.total for row in several)
    return Figures(
        key=key,
        total=count,
        soon=soon,
        urgent=sum(row.urgent for row in several),
        share=_share(count, total),
    )


def _share(count: int, total: int) -> int:
    """What is there is seen, however little beside the rest."""
    return max(1, round(100 * count / total)) if count else 0


def _list(asked: str, figures: Mapping[str, Figures]) -> str:
    """The list shown: the one asked for, or the first that holds anything."""
    if asked in LISTS:
        return asked
    return next((key for key in LISTS if figures[key].total), Watch.NOBODY.value)


def _tabs(structure_id: str, figures: Mapping[str, Figures]) -> list[tuple[str, str, str]]:
    kept = f"structure={structure_id}&" if structure_id else ""
    return [
        (key, f"{words} ({figures[key].total})", f"?{kept}voir={key}#liste")
        for key, words in LISTS.items()
    ]


def _by_structure(
    counted: Iterable[Counted], structures: Mapping[str, StructureFacts]
) -> tuple[StructureHealth, ...]:
    """The structures, those with the most that nobody watches first."""
    found: dict[str, dict[str, int]] = {}
    for row in counted:
        counts = found.setdefault(row.structure_id, {})
        counts[row.watch.value] = row.total
        counts[SOON] = counts.get(SOON, 0) + row.soon
    lines = [
        StructureHealth(
            structures[structure_id],
            counts.get(Watch.MACHINE.value, 0),
            counts.get(Watch.PEOPLE.value, 0),
            counts.get(Watch.NOBODY.value, 0),
            counts[SOON],
        )
        for structure_id, counts in found.items()
        if structure_id in structures
    ]
    lines.sort(key=lambda line: (-line.nobody, -line.soon, line.structure.legal_name))
    return tuple(lines[:STRUCTURES_AT_MOST])
