"""What the command line tells and does about habilitations, in words a terminal shows."""

from collections.abc import Iterable, Iterator

from django.utils import timezone

from guichet.habilitations import queries
from guichet.habilitations.operations import purging
from guichet.habilitations.operations.purging import Purgeable
from guichet.habilitations.queries import holdings, stubs
from guichet.habilitations.queries.holdings import Holding
from guichet.processes.told import ACTOR, Told

WHY = {
    "draft": "draft left untouched",
    "trash": "draft in the bin",
    "decided": "decided long ago, its rights over",
}


def list_rights(structure_id: str) -> Told:
    """One line for each open right of a structure."""
    structure = queries.structures([structure_id]).get(structure_id)
    if structure is None:
        return Told(False, f"No structure has the national identifier {structure_id}.")
    held = holdings.open_rights(structure_id, timezone.now())
    return Told(True, "\n".join([structure.label, *_rights(held)]))


def _rights(rights: Iterable[Holding]) -> Iterator[str]:
    for held in rights:
        until = f"until {held.last_day}" if held.last_day else "no end known"
        state = "suspended" if held.is_suspended else "open"
        names = f"  {', '.join(held.names)}" if held.names else ""
        yield (
            f"{held.card_number:12} {held.offer:5} {' '.join(held.usages):32} {state:10}"
            f" {until:18} {held.origin or '-'}{names}"
        )


def describe_dossier(number: int) -> Told:
    """State and dates of a dossier, also of one that was purged; nobody is named."""
    found = stubs.dossier(number)
    if found is None:
        return Told(False, f"No dossier has the number {number}.")
    lines = [f"Dossier {found.number}: {found.state}"]
    lines += [f"{name}: {at:%Y-%m-%d %H:%M} UTC" for name, at in found.dates if at is not None]
    lines += [f"right: {line}" for line in found.rights]
    return Told(True, "\n".join(lines))


def purge(*, dry_run: bool) -> Iterator[str]:
    """Delete what is over, or say what would be; one line a dossier."""
    at = timezone.now()
    found = purging.purgeable(at) if dry_run else purging.purge(by=ACTOR, at=at)
    yield from map(_line, found)
    verb = "would be purged" if dry_run else "purged"
    yield f"{len(found)} {verb}."


def _line(found: Purgeable) -> str:
    return f"{found.number:>10}  {found.state:16} {WHY[found.why]}"
