"""State machines that are tables: printable, and walked whole by the tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from guichet.domain.refusals import Code, Refusal

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


@dataclass(frozen=True)
class Machine(Generic[S, A]):
    """What each act does in each state; what the table does not hold is refused."""

    moves: Mapping[tuple[S, A], S]

    def next(self, state: S, act: A) -> S:
        """Return the state after the act. Raises Refusal(MOVE_FORBIDDEN)."""
        reached = self.moves.get((state, act))
        if reached is None:
            raise Refusal(Code.MOVE_FORBIDDEN, state=state.value, act=act.value)
        return reached

    def allows(self, state: S, act: A) -> bool:
        """Tell whether the act is in the table for this state."""
        return (state, act) in self.moves

    def acts(self, state: S) -> frozenset[A]:
        """Return every act the state allows; none for a final state."""
        return frozenset(act for origin, act in self.moves if origin is state)

    def table(self) -> tuple[tuple[S, A, S], ...]:
        """Return the rows (state, act, next state) in the order they were written."""
        return tuple((state, act, reached) for (state, act), reached in self.moves.items())
