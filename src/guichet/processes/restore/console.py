"""Restoring as operators do it, on a terminal."""

from collections.abc import Callable
from pathlib import Path

from django.utils import timezone

from guichet.conf.environment import Environment
from guichet.processes import screens
from guichet.processes.backup import console, contents
from guichet.processes.backup.contents import Places
from guichet.processes.backup.refusals import BackupError
from guichet.processes.backup.verifying import Opening
from guichet.processes.restore import confirming, findings, laying, telling
from guichet.processes.restore.findings import Asked, Report

Ask = Callable[[str], str]


def restore(
    environment: Environment, file: Path, how: Opening, confirm: Callable[[str], bool]
) -> None:
    """Put a backup in place and say what comes next. Raises BackupError."""
    show = screens.answering()
    with console.reading(file, how, show, "Verifying") as counted:
        laid = laying.restore(environment, file, counted, timezone.now(), confirm)
    show.print(f"{file.name} is in place. Signed by {laid.verified.signer}.")
    if laid.aside is not None:
        show.print(f"What was there is kept in {laid.aside}.")
    if laid.verified.manifest.keystore != "file":
        show.print("The keys are in a token, which this did not touch.")
    elif contents.UNLOCKING in laid.verified.manifest.left_out:
        place = Places.of(environment).passphrase
        show.print(f"The keystore's passphrase is not in the backup: put it in {place}.")
    show.print(
        "Nothing is signed yet: run “guichet restore check”, with every published folder and "
        "file of checkpoints that is kept elsewhere, then “guichet restore confirm”."
    )


def check(environment: Environment, asked: Asked) -> Report:
    """Compare and tell. Raises BackupError."""
    report = findings.gather(environment, asked)
    for line in telling.lines(report):
        screens.answering().print(line)
    return report


def confirm(environment: Environment, asked: Asked, ask: Ask) -> None:
    """Compare, tell, and go on once the number of lost entries is typed. Raises BackupError."""
    report = check(environment, asked)
    typed = ask("Type the number of journal entries that are lost (0 if none is known)")
    if typed.strip() != str(report.lost_entries):
        raise BackupError("This is not the number above: nothing was changed, nothing is signed")
    done = confirming.confirm(environment, report, timezone.now())
    screens.answering().print(
        f"Confirmed: {done.adopted} certificates adopted, {done.revoked} revocations put back, "
        f"{done.floors} list numbers left behind. The signer signs again."
    )
