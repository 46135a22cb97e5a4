"""Who may do what at the counter: duties, the roles that carry them, and those that exclude.

Separation of duties as ETSI EN 319 401 §7.4 and CEN/TS 419261 ask of a trust service: who asks
does not approve, who audits does not write.
"""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import Final


class Duty(StrEnum):
    """Something that only some of those who work at the counter may do."""

    INSTRUCT = "instruct"
    DECIDE_SECOND = "decide-second"
    SEE_STATE = "see-state"
    SEE_PEOPLE = "see-people"
    SEARCH = "search"
    SEE_AUTHORITIES = "see-authorities"
    SEE_JOURNAL = "see-journal"
    HANDLE_INCIDENTS = "handle-incidents"
    HANDLE_SIGNATURES = "handle-signatures"
    HANDLE_KEYS = "handle-keys"
    WRITE_TEXTS = "write-texts"
    SEE_ROLES = "see-roles"
    ASK_ROLES = "ask-roles"
    BREAK_GLASS = "break-glass"
    REVIEW_ROLES = "review-roles"
    EXPORT = "export"


INSTRUCTOR: Final = "instructor"
SUPERVISOR: Final = "supervisor"
OPERATOR: Final = "operator"
CA_OFFICER: Final = "ca-officer"
AUDITOR: Final = "auditor"
SUPPORT: Final = "support"

STAFF: Final = frozenset({INSTRUCTOR, SUPERVISOR, OPERATOR, CA_OFFICER, AUDITOR, SUPPORT})

CARRIED_BY: Final[Mapping[Duty, frozenset[str]]] = {
    Duty.INSTRUCT: frozenset({INSTRUCTOR, SUPERVISOR}),
    Duty.DECIDE_SECOND: frozenset({SUPERVISOR}),
    Duty.SEE_STATE: STAFF,
    Duty.SEE_PEOPLE: frozenset({SUPERVISOR, OPERATOR, AUDITOR, SUPPORT}),
    Duty.SEARCH: frozenset({INSTRUCTOR, SUPERVISOR, OPERATOR, AUDITOR, SUPPORT}),
    Duty.SEE_AUTHORITIES: frozenset({OPERATOR, CA_OFFICER, AUDITOR}),
    Duty.SEE_JOURNAL: frozenset({AUDITOR, CA_OFFICER}),
    Duty.HANDLE_INCIDENTS: frozenset({OPERATOR}),
    Duty.HANDLE_SIGNATURES: frozenset({OPERATOR}),
    Duty.HANDLE_KEYS: frozenset({CA_OFFICER}),
    Duty.WRITE_TEXTS: frozenset({SUPERVISOR, OPERATOR}),
    Duty.SEE_ROLES: frozenset({SUPERVISOR, OPERATOR, CA_OFFICER, AUDITOR}),
    Duty.ASK_ROLES: frozenset({SUPERVISOR, OPERATOR, CA_OFFICER}),
    Duty.BREAK_GLASS: frozenset({OPERATOR, CA_OFFICER}),
    # An auditor reads what a review says and writes nothing in it.
    Duty.REVIEW_ROLES: frozenset({SUPERVISOR, OPERATOR, CA_OFFICER}),
    Duty.EXPORT: frozenset({SUPERVISOR, OPERATOR, AUDITOR}),
}

# An auditor holds no other role of the counter, nor does whoever keeps the keys work on dossiers.
EXCLUDED: Final[tuple[tuple[str, str], ...]] = (
    *((AUDITOR, other) for other in sorted(STAFF - {AUDITOR})),
    (CA_OFFICER, INSTRUCTOR),
    (CA_OFFICER, SUPERVISOR),
    (SUPPORT, SUPERVISOR),
    (SUPPORT, CA_OFFICER),
)


def carries(roles: Collection[str], duty: Duty) -> bool:
    """Whether one of these roles carries the duty."""
    return not CARRIED_BY[duty].isdisjoint(roles)


def reads_only(roles: Collection[str]) -> bool:
    """Whether these are the roles of an auditor, who changes nothing at the counter."""
    return STAFF.intersection(roles) == {AUDITOR}


def at_odds(roles: Collection[str]) -> Iterator[tuple[str, str]]:
    """The pairs of roles that one person may not hold together."""
    return ((one, other) for one, other in EXCLUDED if one in roles and other in roles)
