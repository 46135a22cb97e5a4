"""Who works at the counter, for a terminal: the first two people, and the list of all."""

from collections.abc import Iterator, Sequence

from django.utils import timezone

from guichet.domain.refusals import Refusal
from guichet.identities import access_queries, operations
from guichet.identities.operations import FirstPerson
from guichet.processes.told import ACTOR, Told
from guichet.processes.troubles import words


def register(*, name: str, email: str, national_id: str, card: str, roles: Sequence[str]) -> Told:
    """Register one of the first two people who may give roles."""
    person = FirstPerson(
        name=name, email=email, national_id=national_id, card_number=card, roles=roles
    )
    try:
        operations.bootstrap(person=person, by=ACTOR, at=timezone.now())
    except Refusal as refusal:
        return Told(False, words(refusal))
    return Told(True, f"{name}: {' '.join(sorted(roles))}; card {card}")


def describe_all() -> Iterator[str]:
    """One line for each person: name, roles with their first day, last login."""
    members = access_queries.members(timezone.now())
    if not members:
        yield "Nobody holds a role yet: guichet access bootstrap gives the first two people theirs."
    for one in members:
        roles = ", ".join(f"{held.role} since {held.since:%Y-%m-%d}" for held in one.holdings)
        last = f"{one.last_login:%Y-%m-%d %H:%M} UTC" if one.last_login else "never"
        yield f"{one.name:40} {roles:60} last login {last}"
