"""Backups as operators make and verify them, on a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from guichet.conf.environment import Environment
from guichet.processes import screens
from guichet.processes.backup import encryption, making, verifying
from guichet.processes.backup.making import Asked
from guichet.processes.backup.refusals import BackupError
from guichet.processes.backup.verifying import Opening

COLUMNS = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())


def make(environment: Environment, asked: Asked) -> None:
    """Make a backup and say what is in it and what is not. Raises BackupError."""
    show = screens.answering()
    if asked.choice.passphrase:
        show.print(
            "WARNING  The passphrase is put beside the keys it opens: whoever opens this backup "
            "can sign. Keep its private key as you keep the keystore."
        )
    with _Steps(show) as steps:
        made = making.make(environment, asked, timezone.now(), steps.advance)
    facts = made.manifest.database
    show.print(f"{made.path}: {made.size:,} octets, SHA-256 {made.sha256}")
    show.print(
        f"{len(made.manifest.files):,} files; {sum(facts.tables.values()):,} rows; journal up to "
        f"entry {facts.seq:,}. Signed by {made.signer}."
    )
    for name, why in made.manifest.left_out.items():
        show.print(f"  not in it: {name}: {why}")
    for path in made.removed:
        show.print(f"  removed: {path}")


class _Steps:
    """A bar for each step of a work whose steps tell how far they are."""

    def __init__(self, show: Console) -> None:
        self._progress = Progress(
            *COLUMNS, console=show, transient=True, disable=not show.is_terminal
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "_Steps":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def advance(self, step: str, done: int, total: int) -> None:
        """So much of a step is done."""
        if step not in self._tasks:
            self._tasks[step] = self._progress.add_task(step)
        self._progress.update(self._tasks[step], completed=done, total=total)


def opening(file: Path, identity: Path, key: str, work: Path | None = None) -> Opening:
    """How to open a backup that is there. Raises BackupError."""
    if not file.is_file():
        raise BackupError(f"There is no file {file}")
    return Opening(identities=encryption.read_identities(identity), key=key, work=work)


def verify(file: Path, how: Opening) -> None:
    """Verify a backup and say what it holds. Raises BackupError."""
    show = screens.answering()
    with reading(file, how, show, "Verifying") as counted:
        found = verifying.verify(file, counted)
    facts = found.manifest.database
    show.print(
        f"The backup is whole: made {found.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC at "
        f"{found.manifest.host}, {len(found.manifest.files):,} files, "
        f"{sum(facts.tables.values()):,} rows."
    )
    show.print(
        f"Its journal is whole: {found.journal.entries:,} entries, up to {facts.digest[:16]}…"
    )
    show.print(f"Signed by {found.signer}.")
    if not how.key:
        show.print("Compare this key with what “guichet backup key” printed, or give it by --key.")
    for name, why in found.manifest.left_out.items():
        show.print(f"  not in it: {name}: {why}")


@contextmanager
def reading(file: Path, how: Opening, show: Console, step: str) -> Iterator[Opening]:
    """The same opening, whose progress is shown."""
    done, total = 0, file.stat().st_size
    with _Steps(show) as steps:

        def advance(octets: int) -> None:
            nonlocal done
            done += octets
            steps.advance(step, done, total)

        yield replace(how, advance=advance)
