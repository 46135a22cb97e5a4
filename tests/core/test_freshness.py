"""When readings break a rule, what the whole is worth, and alarms that do not flap."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.domain import freshness
from guichet.domain.alarms import ALARMS, ROUNDS, AlarmAct, AlarmState, Key, Streaks, settle
from guichet.domain.freshness import (
    Content,
    Delays,
    Finding,
    Kind,
    Point,
    Problem,
    Reading,
    Rule,
    Verdict,
    verdict,
)
from guichet.domain.refusals import Refusal

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
POINT = Point(name="crl/A.crl", kind=Kind.LIST, authority="A", interval=DAY)
FRESH = Content(this_update=NOW - DAY / 2, next_update=NOW + 6 * DAY, number=1)


def reading(**changes: object) -> Reading:
    values = {"point": POINT, "at": NOW, "content": FRESH, **changes}
    return Reading(**values)  # type: ignore[arg-type]


def aged(age: timedelta, validity: timedelta) -> Content:
    return Content(this_update=NOW - age, next_update=NOW - age + validity)


@pytest.mark.parametrize(
    ("found", "rules"),
    [
        (reading(), []),
        (reading(content=aged(DAY, 7 * DAY)), []),
        (reading(content=aged(DAY * 1.2, 7 * DAY)), [Rule.LATE]),
        (reading(content=aged(5 * DAY, 7 * DAY)), [Rule.LATE, Rule.ENDING]),
        (reading(content=aged(2 * DAY, 3 * DAY), point=Point(name="ocsp/A", kind=Kind.ANSWER)), []),
        (
            reading(
                content=Content(begins=NOW - 21 * DAY, ends=NOW + 9 * DAY),
                point=Point(name="ocsp/A", kind=Kind.ANSWER),
            ),
            [Rule.DELEGATE_ENDING],
        ),
        (reading(problem=Problem.UNREACHABLE, failures=2), []),
        (reading(problem=Problem.UNREACHABLE, failures=3), [Rule.UNREACHABLE]),
        (reading(problem=Problem.FORGED), [Rule.WRONG]),
        (reading(problem=Problem.OVER, content=aged(8 * DAY, 7 * DAY)), [Rule.WRONG]),
    ],
)
def test_rules_of_a_reading(found: Reading, rules: list[Rule]) -> None:
    """Before anything is stale; what is wrong already is told once."""
    findings = freshness.of_reading(found)
    assert [finding.rule for finding in findings] == rules
    assert all(finding.subject == found.point.name for finding in findings)


def test_a_third_of_the_validity_exactly_is_enough() -> None:
    assert not freshness.is_ending(NOW - 2 * DAY, NOW + DAY, NOW)
    assert freshness.is_ending(NOW - 2 * DAY, NOW + DAY, NOW + timedelta(seconds=1))


def test_rules_of_delays_and_processes() -> None:
    slow = freshness.of_delays({"A": timedelta(seconds=2), "B": timedelta(seconds=2.1)})
    assert slow == (Finding(Rule.SLOW, "ocsp/B", {"milliseconds": 2100}),)
    beats = {"signer": NOW - timedelta(seconds=61), "publisher": NOW, "clerk": None}
    silent = freshness.of_heartbeats(beats, NOW)
    assert [finding.subject for finding in silent] == ["signer", "clerk"]


def test_delays_of_a_day() -> None:
    assert Delays.of([]) is None
    assert Delays.of([300, 100, 900, 200]) == Delays(count=4, last=200, median=250, worst=900)
    assert freshness.milliseconds(timedelta(seconds=-3)) == 0


@pytest.mark.parametrize(
    ("readings", "alarms", "expected"),
    [
        ([], 0, Verdict.UNTESTED),
        ([reading()], 0, Verdict.FRESH),
        ([reading()], 1, Verdict.WATCHED),
        ([reading(), reading(problem=Problem.FORGED)], 1, Verdict.STALE),
        ([reading(problem=Problem.FAILED, failures=1)], 0, Verdict.FRESH),
        ([reading(problem=Problem.FAILED, failures=2)], 0, Verdict.STALE),
        ([reading(content=aged(7 * DAY, 7 * DAY))], 0, Verdict.STALE),
        ([reading(at=NOW - timedelta(minutes=6), problem=Problem.FORGED)], 0, Verdict.SILENT),
    ],
)
def test_the_whole_in_one_word(readings: list[Reading], alarms: int, expected: Verdict) -> None:
    assert verdict(readings, alarms=alarms, at=NOW) is expected


FINDING = Finding(Rule.LATE, "crl/A.crl", {})


@given(st.lists(st.booleans(), max_size=40))
def test_alarms_never_flap(rounds: list[bool]) -> None:
    """Raised after two bad rounds running, cleared after two good ones, never otherwise."""
    streaks, opened = Streaks(), set[Key]()
    for n, is_bad in enumerate(rounds):
        settled = settle(streaks, [FINDING] if is_bad else [], opened)
        streaks = settled.streaks
        last = rounds[max(0, n + 1 - ROUNDS) : n + 1]
        was_open = bool(opened)
        assert bool(settled.to_raise) == (not was_open and last == [True] * ROUNDS)
        opened |= {finding.key for finding in settled.to_raise}
        if settled.to_clear:
            assert was_open
            assert last == [False] * ROUNDS
        opened -= set(settled.to_clear)
        if last == [False] * ROUNDS:
            assert not opened


def test_failures_counted_already_raise_at_once() -> None:
    found = Finding(Rule.UNREACHABLE, "crl/A.crl", {})
    assert settle(Streaks(), [found], ()).to_raise == (found,)


def test_an_alarm_is_cleared_once() -> None:
    assert ALARMS.table() == ((AlarmState.RAISED, AlarmAct.CLEAR, AlarmState.CLEARED),)
    with pytest.raises(Refusal):
        ALARMS.next(AlarmState.CLEARED, AlarmAct.CLEAR)
