"""Putting a backup in place: everything is checked first, what was there is kept aside.

Killed at any time, it leaves a mark that makes every process refuse to run, and can be run again.
The database comes with its hold: nothing is signed from it until an operator has confirmed.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import connections
from django.db.migrations.loader import MigrationLoader

from guichet.authority import recovery
from guichet.conf.environment import Environment
from guichet.journal import checkpoints
from guichet.processes.backup import contents, databases, verifying
from guichet.processes.backup.contents import ASIDE, Places
from guichet.processes.backup.manifest import Manifest
from guichet.processes.backup.owners import Owner
from guichet.processes.backup.refusals import BackupError
from guichet.processes.backup.verifying import Opening, Verified
from guichet.processes.restore import mark, replacing
from guichet.processes.restore.replacing import Hold
from guichet.processes.setup import bring_up_to_date
from guichet.processes.told import ACTOR
from guichet.validation.exclusive import BusyError, exclusive

WORK: Final = ".restore-"
SETTLED_S: Final = 10.0
"""A process that gave no sign of life for so long has stopped."""
KEPT: Final = frozenset({"published", "responder", "log", "run", "static", contents.FOLDER})
"""What stays as it is: published artefacts are what the restored state is compared with."""
Confirm = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Laid:
    """A backup that is in place, held; `aside` keeps what was there before, if anything was."""

    verified: Verified
    aside: Path | None


def restore(
    environment: Environment, path: Path, opening: Opening, at: datetime, confirm: Confirm
) -> Laid:
    """Verify a backup and put it in place.

    `confirm` is asked before anything that is there is moved aside. Raises BackupError: nothing
    was changed, unless the message says otherwise. Raises ConfigurationError at once where the
    static files could not be collected in the end.
    """
    environment.dressing.require_files()
    places = Places.of(environment)
    with _alone(environment), _workshop(environment.state) as work:
        staged = _Staged(places, work)
        verified = verifying.unpack(path, opening, staged.path_of, work)
        _require_ours(verified, places)
        there = _there(places, staged)
        if (there or replacing.holds_tables(places)) and not mark.exists(environment.state):
            question = f"{environment.state} holds a state already. It is kept aside."
            if not confirm(question):
                raise BackupError("Nothing was changed")
        mark.leave(environment.state, path.name)
        stamp = f"{ASIDE}{at:%Y%m%dT%H%M%SZ}"
        aside = _set_aside(there, places, stamp)
        staged.place(verified.manifest)
        facts = verified.manifest.database
        hold = Hold(path.name, verified.manifest.made_at, at, facts.seq, facts.digest, aside)
        replacing.replace(places, work / databases.FILES[facts.vendor], hold, stamp)
    connections.close_all()
    bring_up_to_date()
    recovery.tell_restored(by=ACTOR, at=at)
    checkpoints.write(at)
    mark.lift(environment.state)
    return Laid(verified, aside)


class _Staged:
    """Files of a backup, written aside before anything is touched."""

    def __init__(self, places: Places, work: Path) -> None:
        self._places, self._work = places, work
        self._names: list[str] = []

    @property
    def has_registers(self) -> bool:
        """Whether the backup holds the public registers."""
        return self._places.registers in map(self._places.of_member, self._names)

    def path_of(self, name: str) -> Path | None:
        """Where a member is written first; None for one that has no place here."""
        if name in databases.FILES.values():
            return self._work / name
        if self._places.of_member(name) is None:
            return None
        self._names.append(name)
        return self._work / name

    def place(self, said: Manifest) -> None:
        """Move every file to its place, but the database, which comes last; as closed as it was."""
        for one in said.files:
            target = self._places.of_member(one.name)
            if target is not None and one.name in self._names:
                one.owner.give(self._work / one.name)
                _move(self._work / one.name, target, one.owner)
            elif one.name in databases.FILES.values():
                one.owner.give(self._work / one.name)
        for name, owner in said.folders:
            folder = self._places.of_member(f"{name}/")
            if folder is not None and folder.is_dir():
                owner.give(folder)


def _move(source: Path, target: Path, owner: Owner) -> None:
    """By one rename, also to another file system."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        source.replace(target)
    except OSError:
        aside = target.with_name(f".{target.name}{WORK}")
        shutil.copyfile(source, aside)
        owner.give(aside)
        aside.replace(target)


def _require_ours(verified: Verified, places: Places) -> None:
    """This program must know the backup's database. Raises BackupError."""
    facts = verified.manifest.database
    here = "sqlite" if places.database is not None else "postgresql"
    if facts.vendor != here:
        raise BackupError(
            f"This backup is of a database in {facts.vendor}, and GUICHET_DATABASE_URL names one "
            f"in {here}"
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or ()}
    if newer := sorted(set(facts.migrations) - known):
        raise BackupError(
            f"This backup was made by a newer Guichet ({newer[-1]}): install that version first"
        )


def _there(places: Places, staged: _Staged) -> list[Path]:
    """What is in the places that the backup's files go to."""
    found = [
        within
        for path in sorted(places.state.iterdir())
        if _is_replaced(path)
        for within in _but_registers(path, places)
    ]
    found += [path for path in _outside(places) if not path.is_relative_to(places.state)]
    if staged.has_registers:
        # Their folder stays: those who read them may enter it.
        found += (path for path in contents.beside(places.registers) if path.exists())
    return [path for path in found if not _is_blank(path, places)]


def _outside(places: Places) -> Iterator[Path]:
    """What may be elsewhere than in the state folder, a database with what goes with it."""
    database = contents.beside(places.database) if places.database is not None else ()
    named = [places.keystore, places.secret, *database]
    return (path for path in named if path is not None and path.exists())


def _is_replaced(path: Path) -> bool:
    return not path.name.startswith((".", ASIDE)) and path.name not in {*KEPT, mark.NAME}


def _but_registers(path: Path, places: Places) -> Iterator[Path]:
    """A path; of a folder that holds the registers, what else is in it."""
    if places.is_of_registers(path):
        return
    if path.is_dir() and places.registers.is_relative_to(path):
        for within in sorted(path.iterdir()):
            yield from _but_registers(within, places)
    else:
        yield path


def _is_blank(path: Path, places: Places) -> bool:
    """An empty folder, or that of the signing secret, which every start makes when it lacks."""
    if not path.is_dir():
        return path.stat().st_size == 0
    files = [one for one in path.rglob("*") if one.is_file()]
    return all(one == places.secret for one in files)


def _set_aside(there: list[Path], places: Places, stamp: str) -> Path | None:
    """Move what is there into a folder of the state; what is outside, into one beside itself."""
    if not there:
        return None
    aside = places.state / stamp
    for path in there:
        base = places.state if path.is_relative_to(places.state) else path.parent
        target = base / stamp / path.relative_to(base)
        (base / stamp).mkdir(mode=0o700, exist_ok=True)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.rename(target)
    return aside


@contextmanager
def _alone(environment: Environment) -> Iterator[None]:
    """Neither publisher nor signer works meanwhile. Raises BackupError."""
    environment.state.mkdir(parents=True, exist_ok=True)
    for name in ("signer", "publisher"):
        sign = environment.state / "run" / f"{name}.heartbeat"
        if sign.exists() and time.time() - sign.stat().st_mtime < SETTLED_S:
            raise BackupError(f"The {name} is at work: stop every process, wait, and run it again")
    try:
        with exclusive(environment.published):
            yield
    except BusyError as error:
        raise BackupError(f"Stop every process first: {error}") from error


@contextmanager
def _workshop(state: Path) -> Iterator[Path]:
    """A folder on the state's own disk; what a restore that was killed left is swept."""
    for left in state.glob(f"{WORK}*/"):
        shutil.rmtree(left)
    work = Path(tempfile.mkdtemp(dir=state, prefix=WORK))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.sync()
