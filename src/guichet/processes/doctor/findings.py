"""What the doctor says of one thing it looked at."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from guichet.conf.environment import Environment
from guichet.processes.keystore_examination import Grade


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found and, unless all is well, why it matters and what mends
    it.

    `check` is its stable name, for programs: "disk-space".
    """

    check: str
    grade: Grade
    found: str
    why: str = ""
    mend: str = ""

    def written(self) -> dict[str, str]:
        """As JSON has it."""
        return {name: str(value) for name, value in asdict(self).items()}


Examination = Callable[[Environment, datetime], Iterator[Finding]]


def well(check: str, found: str) -> Finding:
    """Nothing to do."""
    return Finding(check, Grade.WELL, found)


def closed(check: str, what: object) -> Finding:
    """What is another process's own, which nobody else should read: it is not looked at."""
    return well(
        check, f"{what} is closed to this user, as it should be: run the doctor as root to check it"
    )


def warning(check: str, found: str, *, why: str, mend: str) -> Finding:
    """To be seen to, before it becomes a fault."""
    return Finding(check, Grade.WARNING, found, why, mend)


def fault(check: str, found: str, *, why: str, mend: str) -> Finding:
    """Something does not work, or lets somebody in."""
    return Finding(check, Grade.FAULT, found, why, mend)
