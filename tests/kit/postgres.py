"""Runs a command with GUICHET_DATABASE_URL pointing to a throw-away PostgreSQL server.

Usage: postgres.py COMMAND…  The server listens on a Unix socket in a temporary folder alone. It
refuses to run as root, so root hands it to Debian's `postgres` user.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from kit import memory  # noqa: E402 it is run as a program too

BINARIES = Path("/usr/lib/postgresql")
# What would survive a power cut is of no use in a run of tests.
LAX = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"

# Files are copied, which since PostgreSQL 15 must be told: to log each page costs twice as much.
TEMPLATE = "STRATEGY FILE_COPY TEMPLATE"


def newest() -> Path:
    """Folder of the newest server binaries; exits when there are none."""
    found = sorted(BINARIES.glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if not found:
        sys.exit("PostgreSQL's binaries are missing: apt-get install postgresql")
    return found[-1].parent


@contextmanager
def serving(superuser: str, options: str = LAX) -> Iterator[Path]:
    """A server whose superuser has this name; the folder of its socket, where anyone is trusted."""
    room = memory.folder() if options == LAX else None  # what is measured is on a disk
    folder = Path(tempfile.mkdtemp(prefix="guichet-pg-", dir=room))
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if prefix:
        shutil.chown(folder, "postgres")
    binaries, data = newest(), folder / "data"

    def run(*arguments: str) -> None:
        subprocess.run([*prefix, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=folder)

    run(str(binaries / "initdb"), "-D", str(data), "-U", superuser, "--auth=trust", "-E", "UTF8")
    told = f"-k {folder} -c listen_addresses='' -c max_connections=60 {options}"
    control = str(binaries / "pg_ctl")
    run(control, "-D", str(data), "-w", "-l", str(folder / "log"), "-o", told, "start")
    try:
        yield folder
    finally:
        run(control, "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    with serving("guichet") as folder:
        url = f"postgresql://guichet@/guichet?host={folder}"
        environment = os.environ | {"GUICHET_DATABASE_URL": url}
        create: list[str | Path] = [newest() / "createdb", "-h", folder, "-U", "guichet", "guichet"]
        subprocess.run(create, check=True)
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
