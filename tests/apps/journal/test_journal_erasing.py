"""Erasing what entries tell of a person: the chain stands, and nothing else can be changed."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from apps.journal.attacks import AT
from guichet.journal import erased, erasing, operations, queries
from guichet.journal.models import Entry, Head
from guichet.journal.verify import FaultKind, verify

EMPTY = "actor = '', actor_salt = '', subject = '', facts = '{}', content_salt = ''"


def erase(*refs: str) -> erasing.Findings:
    return erasing.erase(refs, by="DPO", reason="asked by the person", at=AT)


def test_an_erasure_leaves_a_whole_chain_and_no_trace_of_the_person(entries: None) -> None:
    operations.record("told", subject="SOPHIE", actor="clerk", at=AT, facts={"n": 1})
    operations.record(
        "told", subject="order:1", actor="clerk", at=AT, facts={"to": "x, sophie@a.fr"}
    )
    operations.record("told", subject="order:1", actor="clerk", at=AT, facts={"to": "xsophie@a.fr"})
    before = {kept.link.seq: kept.leaf() for kept in queries.every_entry()}
    found = erase("SOPHIE", "sophie@a.fr")
    assert (found.actors, found.contents, found.older) == ((1, 2, 3, 4, 5), (6, 7), ())
    after = list(queries.every_entry())
    assert {k.link.seq: k.leaf() for k in after[:8]} == before
    assert [k.link.subject for k in after] == [
        *(f"order:{number}" for number in range(5)),
        *("", "", "order:1", "journal:erasure"),
    ]
    assert not any("SOPHIE" in str(row) for row in Entry.objects.values())
    report = verify()
    assert (report.ok, report.entries, report.erased) == (True, 9, 7)
    assert erase("SOPHIE").seqs == ()
    assert verify().entries == 9


@pytest.mark.parametrize(
    "change",
    [
        "actor = ''",
        "actor_salt = ''",
        "actor = 'MALLORY', actor_salt = ''",
        "facts = '{}', content_salt = ''",
        f"{EMPTY}, sealed_actor = '{'0' * 64}'",
        f"{EMPTY}, event = 'x'",
        f"{EMPTY}, at = '2020-01-01 00:00:00+00:00'",
        f"{EMPTY}, digest = previous",
        f"{EMPTY}, seq = 99",
    ],
)
def test_the_database_refuses_what_is_no_erasure(entries: None, change: str) -> None:
    """REFUSED. Half an erasure, or one that touches the leaf."""
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE journal_entry SET {change} WHERE seq = 3")  # noqa: S608
    assert verify().ok


@pytest.mark.parametrize("change", ["actor = '', actor_salt = ''", EMPTY])
def test_a_part_emptied_without_an_entry_that_tells_of_it_is_found(
    entries: None, change: str
) -> None:
    """What the database lets pass, the verification asks about."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE journal_entry SET {change} WHERE seq = 3")  # noqa: S608
    assert [(f.seq, f.kind) for f in verify().faults] == [(3, FaultKind.ERASED)]


def test_an_erased_part_cannot_be_filled_again(attacker: Callable[..., None]) -> None:
    """Nobody knows its salt any more; on the database's side it is refused too."""
    erase("SOPHIE")
    attacker("UPDATE journal_entry SET actor = 'MALLORY' WHERE seq = 3")
    assert [(f.seq, f.kind) for f in verify().faults] == [(3, FaultKind.EDITED)]


def test_entries_of_the_older_form_are_told_and_left(attacker: Callable[..., None]) -> None:
    kept = queries.kept(Entry.objects.get(seq=5))
    attacker(
        "UPDATE journal_entry SET sealed_actor = '', sealed_content = '', actor_salt = '', "
        "content_salt = '', digest = %s WHERE seq = 5",
        kept.link.digest(),
    )
    Head.objects.update(digest=kept.link.digest())
    assert erase("SOPHIE").older == (5,)
    assert verify().ok


def test_numbers_are_written_in_ranges_of_a_bounded_length() -> None:
    many = [*range(1, 6), *range(10, 5_000, 3), 5_001]
    texts = list(erased.written(many))
    assert texts[0].startswith("1-5,10,13,")
    assert all(len(text) <= erased.AT_MOST for text in texts)
    assert set().union(*(erased.told_by({"entries": text}) for text in texts)) == set(many)
    assert erased.told_by({"entries": "x,7-,9-8,1-99999999999"}) == set(range(1, 1_000_001))
