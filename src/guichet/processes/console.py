"""What the command line does for operators, in words a terminal shows."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from guichet.authority import crls, queries, recovery
from guichet.authority.queries import CrlFacts
from guichet.domain.freshness import Reading
from guichet.domain.orders.incidents import DEFINITIVE
from guichet.domain.refusals import Refusal
from guichet.journal import checkpoints
from guichet.journal.auditing import audit
from guichet.journal.log import LogError, proofs_of, published
from guichet.journal.tiles import reader
from guichet.journal.verify import Fault, verify
from guichet.orders import operations as orders
from guichet.processes import transparency
from guichet.processes.authorities import why_not_to_revoke_here
from guichet.processes.signer import open_signing_keystore
from guichet.processes.told import ACTOR, Told
from guichet.processes.troubles import words
from guichet.processes.witnesses import witnesses
from guichet.validation import publisher
from guichet.validation.watch import Watch
from guichet.x509.crl import Reason


def verify_journal(kept: Sequence[Path] = ()) -> Told:
    """Recompute the journal's chain and its log, against all that stands outside the database.

    `kept` are files of checkpoints of the log that somebody kept elsewhere.
    """
    others: dict[str, str] = {}
    for path in kept:
        try:
            others[str(path)] = path.read_text()
        except (OSError, UnicodeDecodeError) as error:
            return Told(False, f"The checkpoint {path} cannot be read: {error}")
    try:
        points = checkpoints.read()
    except ValueError as error:
        return Told(False, f"The checkpoints in {checkpoints.path()} cannot be read: {error}")
    report = verify(points, witnesses())
    where = transparency.places()
    log = audit(where.published, where.keys, others, settings.GUICHET.journal_tsa)
    faults = (*report.faults, *(log.faults if log else ()))
    verdict = "The journal was tampered with" if faults else "The journal is whole"
    lines = [f"{verdict}: {report.entries} entries read."]
    if report.erased:
        lines.append(f"Parts were erased by law of {report.erased} of them.")
    if log:
        lines.append(f"Its log: {log.checkpoints} checkpoints and {log.tiles} tiles compared.")
        if log.timestamps:
            lines.append(f"Its time-stamps: {log.timestamps} examined.")
        lines.append(f"The log's key: {log.vkey}")
    return Told(not faults, "\n".join([*lines, *map(_told, faults)]))


def show_of_log(name: str) -> Told:
    """What is published under this name: CHECKPOINT, or VKEY, the key that it verifies by."""
    content = reader(published())(name)
    if content is None:
        return Told(False, "Nothing of the log is published yet: run `guichet publisher`.")
    return Told(True, content.decode().removesuffix("\n"))


def prove_entries(seqs: Sequence[int]) -> Told:
    """Proofs of entries under that checkpoint, as JSON: leaves, what opens them, audit paths."""
    try:
        proof = proofs_of(seqs)
    except LogError as error:
        return Told(False, f"No proof: {error}")
    return Told(True, json.dumps(asdict(proof), ensure_ascii=False, indent=1))


def _told(fault: Fault) -> str:
    place = f" at entry {fault.seq}" if fault.seq else ""
    return f"{fault.kind.value}{place}: {fault.message}"


def describe_crls() -> Iterator[str]:
    """One line a list: its scope and kind, number, base, entries, size, issue and next update."""
    lists: dict[str, list[CrlFacts]] = {}
    for found in queries.last_lists():
        lists.setdefault(found.authority, []).append(found)
    for authority in queries.authorities():
        if authority.code not in lists:
            yield f"{authority.code:24} none yet"
        for found in lists.get(authority.code, ()):
            number = f"no. {found.number}"
            base = f"to {found.base_number}" if found.base_number is not None else ""
            yield (
                f"{found.scope:24} {found.kind.value:5} {number:18} {base:17}"
                f"{found.entries:>8} entries {found.size:>9} octets  "
                f"{found.this_update:%Y-%m-%d %H:%M} to {found.next_update:%Y-%m-%d %H:%M} UTC"
            )


def check_freshness() -> Told:
    """One round of the watchdog, in the foreground; nothing is stored."""
    at = timezone.now()
    with Watch() as watch:
        readings = watch.read(at)
    if not readings:
        return Told(False, "Nothing is published yet: run `guichet publisher`.")
    wrong = sum(reading.problem is not None for reading in readings)
    verdict = f"{wrong} of {len(readings)} points are wrong." if wrong else "All points are fresh."
    return Told(not wrong, "\n".join([*map(_read, readings), verdict]))


def _read(reading: Reading) -> str:
    content = reading.content
    number = f"no. {content.number}" if content.number is not None else ""
    until = f"until {content.next_update:%Y-%m-%d %H:%M} UTC" if content.next_update else ""
    return (
        f"{reading.point.name:40} {reading.problem or 'ok':12} {number:18} {until:28} "
        f"{reading.size:>9} octets {reading.fetch_ms:>5} ms"
    )


def revoke_serial(serial: str, reason: str) -> Told:
    """Revoke the certificate of this serial number, with the product or order that holds it."""
    if reason not in DEFINITIVE:
        return Told(False, f"{reason}: one of {', '.join(DEFINITIVE)}")
    found = queries.find_certificate(serial)
    if found is None:
        return Told(False, f"No certificate has the serial number {serial}.")
    if why := why_not_to_revoke_here(found.authority):
        return Told(False, why)
    try:
        revoked_at = orders.revoke_certificate(
            certificate_id=found.id, reason=Reason(reason), by=ACTOR, at=timezone.now()
        )
    except Refusal as refusal:
        return Told(False, words(refusal))
    return Told(True, f"Revoked {found.serial_hex} at {revoked_at.isoformat()}.")


def publish_everything(at: datetime) -> int:
    """Issue the CRLs that are due and publish artefacts; return how many CRLs were.

    Used before the processes run.
    """
    recovery.require_clear()
    issued = crls.issue_due(open_signing_keystore(), at)
    publisher.publish_once(at)
    checkpoints.write(at)
    transparency.catch_up(at)
    return len(issued)
