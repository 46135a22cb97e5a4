"""What the command line does for operators, in words a terminal shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from guichet.authority import crls, operations, queries
from guichet.journal import checkpoints
from guichet.journal.verify import verify
from guichet.processes.signer import open_signing_keystore
from guichet.validation import publisher
from guichet.x509 import crl
from guichet.x509.crl import Reason

ACTOR = "operator:command-line"


@dataclass(frozen=True, slots=True)
class Told:
    """A verdict and the text that explains it."""

    ok: bool
    text: str


def verify_journal() -> Told:
    """Recompute the journal's chain against the checkpoints kept outside the database."""
    report = verify(checkpoints.read())
    lines = [f"{fault.kind.value} at entry {fault.seq}: {fault.message}" for fault in report.faults]
    verdict = "The journal is whole" if report.ok else "The journal was tampered with"
    return Told(report.ok, "\n".join([f"{verdict}: {report.entries} entries read.", *lines]))


def describe_crls() -> Iterator[str]:
    """One line an authority: number, entries, issue and next update."""
    for authority in queries.authorities():
        last = queries.last_crl(authority.code)
        if last is None:
            yield f"{authority.code:20} none yet"
            continue
        entries = len(crl.read(last.der).entries)
        yield (
            f"{last.authority:20} no. {last.number:<6} {entries:>7} entries  "
            f"{last.this_update:%Y-%m-%d %H:%M} to {last.next_update:%Y-%m-%d %H:%M} UTC"
        )


def revoke_serial(serial: str, reason: str) -> Told:
    """Revoke the certificate of this serial number. Raises Refusal when it is revoked already."""
    try:
        chosen = Reason(reason)
    except ValueError:
        return Told(False, f"{reason}: one of {', '.join(Reason)}")
    found = queries.find_certificate(serial)
    if found is None:
        return Told(False, f"No certificate has the serial number {serial}.")
    done = operations.revoke(certificate_id=found.id, reason=chosen, by=ACTOR, at=timezone.now())
    return Told(True, f"Revoked {found.serial_hex} at {done.revoked_at.isoformat()}.")


def publish_everything(at: datetime) -> str:
    """Issue the CRLs that are due and publish artefacts; used before the processes run."""
    issued = crls.issue_due(open_signing_keystore(), at)
    publisher.publish_changes(at)
    checkpoints.write(at)
    return f"{len(issued)} LCR"
