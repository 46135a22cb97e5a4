"""Revoking every certificate of a list, in an incident: `guichet revoke --file`."""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.db import Error as DatabaseFaultError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from guichet.authority import lookups
from guichet.domain.orders.incidents import DEFINITIVE
from guichet.domain.refusals import Refusal
from guichet.domain.texts import visible
from guichet.orders import operations as orders
from guichet.orders.operations import Incident
from guichet.processes import screens
from guichet.processes.told import ACTOR
from guichet.processes.troubles import words
from guichet.x509.crl import Reason

logger = logging.getLogger(__name__)
BATCH: Final = 500
SHOWN: Final = 20
SERIAL_OCTETS: Final = 20  # RFC 5280 4.1.2.2
DONE, FAILED, USAGE = 0, 1, 2


@dataclass(slots=True)
class Listed:
    """What a file asks for: certificates to revoke, revoked before, and lines that failed."""

    serials: dict[int, int] = field(default_factory=dict)  # serial → line
    valid: list[int] = field(default_factory=list)  # identifiers of certificates
    already: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def revoke_file(
    path: Path, reason: str, *, confirm: Callable[[str], bool], screen: Console | None = None
) -> int:
    """Revoke what a file lists, one serial number a line; return the exit code.

    Empty lines and those that begin with # are passed over. Safe to run again with the same file:
    what was revoked stays so, the others are revoked, and nobody is told twice.
    `screen`: where everything is said; by default what went wrong goes to standard error.
    """
    wrong, screen = screen or screens.refusing(), screen or screens.answering()
    if reason not in DEFINITIVE:
        wrong.print(f"{reason}: one of {', '.join(DEFINITIVE)}")
        return USAGE
    try:
        listed = read(path)
    except (OSError, UnicodeDecodeError) as error:
        wrong.print(f"{path} cannot be read: {error}")
        return USAGE
    for line in _asked(listed):
        screen.print(line)
    question = f"Revoke {len(listed.valid):,} certificates for {reason}? This cannot be undone."
    if listed.valid and not confirm(question):
        wrong.print("Nothing was revoked.")
        return FAILED
    incident = Incident(key=_key(listed, reason), reason=Reason(reason), by=ACTOR)
    _strike(listed, incident, screen)
    told = orders.tell(incident=incident.key, at=timezone.now())
    screen.print(f"{told:,} people are told, each by one e-mail.")
    return _end(listed.failures, wrong)


def read(path: Path) -> Listed:
    """The certificates that a file lists. Raises OSError, UnicodeDecodeError."""
    listed = Listed()
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        text = line.strip()
        if text and not text.startswith("#"):
            _read_line(number, text, listed)
    held = lookups.by_serial(listed.serials)
    for serial, number in listed.serials.items():
        if found := held.get(serial):
            (listed.already if found.is_revoked else listed.valid).append(found.certificate_id)
        else:
            listed.failures.append(f"line {number}: no certificate has the serial {serial:X}")
    return listed


def _read_line(number: int, text: str, listed: Listed) -> None:
    try:
        serial = int(text.replace(":", "").replace(" ", ""), 16)
    except ValueError:
        serial = -1
    if serial < 0 or serial.bit_length() > 8 * SERIAL_OCTETS:
        listed.failures.append(f"line {number}: not a serial number: {visible(text, 60)}")
    else:
        listed.serials.setdefault(serial, number)


def _asked(listed: Listed) -> Iterator[str]:
    yield f"{len(listed.serials):,} serial numbers read."
    if listed.already:
        yield f"{len(listed.already):,} are revoked already."
    if listed.failures:
        yield f"{len(listed.failures):,} lines cannot be followed; they are named at the end."


def _key(listed: Listed, reason: str) -> str:
    """The same for the same serial numbers, in whatever order: a second run is no new incident."""
    text = ",".join(f"{serial:x}" for serial in sorted(listed.serials))
    return hashlib.sha256(f"{reason}:{text}".encode()).hexdigest()[:32]


def _strike(listed: Listed, incident: Incident, screen: Console) -> None:
    """Batch by batch; one that fails is told and does not hold up the others."""
    started, done = time.monotonic(), 0
    every = [*listed.valid, *listed.already]
    columns = (TextColumn("Revoking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True) as progress:
        task = progress.add_task("", total=len(every))
        for start in range(0, len(every), BATCH):
            batch = every[start : start + BATCH]
            try:
                found = orders.strike(certificate_ids=batch, incident=incident, at=timezone.now())
                done += len(found.done)
            except (DatabaseFaultError, Refusal) as error:
                logger.exception("a batch of an incident failed")
                listed.failures.append(f"{len(batch)} certificates: {words(error)}")
            progress.advance(task, len(batch))
    screen.print(f"{done:,} certificates revoked in {time.monotonic() - started:.1f} s.")


def _end(failures: Sequence[str], screen: Console) -> int:
    if not failures:
        return DONE
    screen.print(f"{len(failures):,} failures:")
    for line in failures[:SHOWN]:
        screen.print(f"  {line}", markup=False)
    if len(failures) > SHOWN:
        screen.print(f"  and {len(failures) - SHOWN:,} others")
    screen.print("Once they are mended, run the same command again: what is done stays done.")
    return FAILED
