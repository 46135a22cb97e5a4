"""One figure with its reference."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One line: what was measured, its value, its reference, and their ratio."""

    id: str
    what: str
    value: float
    reference: float
    unit: str

    @property
    def ratio(self) -> float:
        return self.value / self.reference
