"""Confirming what was lost: it is put back as far as it is known, then signing begins again."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from guichet.authority import adopting, lookups, recovery, revoking
from guichet.conf.environment import Environment
from guichet.journal.chain import Fact
from guichet.orders import operations as orders
from guichet.orders.operations import Incident
from guichet.processes.restore import log_standing
from guichet.processes.restore.findings import Report
from guichet.processes.told import ACTOR
from guichet.x509.crl import Reason

BATCH: Final = 500
NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class Done:
    """What was put back."""

    adopted: int
    revoked: int
    floors: int


def confirm(environment: Environment, report: Report, at: datetime) -> Done:
    """Adopt lost certificates, put revocations back, leave numbers unused, lift the hold.

    The journal's log goes on, or its key is kept aside.

    In that order: cut short, it is still held, and is run again. Raises Refusal(MOVE_FORBIDDEN)
    when somebody confirmed meanwhile.
    """
    adopted = adopting.adopt(lost=report.losses.certificates, by=ACTOR, at=at)
    revoked = _revoke_again(report, at)
    floors = recovery.leave_numbers(found=report.numbers, by=ACTOR, at=at)
    log_standing.settle(environment, report.log, at)
    recovery.confirm(findings=_facts(report), by=ACTOR, at=at)
    return Done(adopted, revoked, floors)


def _revoke_again(report: Report, at: datetime) -> int:
    """Products and orders follow their certificates; their contacts are told once.

    Also those that a confirmation cut short left behind: their certificates are no loss any more.
    """
    lost = report.losses.revocations
    key = hashlib.sha256(f"{report.held.backup}:{report.held.restored_at}".encode()).hexdigest()
    incident = Incident(key=key[:32], reason=Reason.UNSPECIFIED, by=ACTOR)
    for start in range(0, len(lost), BATCH):
        batch = lost[start : start + BATCH]
        revoking.revoke_again(published=batch, by=ACTOR, at=at)
        held = lookups.by_serial(status.serial for status in batch).values()
        orders.strike(
            certificate_ids=[one.certificate_id for one in held], incident=incident, at=at
        )
    left = [*orders.astray()]
    for certificate_ids in left:
        orders.strike(certificate_ids=certificate_ids, incident=incident, at=at)
    if lost or left:
        orders.tell(incident=incident.key, at=at)
    return len(lost)


def _facts(report: Report) -> dict[str, Fact]:
    losses = report.losses
    return {
        "backup": report.held.backup,
        "lost_entries": report.lost_entries,
        "lost_until": report.ahead.until.isoformat() if report.ahead else None,
        "another_history": int(report.another_history),
        "log": report.log.verdict.value,
        "adopted": len(losses.certificates),
        "revoked_again": len(losses.revocations),
        "foreign": len(losses.foreign),
        "lists_behind": len(report.behind),
        "compared_with": ", ".join(report.compared_with) or None,
        "serials": ", ".join(f"{one.serial:x}" for one in losses.certificates[:NAMED]) or None,
    }
