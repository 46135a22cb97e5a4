"""`make test-installation`: the guide of installation, with the program itself, under systemd.

A machine of its own (kit/booted.py), Debian's PostgreSQL and nginx, each process as its unit has
it; the program is this virtual environment's. Then the pages answer, their style sheet with them,
and a backup is made. There are no authorities: a ceremony is held by people.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from kit import booted
from kit.booted import Machine
from kit.documents import DOCS, ROOT, Block, blocks

PYTHON: Final = Path("/usr/bin/python3")
VERSION: Final = "/opt/guichet-1.0.0"
DOWNLOADS: Final = ("pip install", "pipx install")
SITE: Final = "https://guichet.exemple.fr"
READY_S: Final = 180
POLL_S: Final = 1.0
PUT_PROGRAM: Final = """
packages={version}/lib/{python}/site-packages
mkdir -p {version}/bin "$packages" && ln -s {interpreter} {version}/bin/python
printf 'home = /usr/bin\\ninclude-system-site-packages = false\\n' > {version}/pyvenv.cfg
sed -i 's|{root}|{sources}|' {ours}/*.pth
mount --bind {ours} "$packages"
sed '1s|.*|#!{version}/bin/python|' {command} > {version}/bin/guichet
chmod 755 {version}/bin/guichet
"""
PUT_DATABASE: Final = """
release=$(ls /usr/lib/postgresql | sort -n | tail -1)
pg_createcluster --port 5432 "$release" guichet > /dev/null
systemctl start "postgresql@$release-guichet"
"""
PUT_CERTIFICATE: Final = """
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 \
  -subj /CN=guichet.exemple.fr -addext subjectAltName=DNS:guichet.exemple.fr \
  -keyout serveur.key -out serveur.pem 2> /dev/null
"""
PUT_RECIPIENT: Final = """
cd /root
recipient=$(guichet backup keygen --to cle.age | grep -o 'age1[a-z0-9]*' | head -n 1)
sed -i "s/^\\(GUICHET_BACKUP_RECIPIENT=\\).*/\\1$recipient/" /etc/guichet/guichet.env
"""
BACKED_UP: Final = "ls /var/backups/guichet/guichet-*.age"
SEEN: Final = f"curl -sf --cacert serveur.pem {SITE}/healthz"
STYLED: Final = f"""
sheet=$(curl -sf --cacert serveur.pem {SITE}/ | grep -o 'rel="stylesheet" href="[^"]*' | head -n 1)
curl -sf --cacert serveur.pem -o /dev/null "{SITE}${{sheet##*href=\\"}}"
"""


def put_program(machine: Machine) -> None:
    """As the guide's `pip` would: with Debian's Python, where the users of units may read it."""
    told = subprocess.run([PYTHON, "-V"], capture_output=True, text=True, check=True).stdout.split()
    ours = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if not told[1].startswith(ours.removeprefix("python") + "."):
        sys.exit(f"This wants a virtual environment of the Python of {PYTHON}, {told[1]}")
    environment = booted.SOURCES / Path(sys.prefix).relative_to(ROOT)
    machine.run(
        PUT_PROGRAM.format(
            version=VERSION,
            python=ours,
            interpreter=PYTHON,
            root=ROOT,
            sources=booted.SOURCES,
            ours=environment / "lib" / ours / "site-packages",
            command=environment / "bin" / "guichet",
        )
    )


def follow(machine: Machine, block: Block) -> None:
    """Run a block of the guide, after what its reader has by then."""
    if "guichet-backup" in block.text:
        machine.run(PUT_RECIPIENT)
    machine.run(block.text)


def require_served(machine: Machine) -> None:
    """Wait for the portal; exits with what the processes said where it does not come."""
    deadline = time.monotonic() + READY_S
    while machine.ends(SEEN).returncode:
        if time.monotonic() > deadline:
            sys.exit(machine.run("journalctl -u 'guichet-*' -o cat"))
        time.sleep(POLL_S)
    machine.run(STYLED)
    machine.run(BACKED_UP)


def main() -> None:
    """Follow the page to its end."""
    with booted.machine() as machine:
        for preparation in (PUT_DATABASE, PUT_CERTIFICATE):
            machine.run(preparation)
        put_program(machine)
        for block in blocks(DOCS / "how-to" / "installer.md"):
            if block.is_for_a_shell and not any(one in block.text for one in DOWNLOADS):
                follow(machine, block)
        require_served(machine)
        failed = machine.run("systemctl list-units --failed --plain --no-legend 'guichet-*'")
    if failed:
        sys.exit(failed)
    sys.stdout.write(
        "installed by the guide: every process runs, pages are served, a backup is made\n"
    )


if __name__ == "__main__":
    main()
