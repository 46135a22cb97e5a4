"""`make test-containers`: the guide of containers, by Debian's own engine on a machine of its own.

The image is built and every container of compose.yaml runs, by the page's commands; the authorities
are made by its ceremony, pages and lists come through nginx, a backup is made. What the image and
compose begin from is a stand-in of the same name, made of Debian's packages (kit/engine.py).
"""

import time
from collections.abc import Iterator
from typing import Final

import pytest

from kit import commands, engine
from kit.booted import Machine

GUIDE: Final = "how-to/installer-en-conteneurs"
PREPARING: Final = "tests/apps/processes/test_containers.py::test_what_is_named_is_declared"
COMPOSE: Final = "cd deploy/compose\n"
SECONDS: Final = 300
POLL_S: Final = 1.0
HEALTHY: Final = {
    "bench",
    "card",
    "clerk",
    "nginx",
    "portal",
    "postgres",
    "publisher",
    "responder",
    "signer",
}
PUT_CERTIFICATE: Final = """
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 \
  -subj /CN=guichet.exemple.fr -addext subjectAltName=DNS:guichet.exemple.fr \
  -keyout serveur.key -out serveur.pem 2> /dev/null
"""
PLAN: Final = """
title = "Autorités d’essai"
environment = "test"
place = "Paris"
day = 2026-12-15
keystore = "file:/var/lib/guichet/keystore"
witnesses = []

[secret]
custody = "file"

[[officer]]
name = "Anne Premier"
role = "Maître de cérémonie"
share = "none"

[[act]]
do = "create"
authority = "ACR-EL-TEST"

[[act]]
do = "create"
authority = "ACI-EL-ORG-TEST"
"""
AGREED: Final = "printf 'y\\n%.0s' {1..20} | "
PUT_RECIPIENT: Final = """
docker compose run --rm -T --no-deps --entrypoint sh backup -c \
  'cd /tmp && guichet backup keygen --to cle.age' | grep '^GUICHET_BACKUP_RECIPIENT=' >> guichet.env
"""
STYLED: Final = """
site=https://guichet.exemple.fr
sheet=$(curl -sf --cacert serveur.pem $site/ | grep -o 'rel="stylesheet" href="[^"]*' | head -n 1)
curl -sf --cacert serveur.pem -o /dev/null "$site${sheet##*href=\\"}"
"""
# What the page says of a container that has its own folders alone; and no resolver here knows the
# address that relying parties fetch from.
ELSEWHERE: Final = {"static-files", "registers", "backup", "freshness"}
TOLD_WELL: Final = {"database", "migrations", "grants", "signer", "publisher", "clerk", "lists"}


@pytest.fixture
def machine() -> Iterator[Machine]:
    """One with an engine, the sources, and the certificate of the site."""
    with engine.machine() as made:
        made.run(COMPOSE + PUT_CERTIFICATE)
        yield made


def until(machine: Machine, text: str) -> str:
    """What a block prints once it ends well; fails the test with what the containers said."""
    deadline = time.monotonic() + SECONDS
    while (done := machine.ends(COMPOSE + text)).returncode:
        if time.monotonic() > deadline:
            logs = machine.run(f"{COMPOSE}docker compose logs --no-color --tail 20", SECONDS)
            raise AssertionError((text, done.stdout, done.stderr, logs))
        time.sleep(POLL_S)
    return done.stdout


def require_healthy(machine: Machine) -> None:
    """Each container is, by its own check; `init` has ended well."""
    shown = "docker compose ps --format '{{.Service}} {{.Health}}' --status running"
    for name in sorted(HEALTHY):
        until(machine, f"{shown} | grep -qx '{name} healthy'")
    assert machine.run(COMPOSE + shown).split() == [
        word for name in sorted(HEALTHY) for word in (name, "healthy")
    ]


def told_by_the_doctor(machine: Machine, block: str) -> dict[str, set[str]]:
    """The names of what it found, by how it judged them."""
    found: dict[str, set[str]] = {"well": set(), "warning": set(), "fault": set()}
    for line in machine.ends(COMPOSE + block, SECONDS).stdout.splitlines():
        grade, *rest = line.split()[:2] or [""]
        if grade in found and rest:
            found[grade].add(rest[0])
    return found


def test_the_guide_of_containers(machine: Machine) -> None:
    build, up, ceremony, backup, doctor = commands.told(GUIDE)
    (prepare,) = commands.told(GUIDE, PREPARING)
    machine.run(build, engine.BUILD_S)
    for program in ("node", "npm", "gcc", "make"):
        assert machine.ends(f"docker run --rm --entrypoint which guichet {program}").returncode
    machine.run(prepare)
    machine.run(COMPOSE + up, SECONDS)
    require_healthy(machine)
    machine.run(COMPOSE + STYLED)

    machine.file("/srv/guichet/deploy/compose/plan.toml").write_text(PLAN)
    held, copied = ceremony.strip().splitlines()
    assert "The ceremony is over" in machine.run(f"{COMPOSE}{AGREED}{held}", SECONDS)
    machine.run(COMPOSE + copied)
    assert machine.run(f"{COMPOSE}ls ceremonies/*/transcript/transcript.pdf")
    until(machine, "curl -sf http://pki.exemple.fr/crl/ACI-EL-ORG-TEST.crl | openssl crl -noout")
    until(machine, "curl -sf http://pki.exemple.fr/journal/checkpoint")

    machine.run(COMPOSE + PUT_RECIPIENT, SECONDS)
    machine.run(COMPOSE + backup, SECONDS)
    assert machine.run(f"{COMPOSE}ls backups/guichet-*.age")
    machine.run(COMPOSE + up, SECONDS)  # the settings have changed, as the image does in an upgrade
    require_healthy(machine)
    found = told_by_the_doctor(machine, doctor)
    assert found["well"] >= TOLD_WELL
    assert found["fault"] <= ELSEWHERE
