"""Machine accounts as somebody sees them; what they may not see does not exist."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.core.paginator import Page, Paginator

from guichet.automation.machines import texts
from guichet.automation.machines.hands import Hand
from guichet.domain.machines import Verb
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import queries as habilitations
from guichet.habilitations.structures import StructureFacts
from guichet.identities import machines as identities
from guichet.identities.machines import MachineFacts
from guichet.orders import watched
from guichet.orders.policy import policy
from guichet.orders.watched import Ends

PAGE_SIZE: Final = 20
RENEWERS: Final = frozenset({Verb.RENEW, Verb.ORDER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An account in the list. `ends` tells of the certificates that it obtained, None for none.

    `verbs` are their words; `credentials` the words of kinds and how many are open.
    """

    machine: MachineFacts
    structure: StructureFacts | None
    verbs: tuple[str, ...]
    profiles: tuple[str, ...]
    credentials: tuple[tuple[str, int], ...]
    ends: Ends | None
    is_open: bool
    at: datetime

    @property
    def renews_at(self) -> datetime | None:
        """From when it may renew the first of its certificates to end."""
        return self.ends.first_at - policy().renewal_opens if self.ends else None

    @property
    def is_due(self) -> bool:
        """Whether that day has come: the machine has a certificate to renew."""
        return self.renews_at is not None and self.renews_at <= self.at


def visible(hand: Hand, key: UUID) -> MachineFacts:
    """One account. Raises Refusal(MACHINE_UNKNOWN), for strangers too."""
    found = identities.machine(key)
    if not hand.sees(found.scope):
        raise Refusal(Code.MACHINE_UNKNOWN, hides=found.ref)
    return found


def seen(hand: Hand, structure_id: str = "") -> tuple[MachineFacts, ...]:
    """Every account that somebody sees, of one structure or of all; the disabled ones last."""
    wanted = hand.structure_ids
    if structure_id:
        wanted &= {structure_id}
    found = identities.machines_of(*wanted) if wanted else ()
    return tuple(machine for machine in found if hand.sees(machine.scope))


def lines(hand: Hand, structure_id: str, number: str) -> Page[Line]:
    """One page of the list; a number out of range gives the nearest one."""
    page: Page[Any] = Paginator(seen(hand, structure_id), PAGE_SIZE).get_page(number)
    machines = tuple(page.object_list)
    structures = habilitations.structures(machine.scope.structure_id for machine in machines)
    credentials = identities.open_credentials([machine.key for machine in machines], hand.at)
    ends = watched.ends_of([machine.ref for machine in machines], structures, hand.at)
    page.object_list = [
        Line(
            machine=machine,
            structure=structures.get(machine.scope.structure_id),
            verbs=texts.verb_words(machine.scope.verbs),
            profiles=tuple(sorted(machine.scope.profiles)),
            credentials=texts.credential_words(credentials[machine.key]),
            ends=ends.get(machine.ref),
            is_open=machine.is_open(hand.at),
            at=hand.at,
        )
        for machine in machines
    ]
    return page


def renewers(hand: Hand, structure_id: str = "") -> tuple[MachineFacts, ...]:
    """The accounts seen that may still renew what they obtained."""
    return tuple(
        machine
        for machine in seen(hand, structure_id)
        if machine.is_open(hand.at) and machine.scope.verbs & RENEWERS
    )
