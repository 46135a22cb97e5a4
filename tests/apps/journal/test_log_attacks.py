"""What somebody who owns the database, the state or the publication does, and how it is found.

The thorough attacker makes chain, head and the chain's checkpoints anew: only the log tells.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from apps.journal.attacks import AT, cut_checkpoints, cut_tail
from apps.journal.test_log import places, tell
from guichet.journal import checkpoints, log, operations, publishing, queries
from guichet.journal.auditing import Audit, audit
from guichet.journal.models import Entry, Head
from guichet.journal.notes import Note, SignerKey, TreeHead
from guichet.journal.operations import Told
from guichet.journal.verify import FaultKind, verify

COLUMNS = "seq, event, subject, actor, at, facts, previous, digest"
REST = "event, subject, 'MALLORY', at, facts, previous, digest FROM journal_entry WHERE seq = 3"
Attacker = Callable[..., None]
Rewriting = Callable[[list[Told]], list[Told]]


def look(**others: str) -> Audit:
    where = places()
    found = audit(where.published, where.keys, others)
    assert found is not None
    return found


def kinds(**others: str) -> set[FaultKind]:
    return {fault.kind for fault in look(**others).faults}


def of_chain() -> set[FaultKind]:
    return {fault.kind for fault in verify(checkpoints.read()).faults}


@pytest.fixture
def logged(entries: None) -> None:
    """Checkpoints of both kinds, and 300 entries, so that there are full tiles."""
    checkpoints.write(AT)
    tell(293)
    publishing.catch_up(places(), AT)
    checkpoints.write(AT)
    assert of_chain() == kinds() == set()


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE journal_entry SET facts = '{\"n\": 9}' WHERE seq = 9"], {FaultKind.EDITED}),
        (["DELETE FROM journal_entry WHERE seq = 9"], {FaultKind.MISSING}),
        (
            [
                "UPDATE journal_entry SET seq = -1 WHERE seq = 9",
                "UPDATE journal_entry SET seq = 9 WHERE seq = 10",
                "UPDATE journal_entry SET seq = 10 WHERE seq = -1",
            ],
            {FaultKind.EDITED, FaultKind.UNCHAINED},
        ),
        (
            [f"INSERT INTO journal_entry ({COLUMNS}) SELECT 301, {REST}"],
            {FaultKind.UNCHAINED, FaultKind.EDITED, FaultKind.HEAD},
        ),
    ],
    ids=["edit", "deletion", "reorder", "insertion"],
)
def test_by_statements_alone(
    attacker: Attacker, logged: None, statements: list[str], found: set[FaultKind]
) -> None:
    for statement in statements:
        attacker(statement)
    assert of_chain() == found


@pytest.mark.parametrize(
    "rewriting",
    [
        lambda told: [*told[:8], replace(told[8], actor="MALLORY"), *told[9:]],
        lambda told: [*told[:8], *told[9:], told[8]],
        lambda told: [*told[:8], told[9], told[8], *told[10:]],
        lambda told: [*told[:8], told[3], *told[8:]],
        lambda told: told[:8],
    ],
    ids=["edit", "deletion", "reorder", "insertion", "truncation"],
)
def test_with_everything_made_anew(attacker: Attacker, logged: None, rewriting: Rewriting) -> None:
    """The chain is whole, and so are its checkpoints; the log was signed before."""
    rows = Entry.objects.order_by("seq")
    told = rewriting([Told(r.event, r.subject, r.actor, r.at, r.facts) for r in rows])
    attacker("DELETE FROM journal_entry")
    Head.objects.update(seq=0, digest="0" * 64)
    with transaction.atomic():
        operations.record_many(told)
    checkpoints.path().write_text(checkpoints.Checkpoint(6, queries.digests([6])[6], AT).line())
    assert of_chain() == set()
    expected = FaultKind.FORK if len(told) >= 300 else FaultKind.TRUNCATED
    assert expected in kinds()


def test_a_tail_cut_clean_with_every_trace_of_it(attacker: Attacker, logged: None) -> None:
    """The publication too: the folder of the key tells, or a checkpoint that anybody kept."""
    kept = (log.published() / log.CHECKPOINT).read_text()
    cut_tail(attacker, 290)
    cut_checkpoints(290)
    for name in (log.published() / log.CHECKPOINT, places().keys / log.CHECKPOINT):
        assert kinds() == {FaultKind.TRUNCATED}
        name.unlink()
    assert kinds() == set()
    assert kinds(witness=kept) == {FaultKind.TRUNCATED}


def test_a_fork_is_two_checkpoints_that_nothing_joins(logged: None) -> None:
    """Whoever holds the log's key may show two people two journals: their checkpoints tell."""
    key = SignerKey.parse((places().keys / publishing.KEY).read_text())
    for size in (300, 299, 7):
        text = str(TreeHead(key.name, size, bytes(32)))
        other = str(Note(text, (key.sign(text),)))
        (fault,) = look(auditor=other).faults
        assert (fault.seq, fault.kind) == (size, FaultKind.FORK)


@pytest.mark.parametrize(
    "name", ["tile/0/000", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"]
)
def test_a_tile_that_was_changed_or_lost(logged: None, name: str) -> None:
    file = log.published() / name
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert [(f.kind, name in f.message) for f in look().faults] == [(FaultKind.TILE, True)]
    file.unlink()
    assert kinds() == {FaultKind.TILE}
    file.write_bytes(content)
    assert kinds() == set()
    assert look().tiles == 5


@pytest.mark.parametrize("origin", ["guichet.test/journal", "elsewhere.test/journal"])
def test_a_checkpoint_of_another_key(logged: None, origin: str) -> None:
    """Also one that is put in place of the published one, with its key."""
    key = SignerKey.make(origin)
    text = str(TreeHead(origin, 300, bytes(32)))
    other = str(Note(text, (key.sign(text),)))
    assert kinds(other=other) == {FaultKind.KEY}
    (log.published() / log.VKEY).write_text(str(key.verifier))
    (log.published() / log.CHECKPOINT).write_text(other)
    assert kinds() == {FaultKind.KEY}
    (places().keys / publishing.KEY).unlink()
    assert FaultKind.KEY in kinds()


def test_before_there_is_a_log(entries: None, tmp_path: Any) -> None:
    where = places()
    assert audit(where.published, where.keys, {}) is None
    (fault,) = look(given="anything").faults
    assert fault.kind is FaultKind.KEY
