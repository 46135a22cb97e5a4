"""One figure with its reference."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One line: what was measured, its value, its reference if it has one, and their ratio."""

    id: str
    what: str
    value: float
    reference: float | None
    unit: str
    goal: str = ""

    @property
    def ratio(self) -> float | None:
        """The value for one of the reference."""
        return None if self.reference is None else self.value / self.reference
