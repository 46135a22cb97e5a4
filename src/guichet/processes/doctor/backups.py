"""Backups: whether there is one, and of when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from guichet.conf.environment import Environment
from guichet.journal import queries
from guichet.journal.events import Event
from guichet.processes.doctor.findings import Finding, fault, warning, well

TOO_OLD: Final = timedelta(days=2)
WHY: Final = "What is lost with this machine is lost: keys, habilitations, revocations."
MEND: Final = "guichet backup, daily by a timer (docs/how-to/sauvegarder-et-restaurer.md)"


def examine(environment: Environment, at: datetime) -> Iterator[Finding]:
    """The journal tells of each."""
    if not environment.backup_recipients and not environment.demo:
        yield fault(
            "backup-key",
            "Backups have nobody to be encrypted to",
            why="No backup can be made.",
            mend="guichet backup keygen on another machine, then set GUICHET_BACKUP_RECIPIENT",
        )
    last = queries.last_told(Event.BACKUP_MADE)
    if last is None:
        yield (warning if environment.demo else fault)(
            "backup", "No backup was ever made", why=WHY, mend=MEND
        )
    elif at - last > TOO_OLD:
        said = f"The last backup is of {last:%Y-%m-%d %H:%M} UTC"
        yield fault("backup", said, why=WHY, mend=MEND)
    else:
        yield well("backup", f"The last backup is of {last:%Y-%m-%d %H:%M} UTC")
