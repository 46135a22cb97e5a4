"""The doctor: finds the likeliest faults of an installation, and says what mends each.

Each module looks at one subject. It changes nothing, and what it cannot look at it says.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from guichet.conf.environment import Environment
from guichet.processes import state
from guichet.processes.doctor import (
    backups,
    clocks,
    database,
    dressing,
    folders,
    journal,
    keys,
    listeners,
    mail,
    production,
    programs,
    publication,
    registers,
    resources,
    signs_of_life,
    tls,
)
from guichet.processes.doctor.findings import Examination, Finding, fault, warning, well
from guichet.processes.keystore_examination import Grade

__all__ = ["EXAMINATIONS", "Finding", "Grade", "examine", "fault", "warning", "well"]

# What others stand on comes first.
EXAMINATIONS: Final[Sequence[Examination]] = (
    programs.examine,
    resources.examine,
    folders.examine,
    database.examine,
    clocks.examine,
    keys.examine,
    signs_of_life.examine,
    listeners.examine,
    tls.examine,
    publication.examine,
    mail.examine,
    journal.examine,
    backups.examine,
    registers.examine,
    dressing.examine,
    production.examine,
)
WITHOUT_A_STATE: Final = 3
"""So many of the first look at the machine, and whether there is a state: the others want one."""


def examine(environment: Environment, at: datetime) -> Iterator[Finding]:
    """Every finding, as it is made; a subject that cannot be looked at is a fault of its own.

    Where there is no state, only what needs none is looked at: to open a database would make it.
    """
    is_made = state.is_made(environment.state)
    for examination in EXAMINATIONS if is_made else EXAMINATIONS[:WITHOUT_A_STATE]:
        subject = examination.__module__.rpartition(".")[2].replace("_", "-")
        try:
            yield from examination(environment, at)
        except Exception as error:
            yield fault(
                subject,
                f"It could not be looked at: {type(error).__name__}: {error}",
                why="What is wrong here, if anything, is unknown.",
                mend="Mend what stands above first, or run the doctor as a user who may read it.",
            )
