"""Folders and files: there, with room, and closed to those they are not for."""

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from guichet.conf.environment import Environment
from guichet.processes import passphrases, state
from guichet.processes.doctor import mounts
from guichet.processes.doctor.findings import Finding, fault, warning, well
from guichet.processes.serve import server_files

FREE_AT_LEAST: Final = 200 * 1024**2
FREE_WANTED: Final = 2 * 1024**3
OTHERS: Final = stat.S_IROTH | stat.S_IWOTH
MIB: Final = 1024**2


def examine(environment: Environment, _at: datetime) -> Iterator[Finding]:
    """State folder, room on its disk, secrets, sockets."""
    yield _state(environment.state)
    if state.is_made(environment.state):
        yield _room(environment.state)
        yield _secrets(environment)
    if environment.unix_sockets is not None:
        yield _sockets(environment.unix_sockets)


def _state(folder: Path) -> Finding:
    why = "Everything that Guichet keeps is in it: whoever may write there may replace all of it."
    if not state.is_made(folder):
        return fault(
            "state-folder",
            f"There is no state in {folder}",
            why="Database, keys and published lists are kept in it.",
            mend="Set GUICHET_STATE to where it is, or make it: guichet init",
        )
    if folder.stat().st_mode & stat.S_IWOTH:
        return fault(
            "state-folder", f"Anybody may write in {folder}", why=why, mend=f"chmod o-w {folder}"
        )
    if not os.access(folder, os.R_OK | os.X_OK):
        return fault(
            "state-folder",
            f"{folder} cannot be read by this user",
            why="A process of this user cannot work.",
            mend=f"ls -ld {folder}, then run the doctor as a user of deploy/systemd/sysusers.conf",
        )
    return well("state-folder", f"{folder}, closed to the writing of others")


def _room(folder: Path) -> Finding:
    usage = shutil.disk_usage(folder)
    said = f"{usage.free // MIB:,} MiB free of {usage.total // MIB:,} where {folder} is"
    why = "When the disk is full no order, no signature and no revocation is kept."
    mend = f"du -xh --max-depth=2 {folder} | sort -h; guichet backup --keep N removes old backups"
    if usage.free < FREE_AT_LEAST:
        return fault("disk-space", said, why=why, mend=mend)
    if usage.free < FREE_WANTED:
        return warning("disk-space", said, why=why, mend=mend)
    return well("disk-space", said)


def _secrets(environment: Environment) -> Finding:
    wanted = (
        environment.secret_file,
        passphrases.place(environment),
        server_files(environment.state)[1],
        environment.state / "secrets",
        environment.state / "responder",
        environment.state / "backup" / "key.pem",
        environment.publication_keys,
    )
    found = [path for path in wanted if _is_open(path)]
    lent = [path for path in found if mounts.given(path)]
    open_ones = [path for path in found if path not in lent]
    if not open_ones:
        return well("secrets", f"Secrets are closed to other users{_of_the_host(lent)}")
    return fault(
        "secrets",
        f"Other users may read {', '.join(map(str, open_ones))}",
        why="Whoever reads them may sign in, or answer, in Guichet's name.",
        mend=f"chmod o-rwx {' '.join(map(str, open_ones))}; then replace what they held",
    )


def _of_the_host(lent: Sequence[Path]) -> str:
    if not lent:
        return ""
    names = ", ".join(map(str, lent))
    return f"; given to this container alone: {names} (their folder on the host must be closed)"


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & OTHERS)
    except OSError:
        return False  # not there, or closed even to us


def _sockets(folder: Path) -> Finding:
    if not folder.is_dir():
        return fault(
            "sockets",
            f"There is no folder of sockets {folder}",
            why="nginx finds nobody to hand requests to, and answers 502.",
            mend=f"systemd-tmpfiles --create, or mkdir -m 2770 {folder}",
        )
    if folder.stat().st_mode & (stat.S_IRWXO):
        return fault(
            "sockets",
            f"Other users may enter {folder}",
            why="Whoever opens the sockets speaks as nginx does, and may claim any card.",
            mend=f"chmod o-rwx {folder}",
        )
    if not folder.stat().st_mode & stat.S_IXGRP:
        return fault(
            "sockets",
            f"The group of {folder} may not enter it",
            why="nginx is in that group: it answers 502 (permission denied in its error log).",
            mend=f"chmod 2770 {folder}; usermod -aG guichet-sockets www-data",
        )
    return well("sockets", f"{folder}, open to its group alone")
