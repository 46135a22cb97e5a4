"""When lists are due, their numbers, what a delta adds to."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from guichet.domain.certificates import crl_policy
from guichet.domain.certificates.crl_policy import (
    DEMO,
    ISSUING,
    ROOT,
    CrlKind,
    CrlPolicy,
    IssuedList,
    Standing,
    base_of,
    due,
    next_number,
)
from kit.pki import NOW

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
BOTH, DELTA, NOTHING = (CrlKind.FULL, CrlKind.DELTA), (CrlKind.DELTA,), ()
LIST = IssuedList(number=7, covers=10, this_update=NOW, next_update=NOW + 168 * HOUR, entries=10)
QUIET = Standing(full=LIST, delta=replace(LIST, entries=0), changed=10, floor=0)
LONG = replace(QUIET, full=replace(LIST, entries=ISSUING.prompt))
LONG_DELTA = replace(LONG, delta=replace(LIST, entries=ISSUING.prompt))


@pytest.mark.parametrize(
    ("standing", "after", "expected"),
    [
        (replace(QUIET, full=None, delta=None), SECOND, BOTH),
        (replace(QUIET, delta=None), SECOND, BOTH),
        (QUIET, SECOND, NOTHING),
        (QUIET, 6 * HOUR - SECOND, NOTHING),
        (QUIET, 6 * HOUR, DELTA),
        (QUIET, 24 * HOUR, BOTH),
        (replace(QUIET, floor=6), SECOND, NOTHING),
        (replace(QUIET, floor=7), SECOND, BOTH),
        (replace(QUIET, changed=11), SECOND, BOTH),
        (replace(LONG, changed=11), SECOND, DELTA),
        (replace(LONG, changed=11), 5 * MINUTE, BOTH),
        (LONG, 5 * MINUTE, NOTHING),
        (replace(LONG_DELTA, changed=11), 9 * SECOND, NOTHING),
        (replace(LONG_DELTA, changed=11), 10 * SECOND, DELTA),
        (LONG_DELTA, 10 * SECOND, NOTHING),
        (QUIET, -4 * MINUTE, NOTHING),
        (QUIET, -6 * MINUTE, BOTH),
        (replace(QUIET, full=replace(LIST, next_update=NOW + MINUTE)), MINUTE, BOTH),
    ],
)
def test_what_is_due(standing: Standing, after: timedelta, expected: tuple[CrlKind, ...]) -> None:
    """At first, on change, on schedule, under a floor, when the clock was wrong."""
    assert due(ISSUING, standing, NOW + after) == expected


def test_a_change_told_by_a_delta_waits_for_its_complete_list() -> None:
    """The delta covers it; the complete list, too long to be made at once, follows."""
    told = replace(LONG, delta=replace(LIST, number=8, covers=11, entries=1), changed=11)
    assert due(ISSUING, told, NOW + SECOND) == NOTHING
    assert due(ISSUING, told, NOW + 5 * MINUTE) == BOTH


def test_numbers_go_up_whatever_the_clock_says() -> None:
    """Milliseconds, so that a restored database does not begin again below what was published."""
    now = int(NOW.timestamp() * 1000)
    nothing = Standing(full=None, delta=None, changed=0, floor=0)
    assert next_number(nothing, NOW) == now
    delta = replace(LIST, number=now + 1)
    assert next_number(replace(QUIET, delta=delta), NOW) == now + 2
    assert next_number(replace(QUIET, delta=delta), NOW + SECOND) == now + 1000
    assert next_number(replace(nothing, floor=now + 10**9), NOW) == now + 10**9 + 1


def test_a_delta_adds_to_the_oldest_list_that_is_valid() -> None:
    """Whoever holds any valid complete list may add it to that one."""
    lists = [
        replace(LIST, number=number, next_update=NOW + (number - 2) * HOUR)
        for number in (4, 1, 2, 3)
    ]
    found = base_of(lists, NOW)
    assert found is not None
    assert found.number == 3
    assert base_of(lists, NOW + 48 * HOUR) is None


@pytest.mark.parametrize("policy", [ROOT, ISSUING, DEMO])
def test_lists_overlap(policy: CrlPolicy) -> None:
    """Half of a validity at least is left when a list is replaced, a third for roots."""
    assert 3 * (policy.validity - policy.interval) >= policy.validity
    assert policy.validity_of(CrlKind.FULL) == policy.validity
    assert policy.validity_of(CrlKind.DELTA) == policy.delta_validity


@pytest.mark.parametrize(
    "wrong",
    [
        {"interval": 168 * HOUR},
        {"interval": timedelta(0)},
        {"delta_interval": 24 * HOUR},
        {"delta_interval": timedelta(0)},
        {"rebuild": 24 * HOUR},
        {"rebuild": -SECOND},
    ],
)
def test_a_policy_that_would_leave_a_gap(wrong: dict[str, Any]) -> None:
    """REFUSED. A list is replaced before it ends, and tells a change before that."""
    with pytest.raises(ValueError, match="before"):
        replace(crl_policy.ISSUING, **wrong)
