"""What the command line tells of incidents: `guichet incident list`, `guichet incident show`."""

from collections.abc import Iterator

from django.utils import translation

from guichet.domain.refusals import Refusal
from guichet.orders import incidents
from guichet.orders.incident_words import criteria_words, failure_words
from guichet.orders.incidents import IncidentFacts
from guichet.processes.told import Told

NONE_YET = "No incident yet."


def describe_all() -> Iterator[str]:
    """One line an incident, the newest first; all pages."""
    page = incidents.incidents("1")
    if not page.object_list:
        yield NONE_YET
    for number in page.paginator.page_range:
        for found in incidents.incidents(str(number)).object_list:
            due = f"{found.due_at:%Y-%m-%d %H:%M} UTC" if found.due_at else ""
            yield f"{found.number:>6} {found.state:10} {found.found:>9} {due:21} {found.title}"


def describe(number: int) -> Told:
    """One incident, in lines."""
    try:
        found = incidents.incident(number)
    except Refusal:
        return Told(False, f"No incident has the number {number}.")
    with translation.override("en"):
        return Told(True, "\n".join(_lines(found)))


def _lines(found: IncidentFacts) -> Iterator[str]:
    yield f"{found.number} {found.title}: {found.state}"
    for name, value in criteria_words(found.criteria):
        yield f"  {name}: {value}"
    yield f"{found.found:,} certificates, of {found.looked_at:,} looked at"
    for word, at, who in (
        ("opened", found.created_at, found.created_label),
        ("proposed", found.proposed_at, found.proposed_label),
        ("decided", found.decided_at, found.decided_label),
        ("ended", found.ended_at, found.ended_label),
    ):
        if at:
            yield f"{word} {at:%Y-%m-%d %H:%M} UTC {who}".rstrip()
    if found.reason:
        yield f"reason {found.reason}"
    for state, count in incidents.counts(found.number).items():
        if count:
            yield f"{count:>9,} {state}"
    for failure, count in incidents.failures(found.number):
        yield f"{count:>9,} failed: {failure_words(failure)}"
