"""Who represents structures, and how to write to them: for other apps to ask."""

from guichet.habilitations.models import Structure
from guichet.habilitations.queries import people
from guichet.habilitations.queries.people import Person


def representatives(national_id: str) -> tuple[Person, ...]:
    """The representatives of a structure that have an address; none for an unknown structure."""
    row = Structure.objects.filter(national_id=national_id).first()
    if row is None:
        return ()
    return tuple(person for person in people.representatives_of(row) if person.emails)
