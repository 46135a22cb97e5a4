"""deploy/compose and deploy/helm: the same users, folders and secrets as deploy/systemd."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from guichet.conf.variables import VARIABLES
from guichet.processes.backup.contents import REMADE
from kit import commands

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
UNITS = DEPLOY / "systemd" / "units"
STATE = "/var/lib/guichet/"
# Not processes of ours, or not as a unit runs them.
OTHERS = {"postgres", "nginx", "init", "backup"}
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(set(SERVICES) - OTHERS)
NUMBERS = {
    name: 10_000 + rank
    for rank, name in enumerate(
        re.findall(r"^[ug] (\S+)", (DEPLOY / "systemd/sysusers.conf").read_text(), re.M)
    )
}


def mounted(service: str) -> dict[str, str]:
    """Where each volume of a service is, less the mode."""
    volumes = (text.removesuffix(":ro").split(":") for text in SERVICES[service]["volumes"])
    return {place: volume for volume, place in volumes}


def test_every_process_is_there() -> None:
    """Those that systemd starts, by the same verbs."""
    target = (UNITS / "guichet.target").read_text()
    assert [f"guichet-{name}.service" in target for name in OURS] == [True] * len(OURS)
    assert len(re.findall(r"guichet-\w+\.service", target)) == len(OURS)


@pytest.mark.parametrize("name", OURS)
def test_a_process_is_who_its_unit_says(name: str) -> None:
    service = SERVICES[name]
    unit = (UNITS / f"guichet-{name}.service").read_text()
    user, _, group = service["user"].partition(":")
    assert f"User={user}\n" in unit
    assert not group or f"Group={group}\n" in unit
    assert " ".join(["/opt/guichet/bin/guichet", *service["command"]]) in unit
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert ("network_mode" in service) >= ("PrivateNetwork=yes" in unit)
    known = {variable.name for variable in VARIABLES} | {"CREDENTIALS_DIRECTORY"}
    named = service.get("environment", {})
    assert [key for key in named if not {key, key.removesuffix("_FILE")} & known] == []


def test_folders_are_those_of_a_machine() -> None:
    """Each is made by tmpfiles; the keys are the signer's, and the backup reads them."""
    made = re.findall(r"^d (\S+)", (DEPLOY / "systemd/tmpfiles.conf").read_text(), re.M)
    places = {place for name in [*OURS, "init", "backup"] for place in mounted(name)}
    assert places - {"/run/postgresql"} <= set(made)
    keys = {name for name in [*OURS, "init", "backup"] if f"{STATE}keystore" in mounted(name)}
    assert keys == {"signer", "backup"}


def test_the_backup_reads_what_a_process_keeps() -> None:
    """Whatever is not made again, but what the bench saw; Kubernetes shares the same folders."""
    kept = {place for name in OURS for place in mounted(name) if place.startswith(STATE)}
    kept -= {STATE + name for name in (*REMADE, "bench")}
    read = set(mounted("backup"))
    assert kept <= read, kept - read
    job = (DEPLOY / "helm" / "guichet" / "templates" / "jobs.yaml").read_text()
    # There, ceremonies are kept in the keystore's own volume.
    folders = {place.removeprefix(STATE) for place in kept} - {"ceremonies"}
    assert {name for name in folders if not re.search(rf'"{name}"|/{name}\b', job)} == set()


@pytest.mark.parametrize("name", OURS)
def test_a_process_has_the_folders_that_its_unit_opens_to_it(name: str) -> None:
    """But for the sockets where it listens on a port."""
    unit = (UNITS / f"guichet-{name}.service").read_text()
    lines = re.findall(r"^(?:BindPaths|ReadWritePaths)=(.+)", unit, re.M)
    opened = {path for line in lines for path in line.split()}
    if SERVICES[name].get("environment", {}).get("GUICHET_UNIX_SOCKETS") == "":
        opened.discard("/run/guichet")
    assert opened
    assert opened <= set(mounted(name))


def test_what_is_named_is_declared(tmp_path: Path) -> None:
    """Volumes, secrets and services; the secrets are those that prepare.sh makes, closed."""
    used = {volume for name in SERVICES for volume in mounted(name).values()}
    assert {volume for volume in used if volume[0] not in "./"} == set(COMPOSE["volumes"])
    waited = {name for told in SERVICES.values() for name in told.get("depends_on", {})}
    assert waited <= set(SERVICES)
    shutil.copy(DEPLOY / "compose" / "prepare.sh", tmp_path)
    for name in ("serveur.pem", "serveur.key"):
        (tmp_path / name).write_text(name)
    (block,) = commands.told("how-to/installer-en-conteneurs")
    here = {"deploy/compose": str(tmp_path)}
    commands.shell(block, tmp_path, here)
    files = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert {f"secrets/{name}" for name in files} == {
        told["file"] for told in COMPOSE["secrets"].values()
    }
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    for unit, role in (("init", "guichet"), ("signer", "guichet-signer")):
        password = re.search(rf'ROLE "{role}" PASSWORD \'(\w+)\'', files["passwords.sql"])
        assert password
        assert f"//{role}:{password[1]}@/guichet" in files[f"{unit}-database"]
    found = tmp_path / ".env"
    assert found.readlink() == Path("guichet.env")
    found.unlink()
    found.write_text("GUICHET_TAG=1.0.0")
    commands.shell(block, tmp_path, here)
    assert found.read_text() == "GUICHET_TAG=1.0.0"
    assert files == {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}


def test_numbers_are_those_of_the_image() -> None:
    """Kubernetes knows users by number; the image numbers them in the order of sysusers.conf."""
    assert "10000 + n++" in (DEPLOY / "containers" / "Containerfile").read_text()
    templates = DEPLOY / "helm" / "guichet" / "templates"
    for path in templates.glob("*.yaml"):
        for name, user in re.findall(r'- name: (\w+)\n[^\n]*"user" (\d+)', path.read_text()):
            owner = f"guichet-{name}"
            assert NUMBERS.get(owner, int(user)) == int(user), (path.name, name)
    assert SERVICES["nginx"]["group_add"] == [str(NUMBERS["guichet-sockets"])]
    helpers = (templates / "_helpers.tpl").read_text()
    assert f"fsGroup: {NUMBERS['guichet-sockets']}" in helpers
