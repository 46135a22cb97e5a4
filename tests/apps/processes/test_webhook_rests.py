"""The loop that hands out webhooks rests while nothing is committed, and while it cannot work."""

from datetime import datetime

import pytest
from django.db import OperationalError, connections

from apps.processes.turns import ASKED_AWAY, TURNS, Turns
from guichet.automation.webhooks import dispatching
from guichet.automation.webhooks.dispatching import Dispatcher

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the connection of the test."""
    monkeypatch.setattr(dispatching, "close_old_connections", lambda: None)
    monkeypatch.setattr(connections, "close_all", lambda: None)


@pytest.mark.usefixtures("nobody_commits")
@pytest.mark.parametrize("is_busy", [False, True])
def test_the_dispatcher_rests_once_no_hook_is_served(
    is_busy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a worker leaves of a hook's is handed out again when it is done."""
    rounds: list[datetime] = []
    dispatcher = Dispatcher()
    monkeypatch.setattr(dispatcher, "round", rounds.append)
    if is_busy:
        dispatcher._busy[1] = "10B0135356"
    dispatcher.run(Turns())
    assert len(rounds) == (TURNS if is_busy else TURNS // dispatching.LOOKS)


@pytest.mark.usefixtures("nobody_commits")
def test_the_dispatcher_tells_a_fault_once_and_tries_more_and_more_rarely(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Until it is over: then as before."""
    dispatcher, stop = Dispatcher(), Turns(during=lambda turn: turn == 10 and faults.clear())
    faults = ["read-only transaction"]

    def make(_: datetime) -> int:
        if faults:
            raise OperationalError(faults[0])
        return 0

    monkeypatch.setattr(dispatcher, "round", make)
    dispatcher.run(stop)
    longest = dispatching.LONGEST_SECONDS
    assert stop.pauses[:10] == [1, 2, 4, 8, *[longest] * 6]
    assert set(stop.pauses[10:]) == {dispatching.IDLE_SECONDS}
    assert [record.message for record in caplog.records] == [
        "webhooks could not be handed out; it goes on being tried",
        "webhooks are handed out again",
    ]


def test_the_dispatcher_waits_for_the_database(
    database_is_away: list[None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It makes no round, and says so once."""
    rounds: list[datetime] = []
    dispatcher = Dispatcher()
    monkeypatch.setattr(dispatcher, "round", rounds.append)
    dispatcher.run(Turns())
    assert rounds == []
    assert len(database_is_away) == ASKED_AWAY
    assert [record.message for record in caplog.records] == [
        "the database does not answer: timeout expired; it is asked until it does"
    ]
