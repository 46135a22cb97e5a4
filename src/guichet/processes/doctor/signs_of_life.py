"""Processes that say that they work: signer, publisher, clerk."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from guichet.conf.environment import Environment
from guichet.processes.doctor.findings import Finding, fault, well

SILENT_AFTER: Final = timedelta(seconds=60)
# name -> what stands still without it, and its unit
PROCESSES: Final = {
    "signer": "Orders wait, and lists and revocations are not signed.",
    "publisher": "Revocations are not told to relying parties, and answers run out.",
    "clerk": "E-mails wait, issued certificates are not handed out, deadlines pass.",
}


def examine(environment: Environment, at: datetime) -> Iterator[Finding]:
    """The age of each sign of life."""
    for name, why in PROCESSES.items():
        last = _seen(environment.state / "run" / f"{name}.heartbeat")
        if last is not None and at - last <= SILENT_AFTER:
            yield well(name, f"The {name} works")
        else:
            since = f"since {last:%Y-%m-%d %H:%M:%S} UTC" if last else "from the beginning"
            verb, unit = "worker" if name == "clerk" else name, f"guichet-{name}"
            yield fault(
                name,
                f"The {name} is silent {since}",
                why=why,
                mend=f"systemctl restart {unit} (guichet {verb}); journalctl -u {unit}",
            )


def _seen(file: Path) -> datetime | None:
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    return datetime.fromtimestamp(float(text), UTC) if text.isdigit() else None
