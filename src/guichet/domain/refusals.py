"""Why something is refused: a code and facts. Words are the border's: web/refusal_texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from guichet.domain.codes import Code

__all__ = ["Code", "Fact", "Objection", "Refusal"]
Fact = str | int


@dataclass(frozen=True, slots=True)
class Objection:
    """One rule that does not hold, with the facts a message needs."""

    code: Code
    facts: tuple[tuple[str, Fact], ...] = field(default=())

    @property
    def mapping(self) -> Mapping[str, Fact]:
        """Facts by name."""
        return dict(self.facts)


class Refusal(Exception):  # noqa: N818 a refusal is an answer, not a fault
    """The one error of the domain. `all` holds every objection, the first being `code`'s own.

    `hides` names, as the journal does ("order:101180"), what exists and is said to be unknown: the
    answer never tells it, the journal does.
    """

    def __init__(
        self,
        code: Code,
        /,
        *,
        all: tuple[Objection, ...] = (),  # noqa: A002 the word of the house style
        hides: str = "",
        **facts: Fact,
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.hides = hides
        self.facts: Mapping[str, Fact] = facts or (all[0].mapping if all else {})
        self.all = all or (Objection(code, tuple(facts.items())),)
