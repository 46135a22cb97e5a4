"""What relying parties fetch: there, fresh, readable by those who serve it."""

import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from guichet.conf.environment import Environment
from guichet.processes.doctor.findings import Finding, fault, well
from guichet.validation import readiness
from guichet.x509 import crl_headings
from guichet.x509.errors import Unreadable

WHY: Final = "Relying parties that check revocation refuse certificates that are good."


def examine(environment: Environment, at: datetime) -> Iterator[Finding]:
    """Files first, then what the watchdog measured of lists and OCSP answers."""
    folder = environment.published
    yield _readable(folder)
    yield _lists(folder, at)
    told = readiness.freshness(at)
    if told == "ok":
        yield well("freshness", "Every point was fetched and found fresh")
    else:
        yield fault(
            "freshness",
            f"Points that relying parties fetch: {told}",
            why=WHY,
            mend="guichet crl check names each; systemctl restart guichet-publisher",
        )


def _readable(folder: Path) -> Finding:
    closed = [path for path in (folder, folder / "crl", folder / "ac") if _is_closed(path)]
    if not closed:
        return well("published-folder", f"{folder} can be read by those who serve it")
    return fault(
        "published-folder",
        f"The responder's group cannot read {', '.join(map(str, closed))}",
        why="The responder answers 404 for lists, and “unauthorized” for every certificate.",
        mend=f"chmod -R g+rX {folder}; chgrp -R guichet-responder {folder}",
    )


def _is_closed(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return True
    return not (mode & stat.S_IRGRP and mode & stat.S_IXGRP)


def _lists(folder: Path, at: datetime) -> Finding:
    over, count = [], 0
    for path in sorted((folder / "crl").glob("[!.]*.crl")):
        count += 1
        try:
            if crl_headings.read(path.read_bytes()).next_update <= at:
                over.append(path.name)
        except (OSError, Unreadable):
            over.append(f"{path.name} (unreadable)")
    if count and not over:
        return well("lists", f"{count} revocation lists, none of them over")
    return fault(
        "lists",
        f"Revocation lists that are over: {', '.join(over)}" if count else "No list is published",
        why=WHY,
        mend="See to the signer (guichet doctor keystore), then to the publisher: guichet crl list",
    )
