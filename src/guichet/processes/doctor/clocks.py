"""Clocks: this machine's, the database's, and what was written by them."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from guichet.conf.environment import Environment
from guichet.journal import queries
from guichet.processes.doctor.findings import Finding, fault, warning, well

SKEW_AT_MOST: Final = timedelta(seconds=2)
AHEAD_AT_MOST: Final = timedelta(minutes=1)
WAIT_S: Final = 5
WHY: Final = "Certificates, lists and answers carry these times: relying parties refuse wrong ones."


def examine(_environment: Environment, at: datetime) -> Iterator[Finding]:
    """Synchronised, with the database's, and not behind what was written."""
    if (tool := shutil.which("timedatectl")) and (found := _synchronised(tool)):
        yield found
    if connection.vendor == "postgresql":
        yield _beside_database()
    yield _beside_journal(at)


def _synchronised(tool: str) -> Finding | None:
    asked = [tool, "show", "--property=NTPSynchronized", "--value"]
    try:
        told = subprocess.run(asked, capture_output=True, text=True, timeout=WAIT_S, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = told.stdout.strip()
    if said == "no":
        return warning(
            "clock-synchronised",
            "This machine's clock is not synchronised",
            why=WHY,
            mend="timedatectl set-ntp true (or install chrony), then timedatectl timesync-status",
        )
    return well("clock-synchronised", "The clock is synchronised") if said == "yes" else None


def _beside_database() -> Finding:
    with connection.cursor() as cursor:
        before = timezone.now()
        cursor.execute("SELECT clock_timestamp()")
        (there,) = cursor.fetchone()
        after = timezone.now()
    skew = max(before - there, there - after, timedelta(0))
    if skew <= SKEW_AT_MOST:
        return well("clock-database", "The database's clock is with ours")
    return fault(
        "clock-database",
        f"The database's clock is {skew.total_seconds():.0f} s away from ours",
        why="Leases end early or late: work is done twice, or waits.",
        mend="Synchronise both machines: timedatectl set-ntp true on each",
    )


def _beside_journal(at: datetime) -> Finding:
    last = queries.recent(1)
    if not last or last[0].at - at <= AHEAD_AT_MOST:
        return well("clock-journal", "No entry of the journal is ahead of the clock")
    return fault(
        "clock-journal",
        f"The last entry of the journal is of {last[0].at:%Y-%m-%d %H:%M:%S} UTC, ahead of now",
        why=f"The clock was set back, or was ahead. {WHY}",
        mend="Set the clock right (timedatectl), then guichet crl check",
    )
