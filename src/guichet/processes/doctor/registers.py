"""The copy of the public registers: there, and not too old."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from guichet.conf.environment import Environment
from guichet.directories.register import Register, RegisterError
from guichet.directories.runs import RunState
from guichet.processes.doctor.findings import Finding, fault, warning, well

CHECK: Final = "registers"
OLD_AFTER: Final = timedelta(days=45)
WHY: Final = "Dossiers are judged by companies, sites and cards as they were."
MEND: Final = "guichet directory import (docs: guichet directory --help)"


def examine(environment: Environment, at: datetime) -> Iterator[Finding]:
    """The newest extraction of each table."""
    path = environment.registers
    if not path.is_file():
        why = "No company, health site or card is known: no dossier can be deposited."
        yield fault(CHECK, f"There is no file {path}", why=why, mend=MEND)
        return
    try:
        runs = [run for run in Register(path).runs() if run.state is RunState.COMPLETE]
    except RegisterError as error:
        yield fault(CHECK, str(error), why=WHY, mend=f"Delete {path} and import again")
        return
    newest = {run.table: max(r.as_of for r in runs if r.table == run.table) for run in runs}
    old = {table: day for table, day in newest.items() if at.date() - day > OLD_AFTER}
    if not newest:
        yield fault(CHECK, f"Nothing was imported into {path}", why=WHY, mend=MEND)
    elif old:
        said = ", ".join(f"{table} of {day}" for table, day in sorted(old.items()))
        yield warning(CHECK, f"Registers are old: {said}", why=WHY, mend=MEND)
    else:
        yield well(CHECK, f"{len(newest)} registers, the oldest of {min(newest.values())}")
