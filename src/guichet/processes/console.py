"""What the command line does for operators, in words a terminal shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone, translation

from guichet.authority import crls, queries
from guichet.domain.refusals import Refusal
from guichet.journal import checkpoints
from guichet.journal.verify import Fault, verify
from guichet.orders import operations as orders
from guichet.processes.signer import open_signing_keystore
from guichet.processes.witnesses import witnesses
from guichet.validation import publisher
from guichet.web.refusal_texts import explain_all
from guichet.x509 import crl
from guichet.x509.crl import Reason

ACTOR = "operator:command-line"
# A revocation is definitive: nothing is held, and nothing is taken off a list again.
REASONS = tuple(r for r in Reason if r not in {Reason.CERTIFICATE_HOLD, Reason.REMOVE_FROM_CRL})


@dataclass(frozen=True, slots=True)
class Told:
    """A verdict and the text that explains it."""

    ok: bool
    text: str


def verify_journal() -> Told:
    """Recompute the journal's chain, against the checkpoints and against what else is stored."""
    try:
        points = checkpoints.read()
    except ValueError as error:
        return Told(False, f"The checkpoints in {checkpoints.path()} cannot be read: {error}")
    report = verify(points, witnesses())
    verdict = "The journal is whole" if report.ok else "The journal was tampered with"
    return Told(
        report.ok,
        "\n".join([f"{verdict}: {report.entries} entries read.", *map(_told, report.faults)]),
    )


def _told(fault: Fault) -> str:
    place = f" at entry {fault.seq}" if fault.seq else ""
    return f"{fault.kind.value}{place}: {fault.message}"


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
    """Revoke the certificate of this serial number, with the product or order that holds it."""
    if reason not in REASONS:
        return Told(False, f"{reason}: one of {', '.join(REASONS)}")
    found = queries.find_certificate(serial)
    if found is None:
        return Told(False, f"No certificate has the serial number {serial}.")
    try:
        revoked_at = orders.revoke_certificate(
            certificate_id=found.id, reason=Reason(reason), by=ACTOR, at=timezone.now()
        )
    except Refusal as refusal:
        return Told(False, _words(refusal))
    return Told(True, f"Revoked {found.serial_hex} at {revoked_at.isoformat()}.")


def _words(refusal: Refusal) -> str:
    with translation.override("en"):
        return " ".join(f"{words.title}. {words.detail}" for words in explain_all(refusal))


def publish_everything(at: datetime) -> str:
    """Issue the CRLs that are due and publish artefacts; used before the processes run."""
    issued = crls.issue_due(open_signing_keystore(), at)
    publisher.publish_once(at)
    checkpoints.write(at)
    return f"{len(issued)} LCR"
