"""deploy/systemd: units that are well written and closed; folders that only their users read."""

import os
import re
import shutil
import subprocess
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from guichet.authority.heartbeat import beat
from guichet.conf.environment import Environment
from guichet.conf.variables import VARIABLES
from guichet.directories.register import Register
from guichet.domain.identifiers import Siret
from guichet.habilitations import files
from guichet.processes.hardening import OTHERS_READ
from guichet.validation.store import StoreReader, StoreWriter

DEPLOY = Path(__file__).resolve().parents[3] / "deploy" / "systemd"
SYSTEM = Path("/usr/lib/systemd/system")
UNITS = sorted(path.name for path in (DEPLOY / "units").glob("*.service"))
# The exposure that `systemd-analyze security` may tell at most, of 10.
EXPOSURE = {
    "guichet-signer.service": 0.5,
    "guichet-init.service": 0.6,
    "guichet-backup.service": 0.9,
}
OTHERS_AT_MOST = 1.7
STATE = Path("var/lib/guichet")
DONE, REFUSED, FAULT = range(3)
# As the kernel, LMDB and SQLite say that they may not.
PERMISSION = ("Permission denied", "unable to open database file", "readonly database")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of a machine on which Guichet is installed, as its users and folders are made."""
    root = tmp_path_factory.mktemp("machine")
    root.chmod(0o755)
    units = root / "etc/systemd/system"
    shutil.copytree(DEPLOY / "units", units)
    for target in SYSTEM.glob("*.target"):
        shutil.copy(target, units)
    program = root / "opt/guichet/bin/guichet"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/true\n")
    program.chmod(0o755)
    return root


def analyze(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", f"--root={root}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_units_are_well_written(root: Path) -> None:
    """systemd finds nothing to say of any of them."""
    done = analyze(root, "verify", "guichet.target", "guichet-backup.timer", *UNITS)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("unit", UNITS)
def test_units_are_closed(root: Path, unit: str) -> None:
    """The exposure that systemd tells stays as low as it is."""
    done = analyze(root, "security", "--offline=true", unit)
    told = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
    assert told, done.stderr
    assert float(told[1]) <= EXPOSURE.get(unit, OTHERS_AT_MOST)


def test_nginx_is_started_again(root: Path) -> None:
    """Debian's unit takes what we add to it."""
    shutil.copy(SYSTEM / "nginx.service", root / "etc/systemd/system")
    done = analyze(root, "cat-config", "systemd/system/nginx.service")
    assert "Restart=on-failure" in done.stdout, done.stderr


def test_units_name_what_there_is() -> None:
    """Users, folders and variables of the units are those that are made and read."""
    told = "".join(path.read_text() for path in DEPLOY.rglob("*.service"))
    users = set(re.findall(r"^u (\S+)", (DEPLOY / "sysusers.conf").read_text(), re.M))
    groups = set(re.findall(r"^g (\S+)", (DEPLOY / "sysusers.conf").read_text(), re.M))
    assert set(re.findall(r"^User=(\S+)", told, re.M)) <= users
    assert set(re.findall(r"^(?:Supplementary)?Groups?=(\S+)", told, re.M)) <= groups | users
    made = set(re.findall(r"^d (\S+)", (DEPLOY / "tmpfiles.conf").read_text(), re.M))
    paths = re.findall(r"^(?:ReadWrite|Bind|BindReadOnly)Paths=(.+)", told, re.M)
    assert {path for line in paths for path in line.split()} <= made
    known = {variable.name for variable in VARIABLES}
    named = re.findall(r"(GUICHET_[A-Z_]+)=", told + (DEPLOY / "guichet.env").read_text())
    assert {name for name in named if name.removesuffix("_FILE") not in known} <= known
    lines = (DEPLOY / "guichet.env").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    assert Environment.read(values).state == Path("/", STATE)


def test_the_keystore_is_the_signer_s_alone() -> None:
    """As the folders are declared; nothing at all is open for others to write."""
    lines = [line.split() for line in (DEPLOY / "tmpfiles.conf").read_text().splitlines()]
    declared = {line[1]: line[2:5] for line in lines if line[0] == "d"}
    assert declared["/var/lib/guichet/keystore"] == ["0700", "guichet-signer", "guichet-signer"]
    assert declared["/var/lib/guichet/responder"][0] == "2750"
    assert {path for path, (mode, *_) in declared.items() if mode[-1] not in "05"} == set()


class Machine:
    """Users and folders, made by systemd's own tools in a tree."""

    def __init__(self, root: Path) -> None:
        self._root = root
        for tool, name in (("sysusers", "sysusers.conf"), ("tmpfiles", "tmpfiles.conf")):
            create = ["--create"] if tool == "tmpfiles" else []
            command = [f"systemd-{tool}", f"--root={root}", *create, str(DEPLOY / name)]
            subprocess.run(command, check=True, capture_output=True)
        users = (line.split(":") for line in (root / "etc/passwd").read_text().splitlines())
        self._users = {name: (int(uid), int(gid)) for name, _, uid, gid, *_ in users}
        groups = [line.split(":") for line in (root / "etc/group").read_text().splitlines()]
        self._groups = [(int(gid), members.split(",")) for _, _, gid, members in groups]

    def may(self, user: str, act: Callable[[], object]) -> bool:
        """Whether the act, in this tree as this user, is permitted; any other fault is told."""
        uid, gid = self._users[user]
        child = os.fork()
        if child:
            ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            assert ended in {DONE, REFUSED}
            return ended == DONE
        try:
            os.chroot(self._root)
            os.chdir("/")
            os.setgroups([group for group, members in self._groups if user in members])
            os.setgid(gid)
            os.setuid(uid)
            os.umask(0o007)
            act()
        except Exception as error:
            if any(words in str(error) for words in PERMISSION):
                os._exit(REFUSED)
            traceback.print_exc()
            os._exit(FAULT)
        os._exit(DONE)


@pytest.fixture(scope="module")
def machine(root: Path) -> Machine | None:
    """None where users cannot be changed: only root may."""
    return Machine(root) if os.geteuid() == 0 else None


def test_who_reads_and_writes_what(
    machine: Machine | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each user in its own folders, as the kernel sees it: keys, signs of life, attached files."""
    if machine is None:
        return
    state, key = Path("/", STATE), UUID(int=1)
    monkeypatch.setattr(settings, "GUICHET", replace(settings.GUICHET, state=state))
    secret, sign = state / "keystore" / "key.pem", state / "run" / "signer.heartbeat"
    assert machine.may("guichet-signer", lambda: secret.write_text("a key"))
    for user in ("portal", "card", "bench", "publisher", "responder", "clerk", "auditor"):
        assert not machine.may(f"guichet-{user}", secret.read_text), user
        assert not machine.may(f"guichet-{user}", lambda: beat("signer")), user
        assert machine.may(f"guichet-{user}", sign.stat), user
    assert machine.may("guichet-signer", lambda: beat("signer"))
    assert machine.may("guichet-portal", lambda: files.keep(key, [b"a paper"]))
    assert not machine.may("guichet-card", lambda: files.path_of(key).read_bytes())
    assert machine.may("guichet-clerk", lambda: files.path_of(key).read_bytes())
    assert machine.may("guichet-clerk", lambda: files.erase(key))


def test_what_the_responder_may_do(machine: Machine | None, tmp_path: Path) -> None:
    """It reads what is published and the keys of its answers, and writes no record of either."""
    if machine is None:
        return
    published, keys = Path("/", STATE, "published"), Path("/", STATE, "responder")
    StoreWriter(tmp_path).close()  # what it imports late is not in the tree

    def publish() -> None:
        os.umask(OTHERS_READ)
        StoreWriter(published).complete()

    def read() -> None:
        reader = StoreReader(published)
        reader.refresh()
        assert reader.is_complete

    assert machine.may("guichet-publisher", publish)
    assert machine.may("guichet-responder", read)
    assert not machine.may("guichet-responder", lambda: StoreWriter(published))
    assert not machine.may("guichet-responder", lambda: (published / "forged.crl").write_text(""))
    assert not machine.may("guichet-responder", lambda: (keys / "forged.pem").write_text(""))
    assert machine.may("guichet-responder", lambda: list(keys.iterdir()))
    assert not machine.may("guichet-portal", lambda: list(keys.iterdir()))


def test_the_register_is_read_by_who_may_not_write_beside_it(machine: Machine | None) -> None:
    """SQLite would want to: the portal looks companies up in what another user imported."""
    if machine is None:
        return
    register = Register(Path("/", STATE, "registers", "registers.sqlite"))

    def fill() -> None:
        os.umask(0o022)
        with register.writer():
            pass

    assert not machine.may("guichet-portal", fill)
    assert machine.may("guichet", fill)
    assert machine.may("guichet-portal", lambda: register.company(Siret("26750045200011")))
