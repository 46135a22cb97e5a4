"""What a comparison found, in words: each finding with what to do about it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from guichet.domain.certificates.recovery import PublishedStatus
from guichet.processes.restore.findings import Report
from guichet.processes.restore.log_standing import Verdict
from guichet.validation.published import name_of
from guichet.x509.certificate import serial_hex

SHOWN: Final = 20
ANEW: Final = (
    "Confirming begins a new log under a new key, and keeps the former key aside: make the new key "
    "known (“guichet journal key”); proofs given before stay good under the former one."
)
LOGS: Final[Mapping[Verdict, str]] = {
    Verdict.CONTINUES: (
        "The log as it is published, of {size} entries, is a beginning of the restored journal: "
        "it goes on under its key."
    ),
    Verdict.KEYLESS: f"The backup does not hold the key of the journal's log. {ANEW}",
    Verdict.UNSEEN: (
        "Neither the published folder of this machine nor GUICHET_PUBLICATION shows how far the "
        "log was published: if nothing was lost, put the published folder of the former machine "
        f"in its place and check again. Otherwise: {ANEW}"
    ),
    Verdict.LOST: (
        "The log was published up to entry {size}, past the restored journal: going on under its "
        f"key would be a fork. {ANEW}"
    ),
    Verdict.OTHER: (
        "The log as it is published is not a beginning of the restored journal. Do not confirm "
        f"before you know why. {ANEW}"
    ),
}


def lines(report: Report) -> Iterator[str]:
    """The whole report."""
    held = report.held
    yield (
        f"Restored from {held.backup}, made {held.backup_at:%Y-%m-%d %H:%M:%S} UTC, whose journal "
        f"ends at entry {held.seq}. Nothing is signed until this is confirmed."
    )
    yield f"Compared with: {', '.join(report.compared_with) or 'nothing'}."
    for source in report.unread:
        yield f"NOT READ  {source}"
    if not report.is_compared:
        yield (
            "No published list or status was read. Give a published folder kept elsewhere "
            "(--published), the address of a copy (--url) or set GUICHET_PUBLICATION: without it, "
            "certificates and revocations made since the backup are not known."
        )
    yield from _journal(report)
    yield f"LOG  {LOGS[report.log.verdict].format(size=report.log.size)}"
    yield from _certificates(report)
    yield from _lists(report)
    yield from _waiting(report)


def _journal(report: Report) -> Iterator[str]:
    if report.another_history:
        yield (
            "JOURNAL  A checkpoint kept outside has another digest than the restored journal at "
            "the same entry: this backup is not of the installation that wrote the checkpoint, "
            "another backup was restored here before, or one of them was tampered with. Do not "
            "confirm before you know which."
        )
    if report.ahead is not None:
        after = f"{report.ahead.after:%Y-%m-%d %H:%M:%S}" if report.ahead.after else "its start"
        yield (
            f"JOURNAL  {report.lost_entries} entries are lost, told between {after} and "
            f"{report.ahead.until:%Y-%m-%d %H:%M:%S} UTC. Ask those who acted then to look at "
            "their orders, dossiers and accounts: what they did may have to be done again."
        )
    else:
        yield (
            "JOURNAL  No checkpoint kept outside is ahead of the restored journal. If one is kept "
            "on another machine, give it by --checkpoints."
        )


def _certificates(report: Report) -> Iterator[str]:
    losses = report.losses
    if losses.certificates:
        yield (
            f"CERTIFICATES  {len(losses.certificates)} were published and the database does not "
            "know them. Confirming adopts them: their serial numbers are never given again, OCSP "
            "and lists go on telling them. Find their holders; where you cannot, revoke them "
            "(“guichet revoke SERIAL”)."
        )
        yield from _statuses(losses.certificates)
    if losses.planned:
        yield (
            f"CERTIFICATES  {len(losses.planned)} were published and are signed again as they "
            "were, with the same serial number. Nothing is to be done."
        )
        yield from _statuses(losses.planned)
    if losses.revocations:
        yield (
            f"REVOCATIONS  {len(losses.revocations)} were published and the database has lost "
            "them. Confirming puts them back as they were published; nothing is un-revoked."
        )
        yield from _statuses(losses.revocations)
    if losses.foreign:
        codes = ", ".join(sorted({one.authority for one in losses.foreign}))
        yield (
            f"AUTHORITIES  {len(losses.foreign)} certificates are of authorities that the database "
            f"does not know: {codes}. They were created since the backup: have their own issuer "
            "revoke them, or restore a later backup; nothing here can answer for them."
        )


def _statuses(statuses: Sequence[PublishedStatus]) -> Iterator[str]:
    for one in statuses[:SHOWN]:
        told = f"revoked {one.revoked_at:%Y-%m-%d %H:%M:%S} UTC" if one.revoked_at else "valid"
        yield f"  {serial_hex(one.serial)}  {one.authority}  {told}"
    yield from _others(len(statuses))


def _lists(report: Report) -> Iterator[str]:
    if report.behind:
        yield (
            f"LISTS  {len(report.behind)} were published with a higher number than the database "
            "knows. Confirming numbers the next ones above, with a gap."
        )
    for one in report.behind[:SHOWN]:
        yield f"  {name_of(one.published)}  published {one.published.number}, here {one.here}"
    yield from _others(len(report.behind))


def _waiting(report: Report) -> Iterator[str]:
    if report.waiting_requests:
        yield (
            f"REQUESTS  {report.waiting_requests} wait for the signer, as at the backup: they are "
            "signed once this is confirmed. If one was signed meanwhile, its first certificate is "
            "among the lost ones above: revoke that one."
        )
    if report.waiting_mails:
        yield (
            f"MAILS  {report.waiting_mails} wait to be sent, as at the backup: some were sent "
            "meanwhile and go out a second time. Mails written since the backup are not known."
        )


def _others(count: int) -> Iterable[str]:
    return [f"  and {count - SHOWN} others"] if count > SHOWN else []
