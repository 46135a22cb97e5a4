"""`make test-installation`: the guides that change a whole machine, on one of their own.

The program is a stand-in there: it says who runs it and what its unit gives it. What the real one
does as these users is what test_units and test_database_roles are about; check_installation.py
starts it by its units.
"""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from kit import booted, commands
from kit.booted import Machine

INSTALLER: Final = "how-to/installer"
ISOLATING: Final = "how-to/isoler-les-processus"
UPDATING: Final = "how-to/mettre-a-jour"
WATCHING: Final = "how-to/surveiller"
ISOLATED: Final = "tests/check_guides.py::test_the_processes_of_the_guide_are_isolated"
BESIDE: Final = "tests/apps/processes/test_installation_guide.py::"
SECRETS: Final = f"{BESIDE}test_its_secrets_are_read"
SITES: Final = f"{BESIDE}test_its_sites_are_filled"
LINK: Final = f"{BESIDE}test_a_version_takes_the_place_of_the_former"
FORMER: Final = "/opt/guichet-0.1.0"
VERSION: Final = "/opt/guichet-1.0.0"
REFERENCE: Final = "4f1d2a3b4c5d6e7f"
SECONDS: Final = 60
READY: Final = "is ready"
STAND_IN: Final = f"""#!/bin/sh
echo "$(id -un) runs $(readlink -f "$0"): $*"
given="${{CREDENTIALS_DIRECTORY:-/none}}"
for secret in "$given"/*; do [ ! -r "$secret" ] || echo "reads ${{secret##*/}}"; done
env | grep "=$given/" | while IFS== read -r name secret; do
  [ -s "$secret" ] || echo "misses $name"
done
[ ! -r /var/lib/guichet/keystore ] || echo "opens the keystore"
[ "$*" != "serve portal" ] || echo '{{"reference": "{REFERENCE}", "status": 500}}'
echo "{READY}"
case "$1" in serve | signer | publisher | validation | worker) exec sleep infinity ;; esac
"""
# What is said by each process, under its unit: who runs it, its command, its secrets, the keys.
ONCE: Final = {
    "init": ("guichet", "init", {"reads database-url"}),
    "backup": (
        "guichet",
        "backup --to /var/backups/guichet --keep 30",
        {"reads database-url", "reads django", "opens the keystore"},
    ),
}
STAYING: Final = {
    "portal": ("guichet-portal", "serve portal", {"reads database-url", "reads django"}),
    "card": ("guichet-card", "serve card", {"reads database-url", "reads django"}),
    "bench": ("guichet-bench", "serve bench", {"reads django"}),
    "signer": (
        "guichet-signer",
        "signer",
        {"reads database-url", "reads keystore", "opens the keystore"},
    ),
    "publisher": ("guichet-publisher", "publisher", {"reads database-url"}),
    "responder": ("guichet-responder", "validation", set[str]()),
    "clerk": (
        "guichet-clerk",
        "worker",
        {"reads database-url", "reads django", "reads email-url"},
    ),
}


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A machine whose program alone is there."""
    with booted.machine() as made:
        put_program(made, VERSION)
        yield made


def put_program(machine: Machine, version: str) -> None:
    program = machine.file(f"{version}/bin/guichet")
    program.parent.mkdir(parents=True)
    program.write_text(STAND_IN)
    program.chmod(0o755)


def put_certificate(folder: Path) -> None:
    """What the operator of the site has beforehand: serveur.pem, serveur.key."""
    made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2"
    subject = "-subj /CN=guichet.exemple.fr -keyout serveur.key -out serveur.pem"
    subprocess.run([*made.split(), *subject.split()], cwd=folder, check=True, capture_output=True)


def installed(machine: Machine, version: str = VERSION) -> None:
    """By the guide of isolation, but for the roles: all of it runs."""
    machine.run(f"ln -s {version} /opt/guichet")
    users, starting = commands.told(ISOLATING, ISOLATED)
    (secrets,) = commands.told(ISOLATING, SECRETS)
    for block in (users, secrets, starting):
        machine.run(block)


def said(machine: Machine, *units: str, times: int = 1) -> dict[str, list[str]]:
    """What the program said under each unit, once it was ready that many times in each."""
    deadline = time.monotonic() + SECONDS
    while True:
        found: dict[str, list[str]] = {unit: [] for unit in units}
        for line in machine.run(
            "journalctl -q -u 'guichet-*' -o json _TRANSPORT=stdout"
        ).splitlines():
            entry = json.loads(line)
            unit = entry["_SYSTEMD_UNIT"].removeprefix("guichet-").removesuffix(".service")
            found.setdefault(unit, []).append(entry["MESSAGE"])
        if all(found[unit].count(READY) >= times for unit in units):
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def require_said(
    told: dict[str, list[str]], expected: dict[str, tuple[str, str, set[str]]], version: str
) -> None:
    """Each, the last time that it started, was who its unit says, and was given what it says."""
    for unit, (user, command, given) in expected.items():
        begun = f"{user} runs {version}/bin/guichet: {command}"
        assert begun in told[unit], told[unit]
        last = told[unit][len(told[unit]) - told[unit][::-1].index(begun) :]
        assert {line for line in last if not line.startswith("{")} - {READY} == given, unit


def test_the_guide_of_installation(machine: Machine) -> None:
    """In order; but for the database, what is downloaded is there already and nothing else."""
    packages, program, users, init, tls, nginx, start, person, backup = commands.told(INSTALLER)
    (secrets,), (sites,) = (commands.told(INSTALLER, test) for test in (SECRETS, SITES))
    assert " 0 newly installed" in machine.run(packages)
    machine.run(program)
    assert machine.run("guichet --version").startswith(
        f"root runs {VERSION}/bin/guichet: --version"
    )
    machine.run(users)
    assert "guichet-sockets" in machine.run("id -nG www-data").split()
    put_certificate(machine.file(str(booted.SOURCES)))
    for block in (secrets, init, tls, sites, nginx, start):
        machine.run(block)
    assert machine.run("systemctl is-enabled guichet.target") == "enabled\n"
    assert machine.run("systemctl show -P Restart nginx") == "on-failure\n"
    name = "PETIT / OSCAR --email oscar@exemple.fr --national-id 899700401021 --card 2800401022"
    assert f": access bootstrap --name {name} --role operator\n" in machine.run(person)
    assert "guichet-backup.timer" in machine.run(backup)
    expected = ONCE | STAYING
    require_said(said(machine, *expected), expected, VERSION)
    page = "curl -s --cacert serveur.pem -w '%{http_code}' https://guichet.exemple.fr/"
    answer = machine.run(page)  # no stand-in listens: nginx says so itself
    assert "Le guichet revient dans un instant" in answer
    assert answer.endswith("503")


def test_the_processes_of_the_guide_are_isolated(machine: Machine) -> None:
    """All that the page has root do, and what it says of the keys."""
    assert len(commands.told(ISOLATING)) > 1
    installed(machine)
    require_said(said(machine, "init", *STAYING), STAYING, VERSION)
    refused = machine.ends("LC_ALL=C runuser -u guichet-portal -- ls /var/lib/guichet/keystore")
    assert (refused.returncode, refused.stdout) != (0, "")
    assert "Permission denied" in refused.stderr


def test_each_process_takes_the_new_version(machine: Machine) -> None:
    """Those of the former go on from its folder until each is started again from the new one."""
    init, restarting = commands.told(UPDATING)
    (link,) = commands.told(UPDATING, LINK)
    put_program(machine, FORMER)
    installed(machine, FORMER)
    require_said(said(machine, *STAYING), STAYING, FORMER)
    machine.run(link)
    machine.run(init)
    before = said(machine, "init", times=2)
    assert {unit: before[unit].count(READY) for unit in STAYING} == dict.fromkeys(STAYING, 1)
    machine.run(restarting)
    require_said(said(machine, *STAYING, times=2), STAYING, VERSION)


def test_a_reference_is_found_in_the_journal(machine: Machine) -> None:
    """The line that bears it, and nothing of the other lines and processes."""
    (block,) = commands.told(WATCHING)
    installed(machine)
    said(machine, *STAYING)
    assert machine.run(block) == f'{{"reference": "{REFERENCE}", "status": 500}}\n'
