"""Shares, plans and transcripts of ceremonies that are not as they should be."""

import json
from dataclasses import replace

import pytest

from guichet.domain.ceremonies import reading, share_text, shares, steps, transcript
from guichet.domain.ceremonies.plan import PlanError
from guichet.domain.ceremonies.shares import Share, ShareError, split

SHARE = split(b"correct cheval agrafe pile", 2, 3)[0]


def encoded(**changes: object) -> bytes:
    return replace(SHARE, **changes).encoded()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (SHARE.encoded()[:12], "^This is not a share"),
        (SHARE.encoded()[:-1], "^This is not a share"),
        (SHARE.encoded()[:-1] + bytes([SHARE.encoded()[-1] ^ 1]), "^The checksum is wrong"),
        (encoded(index=4), "^The share names a number"),
        (encoded(index=0), "^The share names a number"),
        (encoded(threshold=1), "^The share names a number"),
        (encoded(threshold=4), "^The share names a number"),
    ],
)
def test_a_share_that_is_none(data: bytes, words: str) -> None:
    with pytest.raises(ShareError, match=words):
        Share.decoded(data)


def test_a_share_of_another_form_or_with_a_wrong_end(monkeypatch: pytest.MonkeyPatch) -> None:
    written = share_text.written(SHARE)
    assert share_text.read(written) == Share.decoded(SHARE.encoded()) == SHARE
    groups = written.split()
    carried = share_text.ALPHABET.index(groups[-1][-2]) | 1
    body = groups[-1][:-2] + share_text.ALPHABET[carried]
    for check in share_text.ALPHABET:
        group = body + check
        if share_text._is_whole(group, len(groups) - 1):
            with pytest.raises(ShareError, match="end of the last group"):
                share_text.read(" ".join([*groups[:-1], group]))
            break
    else:
        pytest.fail("no character checks the group")
    monkeypatch.setattr("guichet.domain.ceremonies.shares.VERSION", 2)
    with pytest.raises(ShareError, match="form 1; this program reads form 2"):
        Share.decoded(_with_version_1())


def _with_version_1() -> bytes:
    head_and_value = SHARE.encoded()[:-4]
    old = bytes([1]) + head_and_value[1:]
    return old + shares._checksum(old)


PLAN = """\
title = "t"
environment = "test"
place = "p"
day = 2026-11-24
keystore = "file:keys"

[secret]
custody = "new"
threshold = 2

[[officer]]
name = "A"
role = "r"
share = "screen"
"""


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ('do = "renew"\nauthority = "X"\nretires = "perhaps"', 'retires is "yes" or "no"'),
        ('do = "revoke"\nauthority = "X"\nserial = "1"\nreason = "boredom"', "reason is one of"),
        ('do = "request"\nauthority = "X"\nout = "dossier/x.csr"', "without folder"),
    ],
)
def test_values_of_a_plan_are_judged(act: str, words: str) -> None:
    with pytest.raises(PlanError, match=words):
        reading.read(f"{PLAN}\n[[act]]\n{act}\n".encode(), ["X"])


def test_a_plan_does_something_with_somebody() -> None:
    alone = PLAN[: PLAN.index("[[officer]]")].replace('"new"\nthreshold = 2', '"shares"')
    with pytest.raises(PlanError) as refused:
        reading.read(alone.encode(), ["X"])
    assert "the plan: nothing is to be done; add [[act]]" in str(refused.value)
    assert "the plan: somebody must take part; add [[officer]]" in str(refused.value)


def transcribed(**changes: object) -> bytes:
    content = dict.fromkeys(transcript.PARTS, "") | {
        "form": transcript.FORM,
        "version": transcript.VERSION,
    }
    return transcript.canonical(content | changes)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not the transcript of a ceremony"),
        (transcribed(form="x"), "not the transcript of a ceremony"),
        (transcribed(version=0), "form that this program does not know"),
        (transcribed(more=1), "other parts: more"),
        (json.dumps(json.loads(transcribed()), indent=1).encode(), "its text was changed"),
    ],
)
def test_a_transcript_that_is_none(data: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        transcript.read(data)
    assert transcript.read(transcribed())["form"] == transcript.FORM


def test_a_transcript_with_another_plan_or_name_is_told() -> None:
    content = {
        "plan": {"text": "a", "sha256": "b" * 64},
        "ceremony": "c",
        "steps": [],
        "certificates": [],
    }
    told = list(transcript.faults(content))
    assert told[:2] == [
        "The plan is not the one whose hash is told.",
        "The ceremony does not bear the name of its plan.",
    ]


def test_a_plan_that_joins_shares_names_no_numbers() -> None:
    joined = PLAN.replace('"new"\nthreshold = 2', '"shares"').replace('"screen"', '"none"')
    plan = reading.read(f'{joined}\n[[act]]\ndo = "create"\nauthority = "X"\n'.encode(), ["X"])
    custody = next(step for step in steps.steps(plan) if step.key == "custody")
    assert custody.english == "Join the shares that open the keystore"
