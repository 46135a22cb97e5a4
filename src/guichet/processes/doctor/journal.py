"""The journal: whether its checkpoints follow it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from guichet.conf.environment import Environment
from guichet.journal import checkpoints, queries
from guichet.processes.doctor.findings import Finding, closed, fault, well

CHECK: Final = "checkpoints"
LATE: Final = timedelta(minutes=10)
WHY: Final = "What is cut off the journal's end is found only against what was written outside it."


def examine(_environment: Environment, at: datetime) -> Iterator[Finding]:
    """The last checkpoint beside the head of the chain."""
    head = queries.head()
    try:
        points = checkpoints.read()
    except PermissionError:
        yield closed(CHECK, checkpoints.path())
        return
    except ValueError as error:
        yield fault(
            CHECK,
            f"{checkpoints.path()} cannot be read: {error}",
            why=WHY,
            mend="Put back a copy kept elsewhere, then guichet journal verify",
        )
        return
    last = points[-1] if points else None
    if last is not None and last.seq > head.seq:
        yield fault(
            CHECK,
            f"The journal ends at entry {head.seq}, behind its checkpoint {last.seq}",
            why="Its end was cut, or an older database was put in place.",
            mend="guichet journal verify; after a restore, guichet restore check",
        )
    elif _is_behind(head.seq, last, at):
        yield fault(
            CHECK,
            f"Checkpoints stop at entry {last.seq if last else 0} of {head.seq}",
            why=WHY,
            mend="systemctl restart guichet-clerk, which writes them",
        )
    else:
        yield well(CHECK, f"The last checkpoint is of entry {last.seq if last else 0}")


def _is_behind(head: int, last: checkpoints.Checkpoint | None, at: datetime) -> bool:
    """Whether an entry has waited too long for a checkpoint that tells it."""
    seq = last.seq if last else 0
    if head <= seq:
        return False
    since = queries.told_at(seq + 1)
    return since is not None and at - since > LATE
