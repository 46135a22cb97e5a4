"""Roles of the staff, emergencies, reviews, sessions, texts: who may, and what is said if not."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest

from guichet.domain import wording
from guichet.domain.access import emergencies, reviews, roles, sessions
from guichet.domain.access.emergencies import Emergency
from guichet.domain.access.roles import LATEST, RoleAsked
from guichet.domain.access.sessions import PEOPLE, Limits
from guichet.domain.duties import CARRIED_BY, EXCLUDED, STAFF, Duty, at_odds, carries, reads_only
from guichet.domain.refusals import Code, Refusal
from guichet.domain.wording import VersionState

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def told(refusal: Refusal) -> list[tuple[Code, dict[str, object]]]:
    return [(one.code, one.mapping) for one in refusal.all]


def refused(asked: RoleAsked, held: Collection[str]) -> list[tuple[Code, dict[str, object]]]:
    try:
        roles.admit(asked, held, AT)
    except Refusal as refusal:
        return [(refusal.code, refusal.all[0].mapping), *told(refusal)[1:]]
    return []


def asks(role: str, *, gives: bool = True, until: datetime | None = None) -> RoleAsked:
    return RoleAsked(role=role, gives=gives, why="", until=until)


def test_a_role_ends_at_its_instant_and_not_before() -> None:
    ends = {"operator": AT.isoformat()}
    assert roles.held(["operator", "support"], ends, AT - TICK) == {"operator", "support"}
    assert roles.held(["operator", "support"], ends, AT) == {"support"}
    assert roles.held(["operator"], None, AT) == {"operator"}


FIELD = {"field": "role"}


@pytest.mark.parametrize(
    ("asked", "held", "objections"),
    [
        (asks("operator"), [], []),
        (asks("operator"), ["instructor"], []),
        (asks("director"), ["auditor"], [(Code.ROLE_NOT_STAFF, FIELD)]),
        (asks("director", gives=False), ["director"], [(Code.ROLE_NOT_STAFF, FIELD)]),
        (asks("operator"), ["operator"], [(Code.ROLE_HELD_ALREADY, FIELD)]),
        (asks("operator", gives=False), ["operator"], []),
        (asks("operator", gives=False), ["support"], [(Code.ROLE_NOT_HELD, FIELD)]),
        (asks("operator", until=AT + TICK), [], []),
        (asks("operator", until=AT), [], [(Code.ROLE_END, {"field": "until"})]),
        (asks("operator", until=AT + LATEST), [], []),
        (asks("operator", until=AT + LATEST + TICK), [], [(Code.ROLE_END, {"field": "until"})]),
        (
            asks("auditor", until=AT),
            ["auditor", "support", "applicant"],
            [
                (Code.ROLE_HELD_ALREADY, FIELD),
                (Code.ROLE_END, {"field": "until"}),
                (Code.ROLES_AT_ODDS, FIELD | {"role": "auditor", "other": "support"}),
            ],
        ),
    ],
)
def test_every_objection_to_a_role_is_told(
    asked: RoleAsked, held: list[str], objections: list[tuple[Code, dict[str, object]]]
) -> None:
    assert refused(asked, held) == objections


@pytest.mark.parametrize("one", sorted(STAFF))
@pytest.mark.parametrize("other", sorted(STAFF))
def test_roles_exclude_each_other_both_ways(one: str, other: str) -> None:
    is_excluded = (one, other) in EXCLUDED or (other, one) in EXCLUDED
    assert roles.odds_with(one, [other]) == ((other,) if is_excluded else ())
    assert list(at_odds([one, other])) == [
        pair for pair in EXCLUDED if set(pair) == {one, other} and one != other
    ]


def test_an_auditor_reads_and_holds_nothing_else() -> None:
    assert set(roles.odds_with("auditor", STAFF)) == STAFF - {"auditor"}
    assert reads_only(["auditor", "applicant"])
    assert not reads_only(["auditor", "support"])
    assert not reads_only(["applicant"])
    writes = {Duty.INSTRUCT, Duty.DECIDE_SECOND, Duty.HANDLE_INCIDENTS, Duty.HANDLE_SIGNATURES}
    writes |= {Duty.HANDLE_KEYS, Duty.WRITE_TEXTS, Duty.ASK_ROLES, Duty.REVIEW_ROLES}
    assert not any(carries(["auditor"], duty) for duty in writes)
    assert carries(["auditor", "nobody"], Duty.SEE_JOURNAL)


def test_who_acts_is_none_of_those_concerned() -> None:
    roles.admit_other([1, 2], 3, None)
    for concerned in ((2,), (3, 1), (None, 2)):
        with pytest.raises(Refusal) as refusal:
            roles.admit_other([1, 2], *concerned)
        assert refusal.value.code == Code.ACCESS_SAME_PERSON


def test_two_people_stay_who_may_give_roles() -> None:
    assert "operator" in CARRIED_BY[Duty.ASK_ROLES]
    roles.admit_taking("operator", [["operator"], ["ca-officer", "support"]])
    roles.admit_taking("support", [])
    with pytest.raises(Refusal) as refusal:
        roles.admit_taking("operator", [["operator"], ["support"], []])
    assert told(refusal.value) == [(Code.ROLE_LAST_HOLDERS, {"field": "role", "count": 2})]


def test_an_emergency_opens_what_is_at_odds_with_nothing() -> None:
    assert emergencies.openable(["operator"]) == (
        "ca-officer",
        "instructor",
        "supervisor",
        "support",
    )
    assert emergencies.openable(["auditor"]) == ()
    assert Emergency("operator", AT).lasts(AT - TICK)
    assert not Emergency("operator", AT).lasts(AT)


@pytest.mark.parametrize(
    ("role", "why", "held", "objection"),
    [
        ("support", "x" * 20, ["operator"], None),
        ("support", "x" * 19, ["operator"], (Code.REASON_TOO_SHORT, {"field": "why", "count": 20})),
        ("director", "x" * 20, ["operator"], (Code.ROLE_NOT_STAFF, FIELD)),
        ("operator", "x" * 20, ["operator"], (Code.ROLE_HELD_ALREADY, FIELD)),
        (
            "auditor",
            "",
            ["operator"],
            (Code.ROLES_AT_ODDS, FIELD | {"role": "auditor", "other": "operator"}),
        ),
    ],
)
def test_an_emergency_is_refused_by_its_first_objection(
    role: str, why: str, held: list[str], objection: tuple[Code, dict[str, object]] | None
) -> None:
    if objection is None:
        emergencies.admit(role, why, held)
        return
    with pytest.raises(Refusal) as refusal:
        emergencies.admit(role, why, held)
    assert told(refusal.value) == [objection]


def test_a_review_ends_once_everybody_was_looked_at() -> None:
    reviews.admit_end(0)
    with pytest.raises(Refusal) as refusal:
        reviews.admit_end(1)
    assert told(refusal.value) == [(Code.REVIEW_UNFINISHED, {"count": 1})]


def test_the_staff_has_sessions_of_its_own() -> None:
    short = Limits(timedelta(minutes=5), timedelta(hours=1))
    assert sessions.limits_of(["support", "applicant"], short) == short
    assert sessions.limits_of(["applicant"], short) == PEOPLE


def test_a_proof_of_identity_grows_old() -> None:
    assert sessions.is_fresh(AT, AT + sessions.FRESH - TICK)
    assert not sessions.is_fresh(AT, AT + sessions.FRESH)
    assert not sessions.is_fresh(None, AT)


@pytest.mark.parametrize(
    ("state", "author", "code"),
    [
        (VersionState.WRITTEN, 3, None),
        (VersionState.WRITTEN, 1, Code.TEXT_SAME_PERSON),
        (VersionState.RETIRED, 1, None),
        (VersionState.IN_FORCE, 3, Code.MOVE_FORBIDDEN),
        (VersionState.DROPPED, 3, Code.MOVE_FORBIDDEN),
    ],
)
def test_another_person_puts_a_text_in_force(
    state: VersionState, author: int, code: Code | None
) -> None:
    assert wording.may_enforce(state, author, [1, 2]) == (code is None)
    if code is None:
        wording.require_another(state, author, [1, 2])
        return
    with pytest.raises(Refusal) as refusal:
        wording.require_another(state, author, [1, 2])
    assert refusal.value.code == code
    wanted = {"state": state.value, "act": "enforce"} if code is Code.MOVE_FORBIDDEN else {}
    assert dict(refusal.value.facts) == wanted
