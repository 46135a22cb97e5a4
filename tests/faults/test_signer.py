"""The signer is killed, or stopped, with work in hand: nothing is lost, nothing comes twice."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from faults import sites
from faults.sites import MakeSite
from guichet.authority.queue import ATTEMPTS_AT_MOST, LEASE

pytestmark = pytest.mark.xdist_group("signer")  # one preparation serves them all
PROCESS = Path(__file__).with_name("signer_process.py")
COUNT = 4
AFTER_LEASE = LEASE.seconds + 1
# Whether its serial numbers were stored when the signer died there.
STAGES = {
    "leased": False,
    "planning": False,
    "planned": True,
    "rehearsed": True,
    "half-signed": True,
    "signed": True,
    "storing": True,
    "stored": True,
    "listing": True,
}
LIFE = ["signing-requested", "signing-planned", "certificate-issued"]


@pytest.fixture(scope="module")
def prepared() -> Iterator[MakeSite]:
    """Copies of one site, whose requests wait; made once."""
    with sites.forging(PROCESS) as prepare:
        yield prepare("prepare", COUNT)


def serials(report: dict[str, Any]) -> dict[str, str]:
    """Serial numbers stored, by request."""
    requests = report["requests"].items()
    return {reference: row["serial"] for reference, row in requests if row["serial"]}


def assert_each_issued_once(report: dict[str, Any]) -> None:
    """One certificate a request, by the serial of its plan; told once, and the journal whole."""
    assert len(report["requests"]) == COUNT
    assert {row["state"] for row in report["requests"].values()} == {"issued"}
    assert all(row["told"] == LIFE for row in report["requests"].values()), report["requests"]
    certificates = report["certificates"]
    assert sorted(c["reference"] for c in certificates) == sorted(report["requests"])
    assert {c["reference"]: c["serial"] for c in certificates} == serials(report)
    assert len({c["serial"] for c in certificates}) == COUNT
    assert report["faults"] == []


@pytest.mark.parametrize("stage", STAGES)
def test_killed_at_every_stage(prepared: MakeSite, stage: str) -> None:
    """The next signer finishes it, with the serial numbers that were stored and no other."""
    site = prepared()
    site.dies("sign", 0, stage)
    before = site.report()
    assert bool(serials(before)) is STAGES[stage]
    assert before["faults"] == []
    if stage in {"stored", "listing"}:
        assert_each_issued_once(before)
    else:
        assert before["certificates"] == []
        assert site.run("drain", 1) == 0, "the dead signer's lease still holds"
    site.run("drain", AFTER_LEASE)
    after = site.report()
    assert_each_issued_once(after)
    assert serials(before).items() <= serials(after).items()


def test_what_it_had_signed_is_what_is_stored(prepared: MakeSite) -> None:
    """The same plan, the same key: not even the lost signature is another certificate."""
    site = prepared()
    site.dies("sign", 0, "signed")
    lost = json.loads((site.state / "in-hand.json").read_text())
    site.run("drain", AFTER_LEASE)
    report = site.report()
    assert_each_issued_once(report)
    assert sorted(c["der"] for c in report["certificates"]) == sorted(lost)


@pytest.mark.parametrize("stage", ["planned", "half-signed", "stored"])
def test_stopped_for_longer_than_its_lease(prepared: MakeSite, stage: str) -> None:
    """It comes back when another has done its work: it stores nothing, and breaks nothing."""
    site = prepared()
    (sleeper,) = site.together(["sign", 0, stage, int(signal.SIGSTOP)])
    assert sleeper["end"] == "stopped"
    site.run("drain", AFTER_LEASE)
    between = site.report()
    assert_each_issued_once(between)
    while sleeper["end"] == "stopped":
        (sleeper,) = site.forge.ask({"continue": sleeper})
    assert sleeper["end"] == 0
    after = site.report()
    assert_each_issued_once(after)
    assert after == between


def test_killed_again_and_again(prepared: MakeSite) -> None:
    """At another stage each time: still the serial numbers of the first plan."""
    site = prepared()
    seconds, first = 0, {}
    for stage in ("leased", "planned", "half-signed", "storing"):
        site.dies("sign", seconds, stage)
        first = first or serials(site.report())
        seconds += AFTER_LEASE
    site.run("drain", seconds)
    report = site.report()
    assert_each_issued_once(report)
    assert first.items() <= serials(report).items()


def test_a_request_that_kills_every_signer(prepared: MakeSite) -> None:
    """It is set aside in the end, told; the others are issued meanwhile."""
    site = prepared()
    seconds, deaths = 0, 0
    while (ended := site.together(["killed-by", seconds, "test:1"])[0])["answer"] != 0:
        if ended["end"] == -signal.SIGKILL:
            deaths += 1
            seconds += AFTER_LEASE
    assert deaths == ATTEMPTS_AT_MOST
    report = site.report()
    states = {reference: row["state"] for reference, row in report["requests"].items()}
    assert states.pop("test:1") == "set-aside"
    assert set(states.values()) == {"issued"}
    assert report["requests"]["test:1"]["told"][-1] == "signing-set-aside"
    assert report["faults"] == []


def test_several_signers_at_once(prepared: MakeSite) -> None:
    """Each request is signed by one of them."""
    site = prepared()
    ends = site.together(*[["drain", 0]] * 3)
    assert [ended["end"] for ended in ends] == [0, 0, 0]
    assert sum(ended["answer"] for ended in ends) == COUNT
    assert_each_issued_once(site.report())


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("commit", [1, 2, 3], ids=["taken", "planned", "stored"])
def test_the_database_is_lost_at_a_commit(prepared: MakeSite, commit: int, when: str) -> None:
    """Whether the commit was done or not, its signer goes on by itself."""
    site = prepared()
    assert site.run("through", "lost", commit, when)["met"] == 1
    assert_each_issued_once(site.report())


@pytest.mark.parametrize("stage", ["planning", "storing"])
def test_no_room_is_left(prepared: MakeSite, stage: str) -> None:
    """Neither for intents nor for certificates: waited out, however often it is met."""
    site = prepared()
    assert site.run("through", "full", stage)["met"] > ATTEMPTS_AT_MOST
    assert_each_issued_once(site.report())


def test_the_keys_are_away(prepared: MakeSite) -> None:
    """A token pulled out, an HSM that restarts: what was planned is signed once they are back."""
    site = prepared()
    assert site.run("through", "away")["met"] > ATTEMPTS_AT_MOST
    assert_each_issued_once(site.report())


@pytest.mark.parametrize("jump", [-3600, -86_400 * 400, 86_400 * 400])
def test_the_clock_jumps(prepared: MakeSite, jump: int) -> None:
    """Set back, a lease lasts longer; set forward, it is over: no serial number is taken twice."""
    site = prepared()
    site.dies("sign", 0, "planned")
    before = site.report()
    site.run("drain", jump)
    assert serials(before).items() <= serials(site.report()).items()
    site.run("drain", max(jump, AFTER_LEASE))
    after = site.report()
    assert_each_issued_once(after)
    assert serials(after) == serials(before)


def test_asked_several_times(prepared: MakeSite) -> None:
    """The same reference, by several processes at once, while signers work: one certificate."""
    site = prepared()
    ends = site.together(*[["ask-again", "test:0"], ["drain", 0]] * 2, ["ask-again", "test:0"])
    assert len({ended["answer"] for ended in ends if isinstance(ended["answer"], str)}) == 1
    assert site.run("ask-again", "test:0") == ends[0]["answer"]
    assert_each_issued_once(site.report())
