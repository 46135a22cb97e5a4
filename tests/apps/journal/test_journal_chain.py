"""The journal: complete, chained, append-only, and every tampering found."""

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.journal.attacks import AT
from guichet.journal import checkpoints, operations, queries
from guichet.journal.chain import GENESIS, Link, Seal
from guichet.journal.models import Entry, Head
from guichet.journal.verify import FaultKind, verify


def kinds(points: tuple[checkpoints.Checkpoint, ...] | None = None) -> set[FaultKind]:
    return {fault.kind for fault in verify(points).faults}


def test_entries_are_numbered_without_a_gap_and_chained(entries: None) -> None:
    rows = list(Entry.objects.order_by("seq"))
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0].previous == GENESIS
    assert all(b.previous == a.digest for a, b in itertools.pairwise(rows))
    report = verify()
    assert (report.ok, report.entries) == (True, 5)


def test_many_entries_at_once_are_those_of_each_alone(
    entries: None, django_assert_num_queries: Any
) -> None:
    """One chain, whatever came how; a handful of queries for any number."""
    many = [operations.Told("x", f"x:{number}", "\0x", AT, {"n": number}) for number in range(50)]
    with django_assert_num_queries(3):
        assert operations.record_many(many) == 55
    assert operations.record("y", subject="y:1", actor="y", at=AT) == 56
    rows = list(Entry.objects.order_by("seq"))
    assert [(row.subject, row.actor) for row in rows[5:7]] == [
        ("x:0", "\ufffdx"),
        ("x:1", "\ufffdx"),
    ]
    assert verify().ok
    assert operations.record_many([]) == 56
    assert verify().entries == 56


def test_a_change_rolled_back_takes_its_entry_along(entries: None) -> None:
    with transaction.atomic():
        operations.record("x", subject="x:1", actor="x", at=AT)
        transaction.set_rollback(True)
    assert operations.record("y", subject="y:1", actor="y", at=AT) == 6
    assert verify().ok


@pytest.mark.django_db(transaction=True)
def test_nothing_is_recorded_outside_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        operations.record("x", subject="x:1", actor="x", at=AT)
    with transaction.atomic():
        assert operations.record("x", subject="x:1", actor="x", at=AT) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET actor = 'other' WHERE seq = 3",
        "DELETE FROM journal_entry WHERE seq = 3",
        "DELETE FROM journal_entry",
    ],
)
def test_the_database_refuses_changes(entries: None, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert verify().entries == 5


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("event", "order-cancelled"),
        ("subject", "order:9"),
        ("actor", "MALLORY"),
        ("at", "2020-01-01 00:00:00+00:00"),
        ("facts", '{"usage": "SIGN"}'),
        ("sealed_actor", "0" * 64),
        ("content_salt", "no salt"),
    ],
)
def test_an_edit_is_found(attacker: Callable[..., None], column: str, value: str) -> None:
    attacker(f"UPDATE journal_entry SET {column} = %s WHERE seq = 3", value)  # noqa: S608
    assert kinds() == {FaultKind.EDITED}
    assert [fault.seq for fault in verify().faults] == [3]


def test_an_edit_with_its_digest_made_again_breaks_the_chain(
    attacker: Callable[..., None],
) -> None:
    forge(attacker, 3, actor="MALLORY")
    assert kinds() == {FaultKind.UNCHAINED}


def test_a_deletion_is_found(attacker: Callable[..., None]) -> None:
    attacker("DELETE FROM journal_entry WHERE seq = 3")
    assert kinds() == {FaultKind.MISSING}
    attacker("DELETE FROM journal_entry WHERE seq = 1")
    assert [fault.seq for fault in verify().faults] == [1, 3]


def test_a_cut_tail_is_found_by_the_head(attacker: Callable[..., None]) -> None:
    attacker("DELETE FROM journal_entry WHERE seq >= 4")
    assert kinds() == {FaultKind.HEAD}


def test_a_cut_tail_with_its_head_moved_is_found_by_the_checkpoints(
    attacker: Callable[..., None],
) -> None:
    checkpoints.write(AT)
    attacker("DELETE FROM journal_entry WHERE seq >= 4")
    last = Entry.objects.get(seq=3)
    Head.objects.update(seq=3, digest=last.digest)
    assert kinds() == set()
    assert kinds(checkpoints.read()) == {FaultKind.TRUNCATED}
    with pytest.raises(checkpoints.JournalWentBackError):
        checkpoints.write(AT)


def test_an_emptied_journal_is_found_by_the_checkpoints(attacker: Callable[..., None]) -> None:
    checkpoints.write(AT)
    attacker("DELETE FROM journal_entry")
    attacker("DELETE FROM journal_head")
    assert kinds(checkpoints.read()) == {FaultKind.TRUNCATED}


def test_a_chain_made_again_is_found_by_the_checkpoints(attacker: Callable[..., None]) -> None:
    checkpoints.write(AT)
    previous = forge(attacker, 3, actor="MALLORY")
    for seq in (4, 5, 6):
        previous = forge(attacker, seq, previous=previous)
    Head.objects.update(digest=previous)
    assert kinds() == set()
    assert kinds(checkpoints.read()) == {FaultKind.REWRITTEN}


def test_a_head_that_lies_is_found(attacker: Callable[..., None]) -> None:
    Head.objects.update(digest="f" * 64)
    assert kinds() == {FaultKind.HEAD}


def test_checkpoints_follow_the_head_once(entries: None) -> None:
    """The first one covers the entry that tells of it."""
    first = checkpoints.write(AT)
    assert first is not None
    assert (first.seq, first.digest) == (6, queries.head().digest)
    assert [entry.event for entry in queries.recent(1)] == ["checkpoints-begun"]
    assert checkpoints.write(AT) is None
    operations.record("x", subject="x:1", actor="x", at=AT)
    checkpoints.write(AT + timedelta(minutes=1))
    assert [point.seq for point in checkpoints.read()] == [6, 7]
    assert verify(checkpoints.read()).ok
    assert checkpoints.path().stat().st_mode & 0o777 == 0o600


def test_the_forms_that_are_hashed_do_not_change() -> None:
    """A later version must still verify today's entries, and those written before seals."""
    link = Link(
        seq=1,
        event="order-placed",
        subject="order:101180",
        actor="Médecin",
        at=AT,
        facts={"b": None, "a": 1},
        previous=GENESIS,
    )
    assert link.canonical().decode() == (
        '{"actor":"Médecin","at":"2026-11-24T12:00:00.123456+00:00","event":"order-placed",'
        f'"facts":{{"a":1,"b":null}},"previous":"{GENESIS}","seq":1,"subject":"order:101180"}}'
    )
    seal = Seal.of(link.actor, link.subject, link.facts, bytes(range(32)))
    actor = hashlib.sha256(bytes(range(16)) + '"Médecin"'.encode()).hexdigest()
    told = b'{"facts":{"a":1,"b":null},"subject":"order:101180"}'
    content = hashlib.sha256(bytes(range(16, 32)) + told).hexdigest()
    assert seal.leaf(link.seq, link.event, link.at, link.previous).decode() == (
        '{"at":"2026-11-24T12:00:00.123456+00:00","event":"order-placed",'
        f'"previous":"{GENESIS}","sealed":{{"actor":"{actor}","content":"{content}"}},"seq":1}}'
    )


def test_entries_written_before_seals_are_verified_as_they_were(
    attacker: Callable[..., None],
) -> None:
    """The version before goes on recording beside this one: both forms follow each other."""
    head = queries.head()
    link = Link(
        seq=6, event="x", subject="x:1", actor="x", at=AT, facts={"n": 1}, previous=head.digest
    )
    attacker(
        "INSERT INTO journal_entry (seq, event, subject, actor, at, facts, previous, digest) "
        "VALUES (6, 'x', 'x:1', 'x', %s, %s, %s, %s)",
        "2026-11-24 12:00:00.123456",
        '{"n": 1}',
        head.digest,
        link.digest(),
    )
    Head.objects.update(seq=6, digest=link.digest())
    operations.record("y", subject="y:1", actor="y", at=AT)
    assert verify().ok
    attacker("UPDATE journal_entry SET actor = 'MALLORY' WHERE seq = 6")
    assert [(fault.seq, fault.kind) for fault in verify().faults] == [(6, FaultKind.EDITED)]


def test_one_value_is_sealed_differently_each_time(entries: None) -> None:
    """Nobody who knows whom to look for finds them by digests that are published."""
    assert Entry.objects.values("sealed_actor").distinct().count() == 5
    assert Entry.objects.values("actor").distinct().count() == 1


@settings(max_examples=40)
@given(
    text=st.text(st.characters()),
    facts=st.dictionaries(st.text(max_size=10), st.text() | st.integers(-(2**63), 2**63)),
)
def test_whatever_is_written_verifies(db: None, text: str, facts: dict[str, str | int]) -> None:
    operations.record(text, subject=text, actor=text, at=AT, facts=facts)
    assert verify().ok


@given(
    text=st.text(),
    facts=st.dictionaries(
        st.text(max_size=10), st.none() | st.text() | st.integers(-(2**63), 2**63)
    ),
)
def test_the_form_is_that_of_any_json_writer(text: str, facts: dict[str, str | int | None]) -> None:
    """Sorted names, no space, UTF-8: who verifies needs no library of ours."""
    link = Link(seq=9, event="e", subject=text, actor="a", at=AT, facts=facts, previous=GENESIS)
    content = json.loads(link.canonical())
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert link.canonical() == written.encode()
    assert (content["subject"], content["facts"]) == (text, facts)


def test_reading(entries: None) -> None:
    assert [entry.seq for entry in queries.recent(2)] == [5, 4]
    (about,) = queries.entries_about("order:3")
    assert (about.seq, about.actor, about.facts["usage"]) == (4, "SOPHIE", "AUTH_CLI")


def forge(attacker: Callable[..., None], seq: int, **changes: Any) -> str:
    """Change an entry and give it the digest of its new content; return that digest."""
    row = queries.kept(Entry.objects.get(seq=seq))
    link = replace(row.link, **changes)
    seal = Seal.of(link.actor, link.subject, link.facts, bytes(32))
    leaf = seal.leaf(link.seq, link.event, link.at, link.previous)
    digest = hashlib.sha256(leaf).hexdigest()
    attacker(
        "UPDATE journal_entry SET actor = %s, previous = %s, digest = %s, sealed_actor = %s, "
        "sealed_content = %s, actor_salt = %s, content_salt = %s WHERE seq = %s",
        link.actor,
        link.previous,
        digest,
        seal.actor,
        seal.content,
        seal.actor_salt,
        seal.content_salt,
        seq,
    )
    return digest
