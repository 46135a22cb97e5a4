"""The processes' loops rest while nothing is committed, and never while something may be left."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError

from apps.conftest import NOW
from apps.processes.turns import ASKED_AWAY, TURNS, Turns
from guichet.authority import crls, queue, queue_acts, recovery
from guichet.authority import signer as signer_module
from guichet.authority.signer import Signer
from guichet.automation.webhooks.dispatching import Dispatcher
from guichet.keystore import open_keystore
from guichet.processes import clerk, publisher, seldom, transparency
from guichet.processes.seldom import Patient
from guichet.validation.watch import loop

pytestmark = pytest.mark.django_db


def commit(_: object = None) -> None:
    """Any change at all; on the connection of this test."""
    SessionStore().save()


@pytest.fixture(autouse=True)
def _here(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path, publication=None)
    for module in (clerk, publisher, signer_module):
        monkeypatch.setattr(module, "close_old_connections", lambda: None)


def clerks_rounds(
    monkeypatch: pytest.MonkeyPatch, stop: Turns, *, is_well: bool = True
) -> list[datetime]:
    """The rounds that the clerk made meanwhile."""
    made: list[datetime] = []

    def make(_: object, at: datetime) -> bool:
        made.append(at)
        return is_well

    monkeypatch.setattr(Dispatcher, "run", lambda *_: None)
    monkeypatch.setattr(clerk.Rounds, "make", make)
    clerk.run(stop)
    return made


@pytest.mark.usefixtures("nobody_commits")
def test_the_clerk_makes_a_round_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what time brings."""
    assert len(clerks_rounds(monkeypatch, Turns())) == TURNS // clerk.LOOKS


@pytest.mark.django_db(transaction=True)
def test_the_clerk_sees_at_once_what_is_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(clerks_rounds(monkeypatch, Turns(commit))) == TURNS


def test_the_clerk_tries_again_at_once_what_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(clerks_rounds(monkeypatch, Turns(), is_well=False)) == TURNS


@pytest.mark.parametrize("fails", [False, True])
def test_a_round_of_the_clerk_says_whether_all_went_well(
    fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(_: datetime) -> None:
        if fails:
            raise OSError("no space left")

    monkeypatch.setattr(clerk, "STEPS", (step,))
    assert clerk.Rounds().make(NOW) is not fails


def test_a_step_of_the_clerk_that_goes_on_failing_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk lasts for hours: one trace, one line when it is over; the others go on."""
    failing, others = [True], []

    def step(_: datetime) -> None:
        if failing:
            raise OSError("no space left")

    monkeypatch.setattr(clerk, "STEPS", (step, others.append))
    rounds = clerk.Rounds()
    assert not any(rounds.make(NOW + timedelta(seconds=n / 2)) for n in range(TURNS))
    failing.clear()
    assert rounds.make(NOW + timedelta(seconds=TURNS))
    assert len(others) == TURNS + 1
    assert [record.message for record in caplog.records] == [
        "the step step failed; it goes on being tried",
        "the step step works again",
    ]


def test_a_step_without_a_database_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No trace: it would explain nothing."""

    def step(_: datetime) -> None:
        raise OperationalError("connection refused\n\tIs the server running?")

    monkeypatch.setattr(seldom, "is_absent", lambda: True)
    Patient(step)(NOW)
    assert "Traceback" not in caplog.text
    assert [record.message for record in caplog.records] == [
        "the step step waits for the database: connection refused Is the server running?"
    ]


class Looks:
    """What a signer without work was seen to look at."""

    def __init__(self) -> None:
        self.lists, self.requests = 0, 0

    def at_lists(self, *_: object) -> tuple[()]:
        self.lists += 1
        return ()

    def at_requests(self, **_: object) -> tuple[()]:
        self.requests += 1
        return ()


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    found = Looks()
    for module, name in ((queue_acts, "carry_out"), (recovery, "require_clear")):
        monkeypatch.setattr(module, name, lambda *_: None)
    monkeypatch.setattr(crls, "issue_due", found.at_lists)
    monkeypatch.setattr(queue, "take", found.at_requests)
    monkeypatch.setattr(signer_module, "LISTS_SECONDS", 0)
    return found


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    """It opens no key here."""
    return Signer(open_keystore(f"file:{tmp_path}", b"passphrase"), "http://localhost")


@pytest.mark.usefixtures("nobody_commits")
def test_the_signer_looks_now_and_then(looks: Looks, signer: Signer) -> None:
    signer.run(Turns())
    assert looks.lists == TURNS // signer_module.LOOKS


@pytest.mark.django_db(transaction=True)
def test_the_signer_looks_at_once_at_what_is_committed(looks: Looks, signer: Signer) -> None:
    signer.run(Turns(commit))
    assert looks.lists == TURNS


def test_the_signer_rests_not_before_it_looked_at_the_lists(
    looks: Looks, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were looked at a moment ago: a revocation since then waits for the next look."""
    monkeypatch.setattr(signer_module, "LISTS_SECONDS", 3600)
    signer._lists_at = time.monotonic()
    signer.run(Turns())
    assert (looks.lists, looks.requests) == (0, TURNS)


def test_the_clerk_lives_without_the_database(
    database_is_away: list[None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """None of its steps waits for it; one look in some does."""
    assert clerks_rounds(monkeypatch, Turns()) == []
    assert len(database_is_away) == ASKED_AWAY
    assert (tmp_path / "run" / "clerk.heartbeat").exists()


@dataclass
class Steps:
    """A publisher whose first step, and whose signing, are these."""

    publish_statuses: Callable[[datetime], object]
    sign_again: Callable[[datetime], object]
    publish_lists = publish = staticmethod(lambda _: 0)
    store = None

    def close(self) -> None: ...


@pytest.fixture
def publishes(monkeypatch: pytest.MonkeyPatch) -> Callable[[Steps], None]:
    """Has the publisher make its turns with steps of a test."""

    def publish(steps: Steps) -> None:
        monkeypatch.setattr(publisher, "Publisher", lambda *_: steps)
        monkeypatch.setattr(publisher, "Bulletin", lambda _: steps)
        monkeypatch.setattr(publisher, "Seldom", lambda *_: steps.publish)
        monkeypatch.setattr(publisher, "Patient", lambda step: Patient(step, timedelta(0)))
        for module in (loop, transparency):
            monkeypatch.setattr(module, "run", lambda _: None)
        publisher._publish(Turns())

    return publish


def test_the_publisher_signs_again_without_the_database(
    database_is_away: list[None], publishes: Callable[[Steps], None], tmp_path: Path
) -> None:
    """At each turn, and says so: no other step waits for it."""
    published: list[datetime] = []
    signed: list[datetime] = []
    publishes(Steps(published.append, signed.append))
    assert (len(published), len(signed)) == (0, TURNS)
    assert len(database_is_away) == ASKED_AWAY
    assert (tmp_path / "run" / "publisher.heartbeat").exists()


@pytest.mark.usefixtures("nobody_commits")
@pytest.mark.parametrize(("fails", "rounds"), [(False, TURNS // publisher.LOOKS), (True, TURNS)])
def test_the_publisher_rests_once_all_went_well(
    fails: bool, rounds: int, publishes: Callable[[Steps], None]
) -> None:
    made: list[datetime] = []

    def step(at: datetime) -> None:
        made.append(at)
        if fails:
            raise OSError("no space left")

    publishes(Steps(step, lambda _: 0))
    assert len(made) == rounds
