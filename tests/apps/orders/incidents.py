"""Two operators, and what they do to an incident."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from apps.orders.counter import CODE, HOSPITAL, INFORMATION, Person
from guichet.domain.orders import request as requests
from guichet.domain.orders.criteria import Criteria
from guichet.domain.orders.incidents import IncidentState
from guichet.orders import incidents, operations
from guichet.orders.incidents import IncidentFacts
from guichet.orders.operations import incident_deciding as deciding
from guichet.orders.operations import incident_preparing as preparing
from guichet.orders.operations import incident_running as running
from guichet.orders.operations.incident_deciding import Proposal
from guichet.orders.summaries import Via
from guichet.x509.crl import Reason
from kit import pki


def placed(
    somebody: Person, *, structure: str = HOSPITAL, kind: str = "p-256", **typed: str
) -> int:
    """An order placed without its pages, by its number."""
    information = {**INFORMATION, "offer": "ORG", "structure_id": structure, **typed}
    order = operations.place(
        asked=requests.parse(**information),
        csr=pki.csr(pki.fresh_key(kind)),
        by=somebody.actor,
        via=Via(channel="portal"),
        at=timezone.now(),
    )
    return order.number


def taken(somebody: Person, number: int) -> int:
    """The product of an order that is signed, by its number."""
    found = operations.withdraw(
        number=number, by=somebody.actor, code=CODE, terms_accepted=True, at=timezone.now()
    )
    return found.product_number


@dataclass
class Operators:
    """The first proposes, the second decides."""

    first: Person
    second: Person

    def opened(self, criteria: Criteria) -> "Case":
        """An incident whose search has not begun."""
        number = preparing.open_incident(
            title="Rapport du 25 novembre",
            criteria=criteria,
            by=self.first.actor,
            at=timezone.now(),
        )
        return Case(self, number)

    def searched(self, criteria: Criteria) -> "Case":
        """An incident whose certificates are found."""
        case = self.opened(criteria)
        while case.facts.state is IncidentState.SEARCHING:
            preparing.search_incidents(timezone.now())
        return case


@dataclass
class Case:
    """One incident."""

    people: Operators
    number: int

    @property
    def facts(self) -> IncidentFacts:
        """As it is now."""
        return incidents.incident(self.number)

    @property
    def counts(self) -> Mapping[str, int]:
        """What became of its certificates; states without any are left out."""
        found = incidents.counts(self.number)
        return {state.value: count for state, count in found.items() if count}

    def proposed(self, count: str = "", **asked: Any) -> "Case":
        """By the first operator."""
        proposal = Proposal(**{"reason": Reason.KEY_COMPROMISE, **asked})
        deciding.propose(asked=proposal, count=count or str(self.facts.found), **self._who(None))
        return self

    def approved(self, by: Person | None = None, count: str = "") -> "Case":
        """By the second, unless another tries."""
        who = self._who(by or self.people.second)
        deciding.approve(count=count or str(self.facts.found), **who)
        return self

    def refused(self, note: str = "Non.", by: Person | None = None) -> "Case":
        """By the second, unless another tries."""
        deciding.refuse(note=note, **self._who(by or self.people.second))
        return self

    def run(self, at: datetime | None = None) -> "Case":
        """The clerk's rounds until nothing is left to try."""
        now = at or timezone.now()
        while running.run_incidents(now):
            pass
        running.run_incidents(now)
        return self

    def _who(self, by: Person | None) -> dict[str, Any]:
        actor = (by or self.people.first).actor
        return {"number": self.number, "by": actor, "at": timezone.now()}
