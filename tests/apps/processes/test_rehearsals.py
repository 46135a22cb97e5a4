"""Ceremonies rehearsed: plans written from answers, and every act of theirs."""
# ruff: noqa: F811 a fixture is an argument of the same name

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from apps.processes.ceremony_room import (
    ISSUING,
    ROOT,
    Room,
    Script,
    room,  # noqa: F401 the fixtures
)
from guichet.processes.ceremony import console, plans, rehearsal, run, verify
from guichet.processes.ceremony.desk import HaltedError


def test_a_plan_is_written_from_answers(room: Room, tmp_path: Path) -> None:
    answers = ["Titre “cité”", "nowhere", "test", "Lyon", "", "", "Jeanne, Paul", "divide", "2"]
    answers += ["Anne", "Maître", "", "screen", "Boris", "Officier", "", "screen", ""]
    answers += ["create", "*", "destroy", ROOT, ""]
    made = plans.write(tmp_path / "new.toml", Script(answers), "file:k", date(2026, 11, 26))
    assert (made.witnesses, made.threshold, made.day) == (
        ("Jeanne", "Paul"),
        2,
        date(2026, 11, 26),
    )
    assert made == plans.load(tmp_path / "new.toml")
    assert console.plan(tmp_path / "new.toml", script := Script()) == console.DONE
    assert made.id in script.said[-1]
    (tmp_path / "new.toml").write_text("title = 1")
    assert console.plan(tmp_path / "new.toml", script := Script()) == console.WRONG
    assert "title wants words" in "\n".join(script.said)


ACTS = f"""\
[[act]]
do = "request"
authority = "{ISSUING}"
out = "request.pem"
[[act]]
do = "answer"
authority = "{ISSUING}"
issuer = "{ROOT}"
file = "request.pem"
out = "response.pem"
[[act]]
do = "install"
authority = "{ISSUING}"
file = "response.pem"
[[act]]
do = "renew"
authority = "{ROOT}"
retires = "no"
[[act]]
do = "cross-certify"
authority = "{ROOT}-G2"
issuer = "{ROOT}"
[[act]]
do = "retire"
authority = "{ROOT}"
[[act]]
do = "issue-list"
authority = "{ROOT}"
out = "list.pem"
[[act]]
do = "install-list"
authority = "{ROOT}"
file = "list.pem"
[[act]]
do = "destroy"
authority = "{ROOT}"
incident = "the token was opened"
"""


def test_every_act_is_rehearsed(room: Room, db: None, settings: Any) -> None:
    """What an act presupposes is made before it; what another machine gives is told as not played.

    The transcript says that it is a rehearsal, on paper too, and tells of each act.
    """
    text = room.plan.read_text()
    room.plan.write_text(text[: text.index("[[act]]")] + ACTS)
    into = room.folder / "rehearsal"
    settings.GUICHET.state.mkdir()
    made = rehearsal.rehearse(plans.load(room.plan), room.folder, into, unattended=True, short=True)
    content = verify.transcript.read((made / "transcript.json").read_bytes())
    assert content["rehearsal"] is True
    told = {step["step"]: step["facts"] for step in content["steps"]}
    assert [name for name in told if "not_rehearsed" in told[name]] == ["act-3", "act-8"]
    assert told["act-4"]["authority"] == f"{ROOT}-G2"
    assert told["act-9"]["incident"] == "the token was opened"
    told_once = [told[f"act-{number}"]["journal"] for number in (1, 2, 4, 5, 6, 9)]
    assert all(told_once)
    assert len(set(told_once)) == len(told_once)
    assert [found["code"] for found in content["certificates"]] == [f"{ROOT}-G2"] * 2
    assert verify.verify(made, (), ()).faults == []
    with pytest.raises(HaltedError, match="there already"):
        rehearsal.rehearse(plans.load(room.plan), room.folder, into)


def test_the_same_plan_is_the_same_steps(room: Room) -> None:
    assert [step.key for step in run.steps(plans.load(room.plan))] == [
        *("open", "presence-1", "presence-2", "presence-3", "custody", "act-1", "act-2", "close"),
    ]
