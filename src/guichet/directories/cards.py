"""Who holds a card: the register's copy of the Annuaire Santé."""

from dataclasses import dataclass

from guichet.directories.register import Register
from guichet.directories.values import CardHolder
from guichet.domain.identifiers import CardNumber, PersonId


@dataclass(frozen=True, slots=True)
class CardDirectory:
    """Cards by number and by person. Raises RegisterError when the register cannot be read."""

    register: Register

    def find(self, number: CardNumber) -> CardHolder | None:
        """The holder of a card; None says only that the copy does not list it."""
        return self.register.card(number)

    def of_person(self, person: PersonId) -> tuple[CardHolder, ...]:
        """The cards of a person, the one that ends last first."""
        return self.register.cards_of(person)

    def structures_of(self, person: PersonId) -> tuple[str, ...]:
        """National identifiers of the structures where a person works."""
        return self.register.structures_of(person)
