"""The publisher is killed, loses its database, its room or its clock: all that is read stays whole.

Responders answer all along; afterwards everything is published, exactly, and no revocation is lost.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from faults import sites
from faults.publication_kit import CODE, GUICHET, Responder, Running, running, wait
from faults.sites import MakeSite, Server, Site
from kit import commands
from kit.stack import free_port

PROCESS = Path(__file__).with_name("publication_process.py")
COUNT = 3
HOUR = 3_600
LIST = f"{CODE}.crl"
TODAY = 12 * HOUR  # sites begin twelve hours ago
pytestmark = pytest.mark.xdist_group("publication")  # one preparation serves them all
# Where the publisher is killed, and at which passage when it publishes first, then changes.
STAGES = {
    "putting": (1, 1),
    "put": (1, 1),
    "marked": (1, 1),
    "exported": (1, 0),
    "list aside": (2, 1),
    "list renamed": (2, 1),
    "list noted": (2, 1),
    "object shipped": (2, 1),
    "head to come": (1, 1),
    "head shipped": (1, 1),
}


@pytest.fixture(scope="module")
def prepared() -> Iterator[MakeSite]:
    """Copies of one site that has everything to publish; made once."""
    with sites.forging(PROCESS) as prepare:
        yield prepare("prepare", COUNT)


def assert_exact(site: Site, revoked: int) -> dict[str, Any]:
    """What is published is what the database holds; copies have it; nothing is left aside."""
    found = site.report()
    assert found["waiting"] == 0
    assert found["revoked"] == revoked
    assert found["exact"]
    assert found["copied"]
    assert found["lists"] == found["issued"]
    assert found["aside"] == []
    return found


@contextmanager
def unplugged(site: Site) -> Iterator[None]:
    """Its database lets nobody in, nor go on with what they had."""
    if site.database.startswith("sqlite"):
        file, away = site.state / "guichet.db", site.state / "away"
        file.rename(away)
        file.mkdir()
        try:
            yield
        finally:
            file.rmdir()
            away.rename(file)
        return
    name = urlsplit(site.database).path.removeprefix("/")
    server = Server(os.environ["GUICHET_DATABASE_URL"])
    server.runs(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    server.runs(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608
    try:
        yield
    finally:
        server.runs(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@contextmanager
def small_disk(folder: Path) -> Iterator[str]:
    """A disk of its own for what is published, and a file to fill it; "" where none is mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    is_mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield str(folder / "ballast") if is_mounted else ""
    finally:
        if is_mounted:
            subprocess.run(["umount", str(folder)], check=True)


def told(site: Site, seconds: int) -> dict[str, int]:
    """Answers by their status, given by a responder that starts now and is ready."""
    found = site.run("readable", seconds)
    assert found["ready"] == "ok"
    answers: dict[str, int] = found["told"]
    return answers


@pytest.mark.parametrize("stage", STAGES)
def test_killed_at_every_border(prepared: MakeSite, stage: str) -> None:
    """While it publishes all for the first time, then while it publishes a revocation."""
    first, then = STAGES[stage]
    site = prepared()
    site.dies("publish", 0, stage, first)
    site.run("publish", 1)
    before = assert_exact(site, 0)
    site.run("revoke", 2, 2)
    if then:
        site.dies("publish", 3, stage, then)
        seen = told(site, 3)
        assert sum(seen.values()) == COUNT
        assert seen.keys() <= {"GOOD", "REVOKED"}
    site.run("publish", 4)
    after = assert_exact(site, 2)
    assert told(site, 4) == {"REVOKED": 2, "GOOD": COUNT - 2}
    assert all(after["lists"][name] >= number for name, number in before["lists"].items())


def test_a_copy_killed(prepared: MakeSite) -> None:
    """Within a transaction, after one, among lists: the next one takes it up, exactly."""
    site = prepared()
    for revoked in (0, 2):
        site.run("revoke", revoked, revoked)
        site.run("publish", revoked)
        for stage, nth in (("taking", 2), ("taken", 1), ("list aside", 1), ("list renamed", 1)):
            site.dies("copy", stage, nth)
        site.run("copy")
        assert_exact(site, revoked)


def test_ten_minutes_without_a_database(prepared: MakeSite) -> None:
    """Answers go on, and are signed again in their turn; then what waited is published."""
    site = prepared()
    site.run("publish", 0)
    site.run("revoke", 1, 1)
    lists = site.report()["lists"]
    with unplugged(site):
        found = site.run("without-database", 6 * HOUR, 10)
        assert found["failures"] == 10
        assert found["signed"] > COUNT
        assert told(site, 6 * HOUR + 600) == {"GOOD": COUNT}
        assert site.run("signed-since")[0] >= 6 * HOUR
    assert site.report()["lists"] == lists
    site.run("publish", 6 * HOUR + 601)
    assert_exact(site, 1)
    assert told(site, 6 * HOUR + 601) == {"REVOKED": 1, "GOOD": COUNT - 1}


def test_a_disk_that_fills(prepared: MakeSite) -> None:
    """What was published stays whole; the publisher goes on when there is room, anew or not."""
    site = prepared()
    with small_disk(site.state / "published") as ballast:
        faults: set[str] = set()
        for spare in (0, 48 << 10, 96 << 10):  # nothing fits, then half a store, then lists
            faults |= set(site.run("on-a-full-disk", 0, ballast, spare, 0))
            make_room(ballast)
        assert faults >= ({"OSError", "DiskError"} if ballast else {"OSError"})
        site.run("publish", 0)
        before = assert_exact(site, 0)
        site.run("revoke", 1, 1)
        assert site.run("on-a-full-disk", 1, ballast, 0, 1)
        assert_exact(site, 1)
        site.run("revoke", 2, 2)
        assert site.run("on-a-full-disk", 2, ballast, 0, 0)
        seen = told(site, 2)
        assert seen["REVOKED"] in {1, 2}
        assert sum(seen.values()) == COUNT
        make_room(ballast)
        site.run("publish", 3)
        after = assert_exact(site, 2)
    assert after["lists"][LIST] > before["lists"][LIST]


def make_room(ballast: str) -> None:
    if ballast:
        Path(ballast).unlink()


def test_a_clock_that_goes_back(prepared: MakeSite) -> None:
    """By an hour: numbers go up, and no answer is left that begins after now."""
    site = prepared()
    site.run("publish", HOUR)
    site.run("revoke", HOUR, 1)
    site.run("publish", HOUR)
    ahead = assert_exact(site, 1)
    assert site.run("signed-since") == [HOUR, HOUR]
    site.run("revoke", 10, COUNT)
    site.run("publish", 10)
    back = assert_exact(site, COUNT)
    assert back["lists"][LIST] > ahead["lists"][LIST]
    assert site.run("signed-since") == [10, 10]
    assert told(site, 10) == {"REVOKED": COUNT}


def test_publishers_and_a_copy(prepared: MakeSite, tmp_path: Path) -> None:
    """A revocation reaches the copy, which outlives database and publisher; another takes over."""
    site, port = prepared(), str(free_port())
    here = {
        "GUICHET_STATE": str(site.state),
        "GUICHET_DATABASE_URL": site.database,
        "GUICHET_PUBLICATION": f"file://{tmp_path}/place",
    }
    asking, copying = commands.told("how-to/copies-de-la-publication")
    ((_guichet, *ask),) = commands.words_of(asking)
    asked = subprocess.run([GUICHET, *ask], env=os.environ | here, capture_output=True, check=True)
    known = {
        "/var/lib/guichet-copie": str(tmp_path / "elsewhere"),
        "s3://igc-publication/guichet": here["GUICHET_PUBLICATION"],
        "3qx…=": asked.stdout.decode().strip(),
    }
    *exports, copy, answer = commands.words_of(copying, known)
    there = {
        "GUICHET_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "GUICHET_PKI_PORT": port,
        **dict(word.split("=", 1) for _export, word in exports),
    }
    responder = Responder(f"http://127.0.0.1:{port}", site)
    with ExitStack() as every:

        def start(name: str, verb: str, environment: dict[str, str]) -> Running:
            return every.enter_context(running(verb, tmp_path / name, **environment))

        for name, (_guichet, verb, _background) in {"copy": copy, "responder": answer}.items():
            start(f"{name}.log", verb, there)
        both = [start(f"publisher-{one}.log", "publisher", here) for one in range(2)]
        wait("the copy is ready", responder.is_ready)
        wait("one stands by", lambda: any(one.has("standing by") for one in both))
        first, _ = sorted(both, key=lambda one: one.has("standing by"))
        assert responder.revoked() == 0

        site.run("revoke", TODAY, 1)
        wait("a revocation reaches the copy", lambda: responder.revoked() == 1)
        wait("so does the list", lambda: responder.listed() == 1)

        with unplugged(site):
            first.says("the database does not answer")
            assert responder.is_ready()
            assert responder.revoked() == 1
        site.run("revoke", TODAY + 1, 2)
        wait("what waited is published", lambda: responder.revoked() == 2)

        first.process.send_signal(signal.SIGKILL)
        site.run("revoke", TODAY + 2, 3)
        wait("the second takes over", lambda: responder.revoked() == 3)
        wait("lists too", lambda: responder.listed() == 3)
