"""The life of a dossier: every state × act, and the table that the documentation prints."""

from pathlib import Path

import pytest

from guichet.domain.dossier.states import (
    DECIDED,
    DECISIONS,
    DOSSIERS,
    EDITABLE,
    DossierAct,
    DossierState,
)
from guichet.domain.refusals import Code
from kit.refusals import assert_refused

S, A = DossierState, DossierAct
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "dossier-states.md"
# docs/reference/dossier-states.md, written a second time: the code's table must say the same.
EXPECTED = {
    S.DRAFT: {A.DEPOSIT: S.FILED},
    S.FILED: {
        A.DEPOSIT_CHANGES: S.FILED,
        A.ASK_CORRECTION: S.FILED,
        A.TAKE: S.IN_INSTRUCTION,
    },
    S.IN_INSTRUCTION: {
        A.ASK_CORRECTION: S.FILED,
        A.GIVE_BACK: S.FILED,
        A.ACCEPT: S.ACCEPTED,
        A.REFUSE: S.REFUSED,
        A.CLOSE: S.CLOSED,
    },
    S.ACCEPTED: {A.REOPEN: S.IN_INSTRUCTION},
    S.REFUSED: {A.REOPEN: S.IN_INSTRUCTION},
    S.CLOSED: {A.REOPEN: S.IN_INSTRUCTION},
}
WORDS = {
    S.DRAFT: "brouillon",
    S.FILED: "en construction",
    S.IN_INSTRUCTION: "en instruction",
    S.ACCEPTED: "accepté",
    S.REFUSED: "refusé",
    S.CLOSED: "classé sans suite",
}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("act", A)
def test_every_state_and_act(state: DossierState, act: DossierAct) -> None:
    """What is expected happens; everything else is refused, with the state and the act."""
    reached = EXPECTED[state].get(act)
    if reached is None:
        assert act not in DOSSIERS.acts(state)
        with assert_refused(Code.MOVE_FORBIDDEN, state=state.value, act=act.value):
            DOSSIERS.next(state, act)
    else:
        assert DOSSIERS.allows(state, act)
        assert DOSSIERS.next(state, act) is reached


def test_the_sets_agree_with_the_table() -> None:
    """Decisions lead to the decided states, which can only be reopened; only two are editable."""
    assert set(DECISIONS.values()) == DECIDED
    for act, reached in DECISIONS.items():
        assert DOSSIERS.next(S.IN_INSTRUCTION, act) is reached
    assert all(DOSSIERS.acts(state) == {A.REOPEN} for state in DECIDED)
    assert {S.DRAFT, S.FILED} == EDITABLE


def test_every_state_is_reached_from_a_draft() -> None:
    """No state stands apart, and a draft is never come back to."""
    reached, left = {S.DRAFT}, [S.DRAFT]
    while left:
        state = left.pop()
        for act in DOSSIERS.acts(state):
            following = DOSSIERS.next(state, act)
            if following not in reached:
                reached.add(following)
                left.append(following)
    assert reached == set(S)
    assert S.DRAFT not in {following for _state, _act, following in DOSSIERS.table()}


def table() -> str:
    """The table as Markdown."""
    head = "| état | acte | état suivant |\n| --- | --- | --- |\n"
    rows = (
        f"| {WORDS[state]} (`{state}`) | `{act}` | {WORDS[reached]} (`{reached}`) |"
        for state, act, reached in DOSSIERS.table()
    )
    return head + "\n".join(rows) + "\n"


def test_the_documentation_prints_this_table() -> None:
    """docs/reference/dossier-states.md holds the table; the message gives what it should be."""
    assert table() in PAGE.read_text(), f"put this table into {PAGE.name}:\n\n{table()}"
